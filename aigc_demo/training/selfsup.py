"""Self-supervised learning: a network makes a task for itself out of pictures without labels.

masked        hidden patches are to be filled in: He et al., "Masked Autoencoders Are Scalable Vision Learners", 2021
              (arXiv:2111.06377)
next          the next patch in reading order is to be predicted from those before it: Chen et al., "Generative
              Pretraining from Pixels", 2020
contrastive   two changed views of one picture are to be close, those of others far: Chen et al., "A Simple Framework
              for Contrastive Learning of Visual Representations" (SimCLR), 2020 (arXiv:2002.05709)
supervised    no task of its own: the labels of a few pictures; what the others are held against

All train the same encoder from the same first weights. How good its features are is what a linear classifier reads
from them (`linear_probe`).

Pictures are float (B, 1, 28, 28) in [-1, 1]. D features, P numbers of a projection, K classes.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.picture_encoder import PictureEncoder, PictureEncoderConfig
from aigc_demo.training.augment import Strengths, changed, drawn
from aigc_demo.training.few import Split
from aigc_demo.training.rates import one_cycle, set_rate

MASKED, NEXT, CONTRASTIVE, SUPERVISED = OBJECTIVES = ("masked", "next", "contrastive", "supervised")
CONFIG = PictureEncoderConfig()
SIDE, PATCH = 28, 7  # pixels of a picture and of a patch
GRID = SIDE // PATCH
HIDDEN = 0.0  # mid-grey: what the network sees in place of a hidden patch
BATCH, RATE, DECAY = 64, 4e-3, 0.05
WIDE, PROJECTED, CLASSES = 256, 32, 10
GENTLE = Strengths(crop=0.2, rotate=15, scale=0.2)  # changes of what is filled in or labelled
VIEWS = Strengths(crop=0.3, rotate=20, scale=0.2, noise=0.1, cut=0.3)  # of a contrastive view
RIDGE = 0.1  # penalty of the linear probe, per picture


@dataclass(frozen=True)
class Task:
    """Pictures with some of their patches hidden."""

    whole: Tensor  # (B, 1, 28, 28)
    seen: Tensor  # what the network is given
    asked: Tensor  # bool, (B, 1, 28, 28): the pixels that it is graded on


def pixels(patches: Tensor) -> Tensor:
    """One value per patch, (B, 16) -> one per pixel, (B, 1, 28, 28)."""
    grid = patches.view(-1, 1, GRID, GRID)
    return grid.repeat_interleave(PATCH, 2).repeat_interleave(PATCH, 3)


def masked_task(x: Tensor, share: float, draws: torch.Generator) -> Task:
    """`share` of the patches of every picture hidden, other ones in each; all of them are asked for."""
    places = torch.rand(len(x), GRID * GRID, generator=draws).argsort(1).argsort(1)
    hidden = pixels(places < round(share * GRID * GRID))
    return Task(x, x.masked_fill(hidden, HIDDEN), hidden)


def next_task(x: Tensor, draws: torch.Generator) -> Task:
    """Everything from a place of chance on hidden, in reading order; the first hidden patch is asked for."""
    first = torch.randint(GRID * GRID, (len(x), 1), generator=draws)
    places = torch.arange(GRID * GRID)
    return Task(x, x.masked_fill(pixels(places >= first), HIDDEN), pixels(places == first))


def views(x: Tensor, draws: torch.Generator) -> Tensor:
    """Two changed views of every picture, (2 B, 1, 28, 28): the first of each, then the second of each."""
    both = torch.cat([x, x])
    return changed(both, drawn(VIEWS, len(both), SIDE, draws), draws)


def nt_xent(z: Tensor, temperature: float) -> Tensor:
    """Normalised temperature-scaled cross-entropy of projections z (2 B, P), in nats; i and i + B are a pair."""
    z = F.normalize(z, dim=1)
    alike = z @ z.T / temperature
    alike = alike.masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    return F.cross_entropy(alike, torch.arange(len(z)).roll(len(z) // 2))


def linear_probe(features: Tensor, labels: Tensor, held: Tensor) -> Tensor:
    """The classes (M,) that ridge regression on features (N, D) of labelled pictures (N,) gives to `held` (M, D)."""
    mean, spread = features.mean(0), features.std(0) + 1e-3
    x = (features - mean) / spread
    targets = F.one_hot(labels).float()
    weights = torch.linalg.solve(x.T @ x + RIDGE * len(x) * torch.eye(x.shape[1]), x.T @ (targets - targets.mean(0)))
    return (((held - mean) / spread) @ weights + targets.mean(0)).argmax(1)


class Learner:
    """An encoder under training by one objective; the seed fixes its first weights and what it sees."""

    def __init__(
        self, objective: str, data: Split, updates: int, seed: int, share: float = 0.6, temperature: float = 0.2
    ):
        self.objective, self.data, self.updates = objective, data, updates
        self.share, self.temperature, self.step = share, temperature, 0
        self.draws = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.encoder = PictureEncoder(CONFIG)
            self.head = head(objective)
        weights = [*self.encoder.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.AdamW(weights, RATE, betas=(0.9, 0.95), weight_decay=DECAY)

    @torch.enable_grad()
    def update(self) -> float:
        """One update on a batch; its loss: squared error per pixel that was asked for, or nats."""
        chosen = torch.randint(len(self.data.labels), (BATCH,), generator=self.draws)
        x = self.data.pictures[chosen]
        if self.objective != CONTRASTIVE:
            x = changed(x, drawn(GENTLE, len(x), SIDE, self.draws), self.draws)
        loss = self.loss(x, self.data.labels[chosen])
        set_rate(self.optimizer, RATE * one_cycle(self.step / self.updates))
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        """What the objective is to make small, of pictures x; only the supervised one looks at their labels (B,)."""
        if self.objective == SUPERVISED:
            return F.cross_entropy(self.head(self.encoder(x)), labels)
        if self.objective == CONTRASTIVE:
            return nt_xent(self.head(self.encoder(views(x, self.draws))), self.temperature)
        task = self.task(x, self.draws)
        return (self.filled(task) - x)[task.asked].square().mean()

    def task(self, x: Tensor, draws: torch.Generator) -> Task:
        """What is hidden from a network that is to fill in."""
        return masked_task(x, self.share, draws) if self.objective == MASKED else next_task(x, draws)

    def filled(self, task: Task) -> Tensor:
        """Whole pictures out of what is seen of them, (B, 1, 28, 28)."""
        return self.head(self.encoder(task.seen)).view_as(task.seen)

    @torch.no_grad()
    def features(self, x: Tensor) -> Tensor:
        """x (B, 1, 28, 28) -> (B, D)."""
        found: Tensor = self.encoder(x)
        return found

    @torch.no_grad()
    def classes(self, x: Tensor) -> Tensor:
        """The classes (B,) that a supervised network gives to x."""
        found: Tensor = self.head(self.encoder(x)).argmax(1)
        return found


def head(objective: str) -> nn.Sequential:
    """What an objective puts on top of the features: pixels, a projection or classes. It is left off afterwards."""
    inside = CONFIG.features
    if objective == CONTRASTIVE:
        return nn.Sequential(nn.Linear(inside, inside), nn.ReLU(), nn.Linear(inside, PROJECTED))
    if objective == SUPERVISED:
        return nn.Sequential(nn.ReLU(), nn.Linear(inside, CLASSES))
    return nn.Sequential(nn.ReLU(), nn.Linear(inside, WIDE), nn.ReLU(), nn.Linear(WIDE, SIDE * SIDE))
