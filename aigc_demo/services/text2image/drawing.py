"""What the text-to-image use cases share: models, prompts as states, a run, its frames, and what the detector reads."""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.data import images, scene_tokens
from aigc_demo.data.picture_files import from_data_url, open_picture
from aigc_demo.data.scene_truth import Seen, look, truth
from aigc_demo.data.scenes import SIDE, Scene
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.text2image import Text2Image
from aigc_demo.pipelines.engine import Session
from aigc_demo.sampling.guidance import TextDenoiser
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import SamplerStep, sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.sampling.together import spread
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, Tile, plain, reel
from aigc_demo.services.scene_parts import as_json
from aigc_demo.services.text2image.requests import AUTOENCODER, CHECKPOINT, JUDGE
from aigc_demo.services.text2image.words import claimed
from aigc_demo.services.use_case import Json

R = TypeVar("R", bound=Request)
ALL = (CHECKPOINT, AUTOENCODER)
MOST_FRAMES = 60  # of an animation
GAP = 2  # pixels between two of four pictures
SHIPPED_COLOURS = 64
HALF = 32  # pictures that are decoded at once


@dataclass(frozen=True)
class Reading:
    """What the detector reads in a picture, and which claims of the sentence hold there."""

    seen: Seen
    right: dict[str, bool]


@dataclass(frozen=True)
class Frame:
    """One step of a run. Pictures (N, 3, 64, 64) float32 in [-1, 1], decoded out of the latent code."""

    level: int  # noise level t; -1 for the finished pictures
    alpha_bar: float
    x: Array  # the code as it is now
    x0: Array  # the predicted clean code
    eps: Array  # the predicted, guided noise
    readings: tuple[Reading, ...] = ()  # of the finished pictures
    given: Array | None = None  # the picture that a run began from (1, 3, 64, 64), where there was one
    large: Array | None = None  # the finished pictures after super-resolution (N, 3, 128, 128), where that was asked


