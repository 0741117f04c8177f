"""A network that is told a text, seen by samplers as one call: the prompt, what it is pushed away from, how hard.

Classifier-free guidance (Ho & Salimans, 2022, arXiv:2207.12598, eq. 6, with their 1 + w written as `guidance`):

    v = v_away + guidance (v_prompt - v_away)

where "away" is the empty prompt, or a negative prompt in its place.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from aigc_demo.sampling.predict import Estimate, split
from aigc_demo.sampling.together import spread

Network = Callable[[Tensor, Tensor, Tensor], Tensor]  # x (B, C, H, W), level (B,), words (B, T, K) -> (B, C, H, W)


class TextDenoiser:
    """Trained to say the velocity eps - x_0 at x_t / (signal + noise), see sampling/predict.py."""

    def __init__(self, network: Network, words: Tensor, away: Tensor, guidance: float):
        """words and away (B, T, K): what the network takes of the prompt and of its opposite."""
        self.network, self.guidance = network, guidance
        self.words = away if guidance == 0 else words if guidance == 1 else torch.cat([away, words])

    def __call__(self, x: Tensor, level: int, alpha_bar: float) -> Estimate:
        """x_t (B, C, H, W) at noise level `level` -> Estimate. One network call, of 2B codes when guided."""
        x_flow = x / (alpha_bar**0.5 + (1 - alpha_bar) ** 0.5)
        if self.guidance in (0, 1):
            return Estimate(*split(self._ask(x_flow, level), x, alpha_bar, "flow"))
        away, prompt = self._ask(torch.cat([x_flow, x_flow]), level).chunk(2)
        x0, eps = split(away + self.guidance * (prompt - away), x, alpha_bar, "flow")
        seen = [split(output, x, alpha_bar, "flow")[1] for output in (away, prompt)]
        return Estimate(x0, eps, *seen)

    def _ask(self, x: Tensor, level: int) -> Tensor:
        x = x.contiguous(memory_format=torch.channels_last)
        return spread(self.network, x, torch.full((len(x),), level, device=x.device), self.words)
