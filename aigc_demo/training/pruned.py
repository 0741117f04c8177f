"""Fine-tune a pruned classifier: what is left of it learns to do without the rest.

Han et al., "Learning both Weights and Connections for Efficient Neural Networks", 2015 (arXiv:1506.02626): train,
prune, train what is left. Weights that pruning set to 0 stay 0.
"""

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.training.rates import cosine, set_rate

UPDATES, BATCH, RATE = 50, 64, 2e-3


@torch.enable_grad()
def finetuned(model: nn.Module, pictures: Tensor, labels: Tensor, updates: int = UPDATES, seed: int = 0) -> Any:
    """A copy of `model` after so many updates on pictures (N, C, H, W) and labels (N,), in eval mode."""
    twin = copy.deepcopy(model).train().requires_grad_(True)
    gone = [(weight, weight == 0) for weight in twin.parameters() if weight.ndim > 1]
    optimizer = torch.optim.Adam(twin.parameters(), RATE)
    draws = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():  # dropout draws from torch's own generator
        torch.manual_seed(seed)
        for step in range(updates):
            chosen = torch.randint(len(labels), (BATCH,), generator=draws)
            set_rate(optimizer, RATE * cosine(step / updates))
            optimizer.zero_grad()
            torch.autograd.backward(F.cross_entropy(twin(pictures[chosen]), labels[chosen]))
            optimizer.step()
            with torch.no_grad():
                for weight, zero in gone:
                    weight.masked_fill_(zero, 0)
    return twin.eval().requires_grad_(False)
