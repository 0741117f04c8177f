"""Keep a picture but for a part of it, and draw that part as the sentence says.

Outside the part, the predicted clean code is that of the picture at every step, and the noise that which was added, as
in blended diffusion (Avrahami et al., 2022, arXiv:2111.14818); what is drawn inside sees it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Estimate
from aigc_demo.sampling.samplers import sample
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Frame, Models
from aigc_demo.services.text2image.redraw import from_picture, start_of
from aigc_demo.services.text2image.requests import Inpaint
from aigc_demo.services.text2image.words import claimed
from aigc_demo.services.use_case import UseCase

HALVES = {  # region -> rows and columns, as shares of the side
    "left": ((0, 1), (0, 0.5)),
    "right": ((0, 1), (0.5, 1)),
    "top": ((0, 0.5), (0, 1)),
    "bottom": ((0.5, 1), (0, 1)),
    "middle": ((0.25, 0.75), (0.25, 0.75)),
}


def part_of(request: Inpaint, side: int) -> Tensor:
    """1 where the code is to be drawn again, 0 where it stays: (1, 1, side, side).

    BadRequestError for an own mask that is missing, empty or full.
    """
    part = torch.zeros(1, 1, side, side)
    if request.region != "own":
        (top, bottom), (left, right) = HALVES[request.region]
        part[..., round(top * side) : round(bottom * side), round(left * side) : round(right * side)] = 1
        return part
    if not request.mask:
        raise BadRequestError("text2image.mask_empty")
    inked = Image.fromarray((images.ink(from_data_url(request.mask)) * 255).astype(np.uint8))
    part[0, 0] = torch.from_numpy(np.asarray(inked.resize((side, side), Image.Resampling.BOX), np.float32) > 64)
    if not part.any():
        raise BadRequestError("text2image.mask_empty")
    if part.all():
        raise BadRequestError("text2image.mask_full")
    return part


def kept(
    denoise: Callable[[Tensor, int, float], Estimate], x0: Tensor, eps: Tensor, part: Tensor
) -> Callable[[Tensor, int, float], Estimate]:
    """`denoise` that says x0 and eps (1, C, H, W) wherever `part` is 0."""

    def blended(x: Tensor, level: int, alpha_bar: float) -> Estimate:
        found = denoise(x, level, alpha_bar)
        return replace(found, x0=torch.lerp(x0, found.x0, part), eps=torch.lerp(eps, found.eps, part))

    return blended


@torch.inference_mode()
def inpaint(store: Store, request: Inpaint) -> Iterator[Step[Frame]]:
    """A Frame per denoising step, then the finished picture."""
    claims, models = claimed(request.prompt), Models(store)
    part = part_of(request, models.shape[-1]).to(models.device)
    x0 = start_of(models, request)
    noise = SeededNoise([request.seed + 1], models.device)  # not the noise that the start was drawn out of
    eps = noise.draw(models.shape)
    timesteps = models.timesteps(request.steps)
    denoise = kept(models.denoiser(models.states([request.prompt.strip()]), "", request.guidance), x0, eps, part)
    run = sample(denoise, eps, timesteps, models.schedule, request.sampler, 0.0, noise)
    yield from drawing.frames(models, run, len(timesteps), drawing.detector_of(store), claims, x0)


USE_CASE: UseCase[Inpaint, Frame] = from_picture(inpaint, Inpaint())
