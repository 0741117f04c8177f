"""Our KL autoencoder beside diffusers' AutoencoderKL, same weights, on emoji and on pictures that people bring.

Where it is installed, ours runs in ONNX Runtime too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.steps import Step
from aigc_demo.data import emoji, images
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.pipelines import convert, parity
from aigc_demo.pipelines.engine import Network
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.both_draw import OnnxColumn
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import grid, sheet, signed
from aigc_demo.services.vae.requests import COLOUR, Beside

ROUNDS = 3  # of the clock
SIDE = 64  # pixels


@dataclass(frozen=True)
class SideBySide:
    """One picture through our autoencoder and the library's; (3, 64, 64) in [0, 1]."""

    picture: Array
    ours: Array
    theirs: Array
    latent: Array  # (4, 16, 16) ours, the mean
    maximum: float  # largest absolute difference of the two rebuilt pictures, in [-1, 1] units
    mean: float
    our_milliseconds: float  # the median
    their_milliseconds: float
    layers: parity.Figures
    first: int | None  # the first layer over the tolerance
    onnx: OnnxColumn | None  # None where it isn't installed


def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Both on the same picture and noise, then every layer. The value comes with the last step."""
    model = loaded(store, COLOUR, KLAutoencoder)
    yield Step(0, 3, None)
    x = seen(store, request)
    side = SIDE // model.config.shrink
    noise = SeededNoise([request.seed], store.device).draw((model.config.latent, side, side))
    library = convert.to_library(model)
    encoder = ENGINES.session(model, (x.repeat(2, 1, 1, 1),), "encoder")
    decode = ENGINES.session(model, (noise.repeat(2, 1, 1, 1),), "decode")
    yield Step(1, 3, None)
    works: list[Callable[[], Tensor]] = [lambda: ours(model, x, noise)[0], lambda: theirs(library, x, noise)]
    if encoder and decode:
        works.insert(1, lambda: ours(model, x, noise, encoder, decode)[0])
    left, *engine, right = (work() for work in works)
    times = medians(works, ROUNDS)
    yield Step(2, 3, None)
    table = parity.compare(model, library, x)
    gap = (left - right).abs()
    made = SideBySide(
        picture=shown(x),
        ours=shown(left),
        theirs=shown(right),
        latent=ours(model, x, noise)[1][0].cpu().numpy(),
        maximum=float(gap.max()),
        mean=float(gap.mean()),
        our_milliseconds=times[0],
        their_milliseconds=times[-1],
        layers=table.figures,
        first=table.first,
        onnx=OnnxColumn(shown(engine[0]), float((left - engine[0]).abs().max()), times[1]) if engine else None,
    )
    yield Step(3, 3, made)


def shown(x: Tensor) -> Array:
    """(1, 3, H, W), about in [-1, 1] -> (3, H, W) in [0, 1]."""
    return ((x[0].cpu().numpy() + 1) / 2).clip(0, 1)


def seen(store: Store, request: Beside) -> Tensor:
    """The picture that a request names: (1, 3, 64, 64) in [-1, 1]."""
    if request.picture:
        return torch.from_numpy(uploaded(request.picture))[None].to(store.device)
    pictures = emoji.read_samples(Path(store.assets) / "examples" / "emoji-samples.png")  # (24, 64, 64, 3)
    x = torch.from_numpy(pictures[request.sample].transpose(2, 0, 1).copy())[None]
    return x.to(store.device).float() / 127.5 - 1


def uploaded(url: str) -> Array:
    """A picture of any size as a data URL -> what the model sees of it, (3, 64, 64) float in [-1, 1]."""
    return images.square(from_data_url(url), SIDE)


def small(request: Beside) -> Beside:
    """The request with an uploaded picture of 64 x 64 pixels; made small again it stays the same."""
    if not request.picture:
        return request
    return replace(request, picture=images.to_data_url(images.to_pil(uploaded(request.picture))))


@torch.inference_mode()
def ours(
    model: KLAutoencoder, x: Tensor, noise: Tensor, encoder: Network | None = None, decode: Network | None = None
) -> tuple[Tensor, Tensor]:
    """x (B, 3, H, W), noise (B, D, h, w) -> what is rebuilt (B, 3, H, W), mean of the code (B, D, h, w).

    `encoder` and `decode` are those of the model in another engine.
    """
    q = model.posterior((encoder or model.encoder)(x))
    return (decode or model.decode)(q.sample(noise)), q.mean


@torch.inference_mode()
def theirs(module: Any, x: Tensor, noise: Tensor) -> Tensor:
    """The same with diffusers: what is rebuilt (B, 3, H, W)."""
    q = module.encode(x).latent_dist
    return module.decode(q.mean + q.std * noise).sample


def numbers(request: Beside, made: SideBySide) -> Json:
    """Differences, times, and the first layer over the tolerance."""
    names = ("maximum", "mean", "our_milliseconds", "their_milliseconds", "layers", "first")
    table = {name: getattr(made, name) for name in names}
    return {**table, "tolerance": parity.TOLERANCE, "onnx": plain(made.onnx)}


def page(request: Beside, made: SideBySide) -> Json:
    """In colour: the picture, ours, theirs, their difference (blank where they agree), the 4 maps of the code.

    What ONNX Runtime made, where that is installed, comes last.
    """
    maps = [enlarged(code) for code in made.latent]
    tiles = [made.picture, made.ours, made.theirs, np.abs(made.ours - made.theirs), *maps]
    if made.onnx is not None:
        tiles.append(made.onnx.picture)
    return sheet(tiles, milliseconds=[made.our_milliseconds, made.their_milliseconds], **numbers(request, made))


def enlarged(code: Array) -> Array:
    """One map (h, w) of a code as a grey picture (3, 64, 64): 0 is middle grey, 3 deviations black or white."""
    spread = float(code.std()) or 1.0
    large = code.repeat(SIDE // code.shape[0], 0).repeat(SIDE // code.shape[1], 1)
    return np.stack([signed(large / (3 * spread)).clip(0, 1)] * 3)


def still(request: Beside, run: Sequence[SideBySide]) -> Pictures:
    made = run[-1]
    pictures = [made.picture, made.ours, *([made.onnx.picture] if made.onnx else []), made.theirs]
    return Pictures([grid(pictures, len(pictures))])


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(page),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (COLOUR,),
    small=small,
    first=Beside(),
)
