"""From noise to a clip: the frames of a clip are the channels of one picture, so that any sampler can be used.

Frames that are given have no noise, whatever the level of the others; the network sees them and continues them (Chen et
al., "Diffusion Forcing", 2024, arXiv:2407.01392).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from aigc_demo.sampling.predict import Denoise, Denoiser, corrected
from aigc_demo.sampling.samplers import SamplerStep, sample
from aigc_demo.sampling.schedules import alpha_bar

SAMPLER = "euler"
SHIFT = 3.0  # where a clip flies is settled while there is much noise, so that most steps are spent there


class Begun:
    """A network of clips (models/video.py) whose first `count` frames are those of folded clips (B, T * C, h, w)."""

    def __init__(self, model: Any, clips: Tensor, count: int):
        self.model, self.count = model, count
        self.first = clips[:, : count * clips.shape[1] // model.config.frames]

    def __call__(self, x: Tensor, level: Tensor, label: Tensor) -> Tensor:
        """As Video.forward; what comes out for given frames means nothing."""
        config = self.model.config
        times = ((level + 1) / config.levels)[:, None].repeat(1, config.frames)
        times[:, : self.count] = 0
        velocity: Tensor = self.model.velocity(self.keep(x), times, label)
        return velocity

    def keep(self, x: Tensor) -> Tensor:
        """x (B or 2B, T * C, h, w) with the given frames in their places."""
        first = self.first.repeat(len(x) // len(self.first), 1, 1, 1)
        return torch.cat([first, x[:, first.shape[1] :]], 1)


def shifted_timesteps(steps: int, total: int, shift: float = SHIFT) -> list[int]:
    """`steps` timesteps from total - 1 down, closer together at the noisy end: flow time s becomes
    shift s / (1 + (shift - 1) s) (Esser et al., 2024, arXiv:2403.03206, eq. 23)."""
    even = [1 - i / steps for i in range(steps)]
    return [max(1, round(total * shift * s / (1 + (shift - 1) * s))) - 1 for s in even]


def denoise(
    model: Any, noise: Tensor, digits: Sequence[int], guidance: float, steps: int, begun: Begun | None = None
) -> Iterator[SamplerStep]:
    """Steps of a run of clips from folded noise (B, T * C, h, w). `digits`: of each clip; below 0 for any.

    A batch with given frames must not be split over cores, so it has at most three clips.
    """
    config = model.config
    null = config.classes - 1
    label = torch.tensor([null if digit < 0 else digit for digit in digits], device=noise.device)
    scale = 1.0 if all(digit < 0 for digit in digits) else guidance
    network: Denoise = Denoiser(begun or model, config.prediction, label, null, scale)
    schedule, timesteps = alpha_bar(config.schedule, config.levels), shifted_timesteps(steps, config.levels)
    return sample(corrected(network, begun.keep) if begun else network, noise, timesteps, schedule, SAMPLER)
