"""Our models and sampler beside a StableDiffusionPipeline: same weights and noise; where it is there, ONNX Runtime."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.data import images, scene_tokens
from aigc_demo.data.scenes import SIDE
from aigc_demo.pipelines import parity
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion
from aigc_demo.sampling.guidance import Network, TextDenoiser
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.engines import OnnxColumn, columns
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from aigc_demo.services.text2image.requests import Beside
from aigc_demo.services.text2image.words import checked, pushed
from aigc_demo.services.use_case import Json, UseCase

PROBE = 600.0  # time at which the layers of the U-Net are compared
Layer = tuple[str, str, float, float]  # our name, theirs, maximum, mean


@dataclass(frozen=True)
class SideBySide:
    """One picture drawn by us and by the library; pictures (3, 64, 64) in [-1, 1]."""

    ours: Array
    theirs: Array
    maximum: float  # largest absolute difference of the two
    mean: float  # mean absolute difference
    our_milliseconds: float
    their_milliseconds: float
    layers: tuple[Layer, ...]  # in the order in which they run
    first: int | None  # the first layer over the tolerance
    onnx: OnnxColumn | None  # our U-Net there; None where it isn't installed, or a mistake is asked for


class Mistaken:
    """Our side: the models, one of them with a mistake where there is one."""

    def __init__(self, models: Models, mistake: str, guidance: float):
        self.models = models
        model, kl = models.model, models.autoencoder
        self.unet = model.unet
        self.text: nn.Module = model.text
        self.guidance = 1.0 if mistake == "no_guidance_scaling" else guidance
        self.scale = 1.0 if mistake == "wrong_latent_scale" else kl.config.scale
        if mistake == "no_causal_mask":
            self.text = parity.with_mistake(model.text, mistake)
        elif mistake not in ("none", "no_guidance_scaling", "wrong_latent_scale"):
            self.unet = parity.with_mistake(model.unet, mistake)

    def words(self, prompts: Sequence[str]) -> Tensor:
        """Prompts -> what a step needs of them (B, T, K)."""
        tokens = scene_tokens.encode(prompts, self.models.model.config.text.context)
        return self.unet.words(self.text(tokens.to(self.models.device)))

    def network(self, x: Tensor, level: Tensor, words: Tensor) -> Tensor:
        """x (B, C, H, W), level (B,), words (B, T, K) -> velocity (B, C, H, W), as Text2Image.step."""
        return self.unet.step(x, (level + 1) * (1000 / self.models.model.config.levels), words)

    def decode(self, code: Tensor) -> Tensor:
        """Scaled code -> pictures in [-1, 1]."""
        return self.models.autoencoder.decode(code / self.scale).clamp(-1, 1)


@torch.inference_mode()
def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Draw the same picture with each, then compare results and layers. The value comes last."""
    prompt, negative, models = checked(request.prompt), pushed(request.negative), Models(store)
    ours = Mistaken(models, request.mistake, request.guidance)
    pipeline = to_stable_diffusion(models.model, models.autoencoder, scene_tokens.PATH)
    noise = SeededNoise([request.seed], models.device).draw(models.shape)
    session = models.session(ours.words([prompt])) if request.mistake == "none" else None
    networks: list[Network] = [ours.network] if session is None else [ours.network, session]

    def drawn(network: Network) -> Iterator[Tensor]:
        words, away = ours.words([prompt, negative]).chunk(2)
        denoise = TextDenoiser(network, words, away, ours.guidance)
        moments = models.run(denoise, noise, models.timesteps(request.steps), "euler", SeededNoise([request.seed]))
        for moment in moments:
            last = moment.x
            yield last
        yield ours.decode(last).cpu()

    def theirs() -> Iterator[Tensor]:
        yield library_picture(pipeline, request, prompt, negative, noise)

    done, total, results, times = 0, len(networks) * (request.steps + 2) + 2, [], []
    for run in (*map(drawn, networks), theirs()):
        for x, spent in timed(run):
            last, milliseconds = x, spent
            yield Step(done, total, None)
            done += 1
        results.append(last)
        times.append(milliseconds)
    layers, first = compared(ours, pipeline, [prompt, negative], request.guidance, noise)
    gap = (results[0] - results[-1]).abs()
    left, *engine, right = (x[0].numpy() for x in results)
    onnx = OnnxColumn(engine[0], float((results[0] - results[1]).abs().max()), times[1]) if engine else None
    figures = float(gap.max()), float(gap.mean()), times[0], times[-1]
    yield Step(total, total, SideBySide(left, right, *figures, layers, first, onnx))


