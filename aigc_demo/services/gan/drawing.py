"""Noise becomes pictures: draw, go from one to another, calculate with noise, ask for a class."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.models.gan import GAN
from aigc_demo.sampling.latent import lerp, slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.gan import checkpoints
from aigc_demo.services.gan.requests import ANY, FREE, Classes, Draw, Mix, Morph, Walk
from aigc_demo.services.gan.results import Drawn, Mixed, Pictures, Way

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

STOPS = 7  # pictures from c to the result
TAIL = 1.96  # 95 % of a normal number lies this many deviations around its mean


class Drawing:
    """The use-cases that need a generator alone."""

    store: "Store"

    def model(self, name: str) -> GAN:
        """The trained model of MODELS."""
        model = self.store.load(checkpoints.of_model(name))
        if not isinstance(model, GAN):
            raise NotFoundError("unknown_checkpoint", name=short(name))
        return model

    @torch.inference_mode()
    def draw(self, request: Draw) -> Drawn:
        """Pictures of as many seeds, counted up."""
        model = self.model(request.model)
        seeds = [(request.seed + i) % 2**32 for i in range(request.count)]
        asked = classes(model, seeds, request.digit)
        made = model.generator(limited(self.noise(seeds, model), request.limit), asked)
        return Drawn(pictures(made), tuple(seeds), tuple(asked.tolist()) if model.config.classes else ())

    @torch.inference_mode()
    def walk(self, request: Walk) -> Way:
        """From one picture to another; both ways have the same ends. The class stays that of the first."""
        model = self.model(request.model)
        ends = limited(self.noise([request.seed_from, request.seed_to], model), request.limit)
        start, end = ends[:1], ends[1:]
        asked = classes(model, [request.seed_from] * request.frames, request.digit)
        shares = torch.linspace(0, 1, request.frames).tolist()
        if request.circle:
            turns = [2 * math.pi * share for share in shares]
            arc = torch.cat([math.cos(turn) * start + math.sin(turn) * end for turn in turns])
            straight = arc[:0]
        else:
            arc = torch.cat([slerp(start, end, share) for share in shares])
            straight = torch.cat([lerp(start, end, share) for share in shares])
        seen = [
            pictures(model.generator(way, asked[: len(way)])) if len(way) else none(model) for way in (straight, arc)
        ]
        norms = [way.norm(dim=1).cpu().numpy() for way in (straight, arc)]
        return Way(seen[0], seen[1], norms[0], norms[1], usual_length(model.config.noise))

    @torch.inference_mode()
    def mix(self, request: Mix) -> Mixed:
        """c + strength (a - b) in noise, then made as long as c: the generator has practised on no other length."""
        model = self.model(request.model)
        seeds = [request.seed_a, request.seed_b, request.seed_c]
        noise = self.noise(seeds, model)
        a, b, c = noise[:1], noise[1:2], noise[2:]
        way = torch.cat([c + share * request.strength * (a - b) for share in torch.linspace(0, 1, STOPS).tolist()])
        raw = way[-1:]
        length = c.norm()
        mended = way / way.norm(dim=1, keepdim=True).clamp(min=1e-6) * length
        told = classes(model, [request.seed_c] * STOPS, request.digit)
        own = classes(model, seeds, request.digit)
        shown = torch.cat([model.generator(noise, own), model.generator(mended[-1:], told[:1])])
        norms = tuple(torch.cat([noise, raw]).norm(dim=1).tolist())
        seen = pictures(model.generator(raw, told[:1])), pictures(model.generator(mended, told))
        return Mixed(pictures(shown), seen[0], seen[1], norms, usual_length(model.config.noise))

    @torch.inference_mode()
    def classes(self, request: Classes) -> Drawn:
        """All ten classes from the same noise, row by row: picture r * columns + c is class r at seed + c."""
        model = self.model("conditional")
        seeds = [(request.seed + i) % 2**32 for i in range(request.columns)]
        z = limited(self.noise(seeds, model), request.limit)
        label = torch.arange(10, device=z.device).repeat_interleave(len(seeds))
        made = model.generator(z.repeat(10, 1), label)
        return Drawn(pictures(made), tuple(seeds * 10), tuple(label.tolist()))

    @torch.inference_mode()
    def morph(self, request: Morph) -> Way:
        """From one class to another: what stands for the class is mixed, the noise stays."""
        model = self.model("conditional")
        z = limited(self.noise([request.seed], model), request.limit).expand(request.frames, -1)
        shares = torch.linspace(0, 1, request.frames, device=z.device)[:, None]
        label = torch.tensor([request.digit_from, request.digit_to], device=z.device)
        made = model.generator.between(z, label, shares)
        norms = z.norm(dim=1).cpu().numpy()
        return Way(none(model), pictures(made), norms[:0], norms, usual_length(model.config.noise))

    def noise(self, seeds: Sequence[int], model: GAN) -> Tensor:
        """Standard normal noise (N, Z), row i from seed i alone."""
        return SeededNoise(seeds, self.store.device).draw((model.config.noise,))


def limited(z: Tensor, limit: float) -> Tensor:
    """Noise of which no number is further from 0 than `limit`, from the same draw; FREE leaves it as it is.

    A normal number cut off at both sides (Brock et al., 2018, arXiv:1809.11096, section 3.1, the truncation trick), by
    the inverse of its distribution, so that it changes smoothly with the limit.
    """
    if limit >= FREE:
        return z
    edge = torch.special.ndtr(torch.tensor(limit, dtype=torch.float64))
    share = torch.special.ndtr(z.double())  # uniform in [0, 1]
    return torch.special.ndtri((1 - edge) + share * (2 * edge - 1)).to(z.dtype)


def classes(model: GAN, seeds: Sequence[int], digit: int) -> Tensor:
    """The class of every picture (N,): the asked one, or the seed's last figure. Models without classes ignore it."""
    device = next(model.parameters()).device
    return torch.tensor([seed % 10 if digit == ANY else digit for seed in seeds], device=device)


def pictures(x: Tensor) -> Pictures:
    """(N, C, H, W) in [-1, 1] -> (N, H, W, C) uint8."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).contiguous().cpu().numpy()


def none(model: GAN) -> Pictures:
    """No pictures, of the model's size."""
    side = model.config.image_size
    return np.zeros((0, side, side, model.config.channels), np.uint8)


def usual_length(noise: int) -> tuple[float, float]:
    """Between which lengths 95 % of `noise` normal numbers lie; about sqrt(noise) +- 1 / sqrt(2) deviations."""
    middle = math.sqrt(noise - 0.5)
    return middle - TAIL * math.sqrt(0.5), middle + TAIL * math.sqrt(0.5)
