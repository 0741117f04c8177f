"""Exponential moving average of a network's weights, which is what is shipped: it draws better than the last step.

torch's AveragedModel copies the weights at the first update and averages whole numbers too; here the decay rises from
2/11, and the counters of normalisations stay.
"""

import copy

from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


class EMA:
    """A slow copy of `model`; `decay` is the share of the old value kept per step, less during the first steps."""

    def __init__(self, model: nn.Module, decay: float = 0.999):
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay
        self.steps = 0

    def update(self, model: nn.Module) -> None:
        """Move every weight of the copy a little towards that of `model`."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        pairs = zip(self.model.state_dict().values(), model.state_dict().values(), strict=True)
        slow, fast = zip(*[pair for pair in pairs if pair[0].is_floating_point()], strict=True)
        get_ema_multi_avg_fn(decay)(slow, fast, None)  # type: ignore[no-untyped-call]
