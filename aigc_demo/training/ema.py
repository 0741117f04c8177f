"""Exponential moving average of a network's weights: what is shipped, since it draws better than the last step."""

import copy

import torch
from torch import nn


class EMA:
    """A slow copy of `model`; `decay` is the share of the old value kept per step, less during the first steps."""

    def __init__(self, model: nn.Module, decay: float = 0.999):
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move every weight of the copy a little towards `model`."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        pairs = zip(self.model.state_dict().values(), model.state_dict().values(), strict=True)
        slow, fast = zip(*[pair for pair in pairs if pair[0].is_floating_point()], strict=True)  # counters stay
        torch._foreach_lerp_(slow, fast, 1 - decay)
