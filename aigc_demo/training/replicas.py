"""Parts of a batch on threads of their own, each with a copy of the network.

Within a layer PyTorch's threads wait for each other after every operation, which costs most of the time where other
work shares the cores. Here they wait once a step.
"""

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor, nn


class Replicas:
    """`count` copies of a network, the first of which is the network itself and is what is optimised."""

    def __init__(self, model: nn.Module, count: int):
        self.models = [model, *(copy.deepcopy(model) for _ in range(count - 1))]
        self.pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))

    def backward(self, losses: Callable[[Any, int], dict[str, Tensor]]) -> dict[str, float]:
        """`losses(model, part)` for every part, each on its thread; the gradients of their mean loss, mean losses."""
        self._copy()
        found = list(self.pool.map(lambda part: self._one(losses, part), range(len(self.models))))
        first, *others = [list(model.parameters()) for model in self.models]
        with torch.no_grad():
            for weight, *twins in zip(first, *others, strict=True):
                if weight.grad is not None:
                    for twin in twins:
                        weight.grad += twin.grad
                        twin.grad = None
                    weight.grad /= len(self.models)
        return {name: sum(terms[name] for terms in found) / len(found) for name in found[0]}

    def _one(self, losses: Callable[[Any, int], dict[str, Tensor]], part: int) -> dict[str, float]:
        terms = losses(self.models[part], part)
        torch.autograd.backward(terms["loss"])
        return {name: term.item() for name, term in terms.items()}

    @torch.no_grad()
    def _copy(self) -> None:
        """Give the weights of the first to the others."""
        first: list[Tensor] = list(self.models[0].parameters())
        for model in self.models[1:]:
            torch._foreach_copy_(list[Tensor](model.parameters()), first)
