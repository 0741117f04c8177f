"""A sentence drawn in 20 guided steps by us and by diffusers' StableDiffusionPipeline: same weights, same noise.

Ours runs in PyTorch. Where ONNX Runtime is installed, further figures are those of our U-Net there.
"""

import statistics
from typing import Any

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import scene_tokens
from aigc_demo.pipelines.engine import is_installed
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.page_values import Array
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from benchmarks.measure import Result, Run, alternate, at_best, compare, median, stopwatch

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


def in_onnx_runtime() -> Models:
    """The models, once their U-Net is there."""
    models = Models(Store(device="cpu"))
    if models.session(models.model.words(models.states([PROMPT]))) is None:
        raise RuntimeError("ONNX Runtime gives another result")
    return models


def milliseconds(work: Any) -> Run:
    """Of one picture."""
    taken = stopwatch(work)
    return {"ms": 1000 * taken["seconds"], "cpu_ms": 1000 * taken["cpu_seconds"]}


def run(rounds: int = 9) -> Result:
    torch.set_flush_denormal(True)
    models = Models(Store(device="cpu"))
    ENGINES.leave(models.model)  # as it is, in PyTorch
    library = Library(models)
    gap = float(np.abs(ours(models) - library.draw()).max())  # also warms both up
    count, best = at_best(library.draw)
    sides = {"ours": lambda: milliseconds(lambda: ours(models)), "peer": lambda: milliseconds(best)}
    if is_installed():
        quick = in_onnx_runtime()
        gap_of_onnx = float(np.abs(ours(models) - ours(quick)).max())
        sides["onnx"] = lambda: milliseconds(lambda: ours(quick))
    runs = alternate(sides, rounds)
    facts: dict[str, Any] = {
        "steps": STEPS,
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "largest_difference": gap,
        "ratio_of_processor_time": compare("text2image", "ms", 1.6, runs, "cpu_ms").ratio,
    }
    if "onnx" in sides:
        ratio = statistics.median(run["peer_ms"] / run["onnx_ms"] for run in runs)
        facts |= {"onnx_ms": median(runs, "onnx_ms"), "onnx_ratio": ratio, "onnx_difference": gap_of_onnx}
    return compare("text2image_sampling", "ms per picture", 1.6, runs, "ms", [facts])
