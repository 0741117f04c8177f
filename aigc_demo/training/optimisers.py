"""Two optimisers for one network: Muon for its matrices, AdamW for what is looked up, normed or added.

Muon (Jordan et al., 2024) takes the momentum of a matrix apart and sets all its singular values to about 1, so that
no direction is learned slower than another. Embeddings and heads are matrices in form only and stay with AdamW. The
kernel of a convolution is a matrix of (outputs, inputs times positions), as in Jordan's recipe for CIFAR-10.

torch.optim.Muon computes in bfloat16, which a CPU without units for it does ten times slower than float32; here it is
float32 on a CPU, and matrices of one shape are done together.
"""

from typing import Any

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the quintic iteration (Jordan et al., 2024)


def orthogonalised(matrices: Tensor, steps: int = 5) -> Tensor:
    """matrices (N, rows, columns) -> the same, singular values about 1 (Newton-Schulz iteration)."""
    a, b, c = COEFFICIENTS
    x = matrices.to(torch.bfloat16 if matrices.is_cuda else torch.float32)
    tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if tall else x
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp_min(1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.transpose(1, 2) if tall else x).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised. Parameters have two dimensions or more; those behind the first are one."""

    def __init__(self, params: Any, lr: float, weight_decay: float, momentum: float = 0.95):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[Tensor]] = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    alike.setdefault((weight.shape[0], weight[0].numel()), []).append(weight)
            for (rows, columns), weights in alike.items():
                directions = orthogonalised(torch.stack([self._momentum(w, group["momentum"]) for w in weights]))
                rate = group["lr"] * max(1.0, rows / columns) ** 0.5
                for weight, direction in zip(weights, directions, strict=True):
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    weight.add_(direction.view(weight.shape), alpha=-rate)

    def _momentum(self, weight: Tensor, momentum: float) -> Tensor:
        """Nesterov's momentum of a weight, as a matrix."""
        state, grad = self.state[weight], weight.grad.flatten(1)  # type: ignore[union-attr]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(grad)
        state["momentum"].lerp_(grad, 1 - momentum)
        return grad.lerp(state["momentum"], momentum)


class MuonAdamW:
    """Muon and AdamW as one optimiser. `muon_rate` and `rate` are peaks; `set_rate` gives the share of them.

    With `kernels` the convolutions are Muon's too, all but those that change few channels.
    """

    def __init__(self, model: nn.Module, muon_rate: float, rate: float, weight_decay: float, kernels: bool = False):
        looked_up = {
            id(weight) for part in model.modules() if isinstance(part, nn.Embedding) for weight in part.parameters()
        }

        def of_muon(weight: Tensor) -> bool:
            kernel = kernels and weight.ndim == 4 and min(weight.shape[:2]) >= 16
            return (weight.ndim == 2 or kernel) and id(weight) not in looked_up

        weights = [weight for weight in model.parameters() if weight.requires_grad]
        matrices = [weight for weight in weights if of_muon(weight)]
        rest = [weight for weight in weights if not of_muon(weight)]
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(rest, rate, betas=(0.9, 0.99), weight_decay=0.0, fused=True),
        ]
        if matrices:
            self.parts.append(Muon(matrices, muon_rate, weight_decay))
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
        """The states of both optimisers, by their position."""
        return {str(i): part.state_dict() for i, part in enumerate(self.parts)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        for i, part in enumerate(self.parts):
            part.load_state_dict(state[str(i)])
