"""A sentence drawn in 20 guided steps by us and by diffusers' StableDiffusionPipeline: same weights, same noise."""

from typing import Any

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import scene_tokens
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.page_values import Array
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from benchmarks.measure import Result, Run, alternate, compare, stopwatch

STEPS, SEED, GUIDANCE = 20, 7, 3.0
PROMPT = "two red apples on a blue background"


class Library:
    """The pipeline with the weights of the teacher."""

    def __init__(self, models: Models):
        self.shape = models.shape
        self.pipeline: Any = to_stable_diffusion(models.model, models.autoencoder, scene_tokens.PATH)

    def draw(self, prompt: str = PROMPT) -> Array:
        """(3, 64, 64) in [-1, 1]."""
        (picture,) = self.pipeline(
            [prompt],
            guidance_scale=GUIDANCE,
            height=64,
            width=64,
            latents=SeededNoise([SEED]).draw(self.shape),
            sigmas=flow_sigmas(STEPS),
            output_type="np",
        ).images
        return np.asarray(picture).transpose(2, 0, 1) * 2 - 1


def ours(models: Models) -> Array:
    """(3, 64, 64) in [-1, 1]."""
    with torch.inference_mode():
        return models.decode(drawing.drawn(models, PROMPT, SEED, STEPS, GUIDANCE))[0]


def milliseconds(work: Any) -> Run:
    """Of one picture."""
    taken = stopwatch(work)
    return {"ms": 1000 * taken["seconds"], "cpu_ms": 1000 * taken["cpu_seconds"]}


def run(rounds: int = 9) -> Result:
    torch.set_flush_denormal(True)
    models = Models(Store(device="cpu"))
    library = Library(models)
    gap = float(np.abs(ours(models) - library.draw()).max())  # also warms both up
    sides = {"ours": lambda: milliseconds(lambda: ours(models)), "peer": lambda: milliseconds(library.draw)}
    runs = alternate(sides, rounds)
    facts = {
        "steps": STEPS,
        "threads": torch.get_num_threads(),
        "largest_difference": gap,
        "ratio_of_processor_time": compare("text2image", "ms", 1.6, runs, "cpu_ms").ratio,
    }
    return compare("text2image_sampling", "ms per picture", 1.6, runs, "ms", [facts])
