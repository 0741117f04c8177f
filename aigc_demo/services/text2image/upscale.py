"""Super-resolution: a picture of 64x64 pixels becomes 128x128 (EDSR, Lim et al., 2017, arXiv:1707.02921)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import images, scene_samples
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.data.scenes import SIDE
from aigc_demo.models.upscaler import Upscaler, bicubic
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from aigc_demo.services.text2image.requests import AUTOENCODER, UPSCALER, Upscale
from aigc_demo.services.text2image.words import checked
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class Upscaled:
    """One picture and what it becomes; (3, H, W) in [-1, 1]. PSNR in decibels, where there is a truth."""

    before: Array  # (3, 64, 64)
    interpolated: Array  # (3, 128, 128), bicubic
    upscaled: Array  # (3, 128, 128), by the network
    truth: Array | None  # (3, 128, 128): rendered at that size, or one's own picture
    psnr_bicubic: float | None = None
    psnr: float | None = None


def network(store: Store) -> Upscaler:
    """The super-resolution network; NotFoundError when that is another model."""
    return loaded(store, UPSCALER, Upscaler)


def enlarged(model: Upscaler, pictures: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1] -> (N, 3, 2H, 2W) in [-1, 1], on the CPU."""
    return model(pictures.to(next(model.parameters()).device)).clamp(-1, 1).cpu()


def given(store: Store, request: Upscale) -> tuple[Tensor, Array | None]:
    """The picture (1, 3, 64, 64) in [-1, 1] that is asked for, and its truth (3, 128, 128) where there is one."""
    if request.origin == "own":
        if not request.picture:
            raise BadRequestError("scene.no_picture")
        picture = from_data_url(request.picture)
        large = images.square(picture, 2 * SIDE) if min(picture.size) >= 2 * SIDE else None
        return torch.from_numpy(images.square(picture, SIDE).copy())[None], large
    if request.origin == "drawn":
        prompt, models = checked(request.prompt), Models(store)
        code = drawing.drawn(models, prompt, request.seed, request.steps, request.guidance)
        return torch.from_numpy(models.decode(code)), None
    x = torch.from_numpy(scene_samples.read()[request.sample])[None]
    if request.origin == "rebuilt":
        models = Models(store)
        x = torch.from_numpy(models.decode(models.encode(x)))
    return x, scene_samples.read(scene_samples.LARGE)[request.sample]


@torch.inference_mode()
def upscale(store: Store, request: Upscale) -> Upscaled:
    """The picture, enlarged by interpolation and by the network."""
    x, truth = given(store, request)
    model = network(store)
    smooth, sharp = (part[0].numpy() for part in (bicubic(x, model.config.scale).clamp(-1, 1), enlarged(model, x)))
    if truth is None:
        return Upscaled(x[0].numpy(), smooth, sharp, None)
    return Upscaled(x[0].numpy(), smooth, sharp, truth, *(decibels(part, truth) for part in (smooth, sharp)))


def decibels(picture: Array, truth: Array) -> float:
    """Peak signal to noise ratio of shades from 0 to 1."""
    return float(-10 * np.log10(max(np.square((picture - truth) / 2).mean(), 1e-12)))


def in_row(made: Upscaled) -> Array:
    """Before (every pixel doubled), bicubic, network, and the truth where there is one: (N, 3, 128, 128)."""
    doubled = made.before.repeat(2, 1).repeat(2, 2)
    return np.stack([doubled, made.interpolated, made.upscaled, *([] if made.truth is None else [made.truth])])


def row(request: Upscale, made: Upscaled) -> Json:
    """The row of pictures, and how near the two come to the truth."""
    return tiles(in_row(made), **numbers(request, made))


def numbers(request: Upscale, made: Upscaled) -> Json:
    """PSNR of both against the truth in decibels, null where there is no truth."""
    told: Json = plain(made)
    return {name: told[name] for name in ("psnr_bicubic", "psnr")}


def still(request: Upscale, run: Sequence[Upscaled]) -> Pictures:
    """What the network made of the picture, 128x128 pixels."""
    return Pictures([images.to_pil(run[-1].upscaled)])


def small(request: Upscale) -> Upscale:
    """The request with one's own picture no larger than its truth."""
    if not request.picture:
        return request
    picture = from_data_url(request.picture)
    side = 2 * SIDE if min(picture.size) >= 2 * SIDE else SIDE
    return replace(request, picture=images.to_data_url(images.to_pil(images.square(picture, side))))


def used(request: Upscale) -> tuple[str, ...]:
    """Ids of the checkpoints that take part: those that draw or rebuild the picture too."""
    others = {"drawn": drawing.ALL, "rebuilt": (AUTOENCODER,)}
    return (UPSCALER, *others.get(request.origin, ()))


USE_CASE: UseCase[Upscale, Upscaled] = UseCase(
    run=upscale,
    page=each(row),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=used,
    library=lambda request: "text2image_upscale_library" if request.origin == "rendered" else "",
    small=small,
    first=Upscale(),
)
