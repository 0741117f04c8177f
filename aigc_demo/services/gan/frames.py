"""What there is to see of a training at one moment, always of the same noise and beside the same real points.

The distance between two clouds of points is the sliced Wasserstein distance (Rabin et al., "Wasserstein Barycenter and
its Application to Texture Mixing", 2011): both are projected onto a line, sorted, and compared place by place; the mean
over LINES directions, in units of the plot. Two samples of the same cloud are not 0 apart: that is the floor.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.data import points
from aigc_demo.services.gan.live import Training
from aigc_demo.services.page_values import Array

REACH = 1.4  # the plot goes from -REACH to REACH, both ways
SAMPLES = 300  # real and made points that are shown and compared
ARROWS = 60  # made points whose pull is shown
SIDE = 24  # of the critic's map
NET = 11  # lines of the net of noise, each way
LINES = 32  # directions of the distance
NEAR = 3 * points.CLOUD  # a made point this close to a centre has hit its cloud
SHARE = 0.02  # of all made points, that a cloud must get to count as reached; an even share is 0.11
SHOWN = 1  # seed of the noise and the real points that are shown


@dataclass(frozen=True)
class Frame:
    """A moment of a training. N points, S side of the critic's map, K lines of the net."""

    step: int  # turns so far
    real: Array  # (N, 2), the same in every frame
    fake: Array  # (N, 2), always of the same noise
    pull: Array  # (A, 2), where the first A of them would go to fool the critic, the longest of length 1
    critic: Array  # (S, S) in [-1, 1], 1 where the critic is surest of a real sample; the first row is the lowest
    grid: Array  # (K, K, 2), a square net of noise as the generator bends it
    loss_critic: float  # mean since the last frame
    loss_generator: float
    distance: float  # sliced Wasserstein distance between fake and real
    floor: float  # the same between real and as many other real points
    modes: int  # clouds of the grid that are reached; -1 for other sets
    on_target: float  # share of samples that lie in one of them; -1 for other sets


class Watcher:
    """Looks at a training; what it looks with is fixed, and nothing it does is felt by the training."""

    def __init__(self, training: Training):
        request, noise = training.request, training.generator.config.noise
        random = torch.Generator().manual_seed(SHOWN)
        self.training = training
        self.real = points.draw(request.data, SAMPLES, random, training.drawn)
        self.noise = 2 * torch.rand(SAMPLES, noise, generator=random) - 1
        self.floor = distance(self.real, points.draw(request.data, SAMPLES, random, training.drawn))
        axis = REACH * ((2 * torch.arange(SIDE) + 1) / SIDE - 1)  # middles of the map's cells
        self.places = torch.cartesian_prod(axis, axis).flip(1)  # (S * S, 2), the first S of them the lowest row
        net = torch.linspace(-1, 1, NET)
        self.net = torch.zeros(NET * NET, noise)
        self.net[:, :2] = torch.cartesian_prod(net, net)

    def frame(self, losses: tuple[float, float]) -> Frame:
        """The training as it is; losses of generator and critic are those since the last frame."""
        generator, critic = self.training.generator, self.training.critic
        with torch.no_grad():
            fake, net = generator(self.noise), generator(self.net)
            scores = critic(torch.cat([self.places, self.real, fake]))
        count, target = modes(fake) if self.training.request.data == "grid" else (-1, -1.0)
        return Frame(
            step=self.training.step,
            real=self.real.numpy(),
            fake=fake.numpy(),
            pull=self.pull(fake[:ARROWS]),
            critic=verdict(self.training.request.loss, scores.split([SIDE * SIDE, SAMPLES, SAMPLES])),
            grid=net.view(NET, NET, 2).numpy(),
            loss_generator=losses[0],
            loss_critic=losses[1],
            distance=distance(fake, self.real),
            floor=self.floor,
            modes=count,
            on_target=target,
        )

    def pull(self, fake: Tensor) -> Array:
        """Against the slope of the generator's loss at made points (A, 2), the longest of length 1."""
        fake = fake.detach().requires_grad_(True)
        critic = self.training.critic
        with torch.no_grad():
            real = critic(self.real[: len(fake)])
        (slope,) = torch.autograd.grad(self.training.loss.generator(real, critic(fake)), fake)
        longest = float(slope.norm(dim=1).max())
        return (-slope / longest if longest > 0 else slope).numpy()


def verdict(loss: str, scores: tuple[Tensor, ...]) -> Array:
    """The critic's scores on the map, of real and of made points -> the map (S, S) in [-1, 1], 0 where it cannot tell.

    The logistic critic says a probability, the least-squares one a number that shall be 0 or 1. For the others only
    differences mean anything: 0 is half-way between the means of real and made points, 1 the largest difference.
    """
    surface, real, fake = scores
    if loss == "logistic":
        shown = 2 * surface.sigmoid() - 1
    elif loss == "least_squares":
        shown = (2 * surface - 1).clamp(-1, 1)
    else:
        shown = surface - (real.mean() + fake.mean()) / 2
        shown = shown / shown.abs().max().clamp(min=1e-9)
    return shown.view(SIDE, SIDE).numpy()


def distance(one: Tensor, other: Tensor) -> float:
    """The sliced Wasserstein distance between two clouds of as many points, (N, 2) each."""
    angle = torch.arange(LINES) * (math.pi / LINES)
    lines = torch.stack([angle.cos(), angle.sin()])  # (2, LINES)
    return float(((one @ lines).sort(0).values - (other @ lines).sort(0).values).abs().mean())


def modes(fake: Tensor) -> tuple[int, float]:
    """How many of the grid's clouds are reached, and which share of made points (N, 2) lies in one of them."""
    nearest = torch.cdist(fake, torch.tensor(points.CENTRES)).min(dim=1)
    hit = nearest.indices[nearest.values <= NEAR]
    counts = np.bincount(hit.numpy(), minlength=len(points.CENTRES))
    return int((counts >= SHARE * len(fake)).sum()), len(hit) / len(fake)
