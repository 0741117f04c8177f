"""A classifier that learns from very few pictures, with and without augmentation.

The network is the small one of models/judge.py, at a quarter of its width. Pictures are float in [-1, 1].
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.training.augment import Strengths, changed, drawn
from aigc_demo.training.rates import linear, set_rate

CONFIG = JudgeConfig(width=8, dropout=0.0)
BATCH, RATE = 32, 3e-3


@dataclass(frozen=True)
class Split:
    """A few pictures to learn from and the rest, which is held out."""

    pictures: Tensor  # (N, 1, 32, 32)
    labels: Tensor  # (N,)
    held: Tensor  # (M, 1, 32, 32)
    held_labels: Tensor  # (M,)


def split(pictures: Tensor, labels: Tensor, each: int, seed: int) -> Split:
    """`each` pictures of every class, chosen by the seed; the others are held out. (N, 1, 32, 32), (N,)."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    few = torch.cat([order[labels[order] == label][:each] for label in range(int(labels.max()) + 1)])
    rest = torch.ones(len(labels), dtype=torch.bool)
    rest[few] = False
    return Split(pictures[few], labels[few], pictures[rest], labels[rest])


class Pupil:
    """A classifier under training; the seed fixes its first weights and what it sees."""

    def __init__(self, data: Split, strengths: Strengths, updates: int, seed: int):
        self.data, self.strengths, self.updates, self.step = data, strengths, updates, 0
        self.draws = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.model = Judge(CONFIG)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=RATE)

    @torch.enable_grad()
    def update(self) -> None:
        """One update on a batch, changed anew every time."""
        chosen = torch.randint(len(self.data.labels), (BATCH,), generator=self.draws)
        x = self.data.pictures[chosen]
        if self.strengths != Strengths():
            x = changed(x, drawn(self.strengths, len(x), x.shape[-1], self.draws), self.draws)
        set_rate(self.optimizer, RATE * linear(self.step / self.updates, 0.0))
        self.model.train()
        loss = F.cross_entropy(self.model(x), self.data.labels[chosen])
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.step += 1

    @torch.no_grad()
    def measure(self) -> tuple[float, float]:
        """Loss in nats, and the share that is read rightly, on what is held out."""
        self.model.eval()
        logits = self.model(self.data.held)
        right = (logits.argmax(1) == self.data.held_labels).float().mean()
        return F.cross_entropy(logits, self.data.held_labels).item(), right.item()
