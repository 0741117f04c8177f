"""What the diffusion use cases share: the network of a checkpoint, seeded noise, a run, and its frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.steps import Step
from aigc_demo.data import digits, images
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.pipelines.engine import Network
from aigc_demo.sampling import together
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import SamplerStep, sample
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.diffusion.requests import ANY, CHECKPOINT
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, Tile, plain
from aigc_demo.services.use_case import Json

MOST_FRAMES = 120  # of an animation
SIGMAS = 3.0  # standard deviations of noise from one end of the grey scale to the other


@dataclass(frozen=True)
class Frame:
    """One step of a run of one picture. Arrays are (C, H, W) float32."""

    level: int  # noise level t; -1 for the finished picture
    alpha_bar: float
    x: Array  # x_t = sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) eps
    x0: Array  # the predicted clean picture
    eps: Array  # the predicted noise
    eps_null: Array | None = None  # with guidance: the noise predicted without a class
    eps_class: Array | None = None  # and with it
    given: Array | None = None  # the picture that a run began from, where there was one


def model_of(store: Store, checkpoint: str = CHECKPOINT) -> DiffusionModel:
    """The network of a checkpoint, shipped or a person's own; NotFoundError when that is no diffusion model."""
    return loaded(store, checkpoint, DiffusionModel)


def example(model: DiffusionModel) -> tuple[Tensor, Tensor, Tensor]:
    """What the network gets for one picture with guidance: x (2, C, H, W), t (2,), label (2,)."""
    unet = model.config.unet
    x = torch.randn(2, unet.channels, unet.image_size, unet.image_size, generator=torch.Generator().manual_seed(0))
    return x, torch.tensor([999, 0]).clamp_max(model.config.levels - 1), torch.tensor([0, unet.classes - 1])


def quickest(model: DiffusionModel) -> Network:
    """The network in the quickest engine that this machine has."""
    return ENGINES.network(model, example(model))


def real_digit(store: Store, sample: int, drawing: str) -> Tensor:
    """A drawn digit, else a shipped real one: (1, 1, 32, 32) in [-1, 1]."""
    if drawing:
        return torch.from_numpy(images.drawing_to_digit(from_data_url(drawing)))[None, None]
    sheet = digits.read_samples(Path(store.assets) / "examples" / "mnist-samples.png")
    return digits.to_float(torch.from_numpy(sheet[sample].copy())[None, None])


def denoise(
    model: DiffusionModel,
    x: Tensor,
    labels: Sequence[int],
    guidance: float,
    timesteps: list[int],
    sampler: str,
    noise: SeededNoise,
    eta: float = 0.0,
) -> Iterator[SamplerStep]:
    """Steps of a run from x (B, C, H, W) at noise level timesteps[0], in the shape that the network sees.

    `labels`: the digit of each picture, or ANY, as for a network without classes. Runs of one picture are computed
    together with those of other people.
    """
    null = model.config.unet.classes - 1
    labels = labels if model.config.unet.classes else [ANY] * len(labels)
    label = torch.tensor([null if digit == ANY else digit for digit in labels], device=x.device)
    scale = 1.0 if all(digit == ANY for digit in labels) else guidance
    schedule = alpha_bar(model.config.schedule, model.config.levels)

    def run(network: Network) -> Iterator[SamplerStep]:
        denoiser = Denoiser(network, model.config.prediction, label, null, scale)
        return sample(denoiser, model.fold(x), timesteps, schedule, sampler, eta, noise)

    network = quickest(model)
    return run(network) if len(x) > 1 else together.pictures(network).run(run)


def seen(model: DiffusionModel, x: Tensor) -> Array:
    """x (B, C, H, W) as the network sees it -> pictures (B, C, H, W) float32."""
    return model.unfold(x).cpu().numpy()


def frames(model: DiffusionModel, moments: Iterator[SamplerStep], total: int) -> Iterator[Step[Frame]]:
    """A Frame for every step of a run of one picture."""
    for done, moment in enumerate(moments):
        e = moment.estimate
        shown = [x for x in (moment.x, e.x0, e.eps, e.eps_null, e.eps_class) if x is not None]
        yield Step(done, total, Frame(moment.timestep, moment.alpha_bar, *seen(model, torch.cat(shown))))


def pictures(model: DiffusionModel, moments: Iterator[SamplerStep], total: int) -> Iterator[Step[Array]]:
    """The predicted clean pictures (B, C, H, W) after every step of a run."""
    for done, moment in enumerate(moments):
        yield Step(done, total, seen(model, moment.estimate.x0))


# as it is looked at, told and saved


def reach(alpha_bar: float) -> float:
    """The value of x_t that is drawn fully inked: wide enough for the noise at this level, 1 for a clean picture."""
    return float(alpha_bar**0.5 + 2.5 * (1 - alpha_bar) ** 0.5)


def tile(frame: Frame) -> Tile:
    """All that a frame has to show, each pane scaled to [-1, 1]."""
    panes = {"x": frame.x / reach(frame.alpha_bar), "x0": frame.x0}
    if frame.given is not None:
        return Tile({"given": frame.given, **panes}, frame.level, frame.alpha_bar)
    for name in ("eps", "eps_null", "eps_class"):
        noise = getattr(frame, name)
        if noise is not None:
            panes[name] = noise / SIGMAS
        elif name == "eps" or frame.eps_null is not None:
            panes[name] = np.zeros_like(frame.x)
    return Tile(panes, frame.level, frame.alpha_bar)


def numbers(request: object, frame: Frame) -> Json:
    """Noise level and alpha_bar of a frame."""
    return {field.name: plain(getattr(frame, field.name)) for field in fields(Frame)[:2]}


def scale_of(picture: Array) -> int:
    """How much a picture is enlarged: to about 256 pixels."""
    return max(1, 256 // picture.shape[-1])


def film(request: object, run: Sequence[Frame]) -> Pictures:
    """x_t of a run, at most MOST_FRAMES of it, the finished picture last."""
    places = np.unique(np.linspace(0, len(run) - 1, min(len(run), MOST_FRAMES)).round().astype(int))
    return Pictures([images.to_pil(run[i].x / reach(run[i].alpha_bar), scale_of(run[i].x)) for i in places])


def several(made: Array, columns: int) -> Image.Image:
    """(N, C, H, W) side by side."""
    return images.grid(made, columns, 3)
