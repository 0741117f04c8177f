"""Fine-tune a pruned network: what is left of it learns to do without the rest.

Han et al., "Learning both Weights and Connections for Efficient Neural Networks", 2015 (arXiv:1506.02626): train,
prune, train what is left. Weights that pruning set to 0 stay 0.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.training.rates import cosine, set_rate

UPDATES, BATCH, RATE = 50, 64, 2e-3  # of the judge of digits
TEXTS, LENGTH, TEXT_RATE = 8, 128, 1e-3  # of the GPT: windows of an update, their characters

Cost = Callable[[nn.Module, torch.Generator], Tensor]  # of a network, on a batch that the generator draws; to be less


@torch.enable_grad()
def tuning(model: nn.Module, cost: Cost, updates: int, rate: float, seed: int = 0) -> Iterator[Any]:
    """A copy of `model` after each of so many updates, the last time in eval mode; one network, which goes on."""
    twin = copy.deepcopy(model).train().requires_grad_(True)
    gone = [(weight, weight == 0) for weight in twin.parameters() if weight.ndim > 1]
    optimizer = torch.optim.Adam(twin.parameters(), rate)
    draws = torch.Generator().manual_seed(seed)
    for step in range(updates):
        set_rate(optimizer, rate * cosine(step / updates))
        optimizer.zero_grad()
        with torch.random.fork_rng():  # dropout draws from torch's own generator
            torch.manual_seed(seed + step)
            torch.autograd.backward(cost(twin, draws))
        optimizer.step()
        with torch.no_grad():
            for weight, zero in gone:
                weight.masked_fill_(zero, 0)
        if step == updates - 1:
            twin.eval().requires_grad_(False)
        yield twin


def of_digits(pictures: Tensor, labels: Tensor) -> Cost:
    """Cross-entropy of a classifier on BATCH of the pictures (N, C, H, W) with labels (N,)."""

    def cost(model: nn.Module, draws: torch.Generator) -> Tensor:
        chosen = torch.randint(len(labels), (BATCH,), generator=draws)
        return F.cross_entropy(model(pictures[chosen]), labels[chosen])

    return cost


def of_text(tokens: Tensor) -> Cost:
    """Nats per character of a language model on TEXTS windows of LENGTH characters of tokens (N,)."""

    def cost(model: nn.Module, draws: torch.Generator) -> Tensor:
        starts = torch.randint(len(tokens) - LENGTH, (TEXTS, 1), generator=draws)
        rows = tokens[starts + torch.arange(LENGTH + 1)]
        return F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())

    return cost


def finetuned(model: nn.Module, pictures: Tensor, labels: Tensor, updates: int = UPDATES, seed: int = 0) -> Any:
    """A copy of a classifier after so many updates on pictures (N, C, H, W) and labels (N,), in eval mode."""
    *_, last = tuning(model, of_digits(pictures, labels), updates, RATE, seed)
    return last
