"""Two optimisers for one network: Muon for its matrices, AdamW for what is looked up, normed or added.

Muon (Jordan et al., 2024) takes the momentum of a matrix apart and sets all its singular values to about 1, so that
no direction is learned slower than another. Embeddings and heads are matrices in form only and stay with AdamW.
"""

from typing import Any

import torch
from torch import nn


class Pair:
    """Muon and AdamW as one optimiser. `muon_rate` and `rate` are peaks; `set_rate` gives the share of them."""

    def __init__(self, model: nn.Module, muon_rate: float, rate: float, weight_decay: float):
        looked_up = {
            id(weight) for part in model.modules() if isinstance(part, nn.Embedding) for weight in part.parameters()
        }
        named = list(model.named_parameters())
        matrices = [w for _, w in named if w.ndim == 2 and id(w) not in looked_up]
        rest = [w for _, w in named if w.ndim != 2 or id(w) in looked_up]
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(rest, rate, betas=(0.9, 0.99), weight_decay=0.0, fused=True),
        ]
        if matrices:
            self.parts.append(torch.optim.Muon(matrices, muon_rate, weight_decay=weight_decay, momentum=0.95))
        self.peaks = [part.param_groups[0]["lr"] for part in self.parts]

    def set_rate(self, share: float) -> None:
        """Both learning rates at `share` of their peaks."""
        for part, peak in zip(self.parts, self.peaks, strict=True):
            for group in part.param_groups:
                group["lr"] = peak * share

    def step(self) -> None:
        """One update of all weights; their gradients are gone after it."""
        for part in self.parts:
            part.step()
            part.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """The states of both."""
        return {str(i): part.state_dict() for i, part in enumerate(self.parts)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        for i, part in enumerate(self.parts):
            part.load_state_dict(state[str(i)])