class Models:
    """Text-to-image diffusion with its autoencoder, and the noise levels between the two."""

    def __init__(self, store: Store, checkpoint: str = CHECKPOINT):
        model, autoencoder = loaded(store, checkpoint, Text2Image), loaded(store, AUTOENCODER, KLAutoencoder)
        self.model, self.autoencoder = model, autoencoder
        self.schedule = alpha_bar(model.config.schedule, model.config.levels)
        unet = model.config.unet
        self.shape = (unet.channels, unet.image_size, unet.image_size)
        self.device = next(model.parameters()).device

    def states(self, prompts: Sequence[str]) -> Tensor:
        """Prompts -> states of the text tower (B, T, D)."""
        return self.model.encode(scene_tokens.encode(prompts, self.model.config.text.context).to(self.device))

    def denoiser(self, states: Tensor, negative: str, guidance: float) -> TextDenoiser:
        """States (B, T, D) as the call that samplers make."""
        words = self.model.words(states)
        away = words if guidance == 1 else self.model.words(self.states([negative])).expand_as(words)  # 1: nobody asks
        network = ENGINES.network(self.model, self.example(words), "step")
        return TextDenoiser(network, words, away, guidance)

    def session(self, words: Tensor) -> Session | None:
        """A step in ONNX Runtime, whichever is quicker; None where it is not to be had."""
        return ENGINES.session(self.model, self.example(words), "step")

    def example(self, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What a step gets for one picture with guidance: x (2, C, H, W), level (2,), words (2, T, K), of (B, T, K)."""
        x = torch.randn(2, *self.shape, generator=torch.Generator().manual_seed(0))
        return x, torch.tensor([self.model.config.levels - 1, 0]), words[:1].expand(2, -1, -1)

    def timesteps(self, steps: int, first: int | None = None) -> list[int]:
        """Noise levels of a run, from the noisiest or from `first` down."""
        levels = self.model.config.levels
        return trailing_timesteps(steps, levels) if first is None else trailing_timesteps(steps, levels, first)

    def decode(self, code: Tensor) -> Array:
        """Scaled codes (N, C, H, W) -> pictures (N, 3, 64, 64)."""
        parts = torch.split(code / self.autoencoder.config.scale, HALF)
        return torch.cat([spread(self.autoencoder.decode, part) for part in parts]).clamp(-1, 1).cpu().numpy()

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, 64, 64) in [-1, 1] -> scaled codes."""
        return self.autoencoder.encode(pictures.to(self.device)).mean * self.autoencoder.config.scale

    def run(
        self, denoise: TextDenoiser, x: Tensor, timesteps: list[int], sampler: str, noise: SeededNoise
    ) -> Iterator[SamplerStep]:
        """Steps of a run from codes x (B, C, H, W) at noise level timesteps[0]."""
        return sample(denoise, x, timesteps, self.schedule, sampler, 0.0, noise)


def drawn(models: Models, prompt: str, seed: int, steps: int, guidance: float) -> Tensor:
    """The code (1, C, H, W) of what a prompt draws, by Euler's method."""
    noise = SeededNoise([seed], models.device)
    denoise = models.denoiser(models.states([prompt]), "", guidance)
    *_, last = models.run(denoise, noise.draw(models.shape), models.timesteps(steps), "euler", noise)
    return last.x


def uploaded(url: str) -> Array:
    """A picture of any size as a data URL -> (3, 64, 64) float in [-1, 1], its middle, on white."""
    return images.square(from_data_url(url), SIDE)


def small(request: R) -> R:
    """The request with its uploaded pictures as small as the models see them."""
    shown = {
        name: images.to_data_url(images.to_pil(uploaded(url)))
        for name in ("picture", "mask")
        if (url := getattr(request, name, ""))
    }
    return replace(request, **shown) if shown else request


def frames(
    models: Models,
    run: Iterator[SamplerStep],
    total: int,
    detector: nn.Module,
    claims: Scene,
    given: Tensor | None = None,
) -> Iterator[Step[Frame]]:
    """A Frame for every step of a run, which began from the code `given`; the last one with what the detector reads."""
    begun = None if given is None else models.decode(given)
    for done, moment in enumerate(run):
        e = moment.estimate
        count = len(moment.x)
        now, clean, noise = np.split(models.decode(torch.cat([moment.x, e.x0, e.eps])), [count, 2 * count])
        last = moment.timestep < 0
        readings = read(detector, clean, claims) if last else ()
        yield Step(done, total, Frame(moment.timestep, moment.alpha_bar, now, clean, noise, readings, begun))


def detector_of(store: Store) -> nn.Module:
    """The detector that reads finished pictures."""
    return store.load(JUDGE)


def read(detector: nn.Module, pictures: Array, claims: Scene) -> tuple[Reading, ...]:
    """What the detector reads in pictures (N, 3, 64, 64), and which claims hold."""
    return tuple(Reading(seen, truth(claims, seen)) for seen in look(detector, torch.from_numpy(pictures)))


# as it is looked at, told and saved


def together(pictures: Array) -> Array:
    """One picture (1, C, H, W) -> (C, H, W); four -> (C, 2 H + GAP, 2 W + GAP), two in a row, white between them."""
    if len(pictures) == 1:
        return np.asarray(pictures[0])
    _, channels, height, width = pictures.shape
    sheet = np.ones((channels, 2 * height + GAP, 2 * width + GAP), pictures.dtype)
    for i, picture in enumerate(pictures):
        top, left = i // 2 * (height + GAP), i % 2 * (width + GAP)
        sheet[:, top : top + height, left : left + width] = picture
    return sheet


def tile(frame: Frame) -> Tile:
    """All that a frame has to show."""
    panes = {"x": together(frame.x), "x0": together(frame.x0), "noise": together(frame.eps)}
    if frame.given is not None:
        panes = {"given": together(frame.given), "x": panes["x"], "x0": panes["x0"]}
    return Tile(panes, frame.level, frame.alpha_bar)


def judged(readings: Sequence[Reading]) -> list[Json]:
    """What the detector reads: objects and how many of each, background, and which claims hold."""
    return [
        {
            "objects": dict(Counter(found.name for found in reading.seen.objects)),
            "background": reading.seen.background,
            "right": reading.right,
        }
        for reading in readings
    ]


def page(request: Request, steps: Iterator[Step[Frame | None]]) -> Iterator[Step[Json | None]]:
    """A reel of the frames; with the last one what was asked and what is there."""
    last: list[Frame] = []

    def noted() -> Iterator[Step[Frame | None]]:
        for step in steps:
            last[:] = [step.value] if step.value is not None else last
            yield step

    for step in reel(tile)(request, noted()):
        told = {} if step.value is None or not last else {"pictures": judged(last[0].readings)}
        asked = as_json(claimed(request.prompt))  # type: ignore[attr-defined]
        yield Step(step.done, step.total, None if step.value is None else {**step.value, "asked": asked, **told})


def light(value: Json) -> Json:
    """A page value with its sheets in few colours, for a first result: decoded noise is heavy otherwise."""
    return {**value, "sheets": [repacked(sheet) for sheet in value["sheets"]]}


def repacked(sheet: bytes) -> bytes:
    """A PNG in SHIPPED_COLOURS."""
    buffer = io.BytesIO()
    open_picture(sheet).quantize(SHIPPED_COLOURS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def first_value(use_case: Callable[[Store, R], Iterator[Step[Frame]]]) -> Callable[[Store, R], Json]:
    """What ships as the first result of a use case: the page value of a run, made light."""

    def make(store: Store, request: R) -> Json:
        steps = list(use_case(store, request))  # all at once, so that one sheet holds it
        *_, value = (step.value for step in page(request, iter(steps)) if step.value is not None)
        return light(value)

    return make


def numbers(request: Request, frame: Frame) -> Json:
    """Noise level of a frame; of finished pictures what was asked, and what the detector reads in each."""
    told: Json = {"level": frame.level, "alpha_bar": plain(frame.alpha_bar)}
    if frame.readings:
        told |= {"asked": as_json(claimed(request.prompt)), "pictures": judged(frame.readings)}  # type: ignore[attr-defined]
    return told


def film(request: Request, run: Sequence[Frame]) -> Pictures:
    """The predicted pictures of a run side by side, at most MOST_FRAMES of it, the finished ones last."""
    places = np.unique(np.linspace(0, len(run) - 1, min(len(run), MOST_FRAMES)).round().astype(int))
    frames = [images.grid(run[i].x0, min(2, len(run[i].x0)), 4) for i in places]
    if run[-1].large is not None:
        frames[-1] = images.grid(run[-1].large, min(2, len(run[-1].large)), 2, gap=2)
    return Pictures(frames)