def library_picture(pipeline: Any, request: Beside, prompt: str, negative: str, noise: Tensor) -> Tensor:
    """What the pipeline draws out of noise (1, C, H, W): (1, 3, 64, 64) in [-1, 1]."""
    made: Tensor = pipeline(
        prompt,
        negative_prompt=negative,
        guidance_scale=request.guidance,
        height=SIDE,
        width=SIDE,
        latents=noise,
        sigmas=flow_sigmas(request.steps),
        output_type="pt",
    ).images
    return made.cpu() * 2 - 1


def compared(
    ours: Mistaken, pipeline: Any, prompts: list[str], guidance: float, noise: Tensor
) -> tuple[tuple[Layer, ...], int | None]:
    """Every layer of text tower and U-Net on the same input, guidance, and decoding; the first over the tolerance."""
    tokens = scene_tokens.encode(prompts, ours.models.model.config.text.context).to(noise.device)
    time, states = torch.tensor([PROBE], device=noise.device), pipeline.text_encoder(tokens).last_hidden_state
    tables = [
        ("text", "text_encoder", parity.compare(ours.text, pipeline.text_encoder, tokens)),
        ("unet", "unet", parity.compare(ours.unet, pipeline.unet, noise, time, states[:1])),
    ]
    rows: list[Layer] = []
    first: int | None = None
    for name, theirs, table in tables:
        if first is None and table.first is not None:
            first = len(rows) + table.first
        rows += [(f"{name}.{row.ours}", f"{theirs}.{row.theirs}", row.maximum, row.mean) for row in table.rows]
    said = [(ours.unet(noise, time, part), pipeline.unet(noise, time, part).sample) for part in states[:, None]]
    (prompt, their_prompt), (away, their_away) = said
    factor = pipeline.vae.config.scaling_factor
    decoded = ours.models.autoencoder.decode(noise / factor), pipeline.vae.decode(noise / factor).sample
    ends = [
        ("guidance", "noise_pred", guided(prompt, away, ours.guidance), guided(their_prompt, their_away, guidance)),
        ("code / scale", "latents / scaling_factor", noise / ours.scale, noise / factor),
        ("decoder", "vae.decode", *decoded),
    ]
    for name, theirs, left, right in ends:
        gap = (left - right).abs()
        if first is None and not gap.max() <= parity.TOLERANCE * max(1.0, float(right.abs().max())):
            first = len(rows)
        rows.append((name, theirs, float(gap.max()), float(gap.mean())))
    return tuple(rows), first


def guided(prompt: Tensor, away: Tensor, guidance: float) -> Tensor:
    """The velocity that a step is taken along."""
    return away + guidance * (prompt - away)


def shown(request: Beside, made: SideBySide) -> Json:
    """Our picture, in ONNX Runtime too, the library's, and how far they are apart (white where they agree); layers."""
    engine = made.onnx
    times = made.our_milliseconds, made.their_milliseconds
    pictures, milliseconds = columns(made.ours, made.theirs, times, engine)
    table: Json = {"layers": made.layers, "first": made.first, "maximum": made.maximum, "mean": made.mean}
    table |= {"tolerance": parity.TOLERANCE, "onnx_maximum": engine and engine.maximum}
    return tiles(pictures, milliseconds=milliseconds, colour=True, **table)


def numbers(request: Beside, made: SideBySide) -> Json:
    """Differences, times, and the first layer over the tolerance."""
    told: Json = plain(made)
    return told


def still(request: Beside, run: Sequence[SideBySide]) -> Pictures:
    """Our picture, in ONNX Runtime too, beside that of the library."""
    made = run[-1]
    pictures = [made.ours, *([made.onnx.picture] if made.onnx else []), made.theirs]
    return Pictures([images.grid(np.stack(pictures), len(pictures), 3)])


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(shown),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: drawing.ALL,
    first=Beside(),
)
