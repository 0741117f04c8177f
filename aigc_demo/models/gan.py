"""Generative adversarial networks: small ones for points of the plane, and the losses, which do not ask what is judged.

Goodfellow et al., "Generative Adversarial Nets", 2014 (arXiv:1406.2661): the game, and the non-saturating loss.
Mao et al., "Least Squares Generative Adversarial Networks", 2017 (arXiv:1611.04076).
Arjovsky, Chintala & Bottou, "Wasserstein GAN", 2017 (arXiv:1701.07875): a critic without a sigmoid, weights clipped.
Gulrajani et al., "Improved Training of Wasserstein GANs", 2017 (arXiv:1704.00028): a gradient penalty instead.
Mescheder, Geiger & Nowozin, "Which Training Methods for GANs do actually Converge?", 2018 (arXiv:1801.04406).
Jolicoeur-Martineau, "The relativistic discriminator", 2018 (arXiv:1807.00734).
Huang et al., "The GAN is dead; long live the GAN!", 2024 (arXiv:2501.05441): R3GAN, pairs with R1 and R2.

A generator makes samples out of noise z, a critic gives every sample one number, high for real ones. The losses take
those numbers, real (B,) and fake (B,), and return a scalar to go down on. None has a sigmoid in the network: where a
probability is meant it is sigmoid(score), inside a softplus. B batch, Z length of the noise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

SLOPE = 0.2  # of the leaky ReLUs below zero


@dataclass(frozen=True)
class PointGANConfig:
    noise: int = 2  # Z; two, so that the whole noise square can be drawn as it is warped
    width: int = 64  # neurons of a hidden layer
    depth: int = 3  # hidden layers of the generator and of the critic

    @classmethod
    def tiny(cls) -> "PointGANConfig":
        """The smallest config that runs every line; for tests."""
        return cls(width=4, depth=1)


def perceptron(inputs: int, width: int, depth: int, outputs: int) -> nn.Sequential:
    """(B, inputs) -> (B, outputs), `depth` hidden layers with leaky ReLUs between."""
    sizes = [inputs, *[width] * depth]
    layers: list[nn.Module] = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


class PointGenerator(nn.Module):
    """The forger: noise becomes a point of the plane."""

    def __init__(self, config: PointGANConfig):
        super().__init__()
        self.config = config
        self.layers = perceptron(config.noise, config.width, config.depth, 2)

    def forward(self, z: Tensor) -> Tensor:
        """z (B, Z) in [-1, 1] -> x (B, 2)."""
        return self.layers(z)


class PointCritic(nn.Module):
    """The detective: one score per point, high where it takes the point for a real one."""

    def __init__(self, config: PointGANConfig):
        super().__init__()
        self.config = config
        self.layers = perceptron(2, config.width, config.depth, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 2) -> score (B,)."""
        return self.layers(x)[:, 0]  # (B, 1) -> (B,)


def start_weights(model: nn.Module, generator: torch.Generator) -> None:
    """Fill every linear layer from `generator`: weights normal with variance 2 / inputs, biases 0.

    He et al., "Delving Deep into Rectifiers", 2015 (arXiv:1502.01852), equation 10.
    """
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            with torch.no_grad():
                layer.weight.normal_(0, (2 / layer.in_features) ** 0.5, generator=generator)
                layer.bias.zero_()


# what the critic goes down on --------------------------------------------------------------------------------------


def logistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Goodfellow et al., equation 1, negated: -E log D(x) - E log(1 - D(G(z))), with D = sigmoid(score)."""
    return softplus(-real).mean() + softplus(fake).mean()


def least_squares_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Mao et al., equation 2 with a = 0 and b = 1: real ones shall score 1, made ones 0."""
    return (real - 1).square().mean() / 2 + fake.square().mean() / 2


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Arjovsky et al., equation 3, negated: E f(G(z)) - E f(x), for a critic f that is not too steep."""
    return fake.mean() - real.mean()


def relativistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Huang et al., equation 2, negated: every real sample shall score above the made one that it is paired with."""
    return softplus(fake - real).mean()


# what the generator goes down on -----------------------------------------------------------------------------------


def non_saturating_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Goodfellow et al., section 3: -E log D(G(z)). It has a slope where log(1 - D(G(z))) is flat."""
    return softplus(-fake).mean()


def least_squares_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Mao et al., equation 2 with c = 1: made ones shall score 1."""
    return (fake - 1).square().mean() / 2


def wasserstein_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Arjovsky et al., theorem 3: -E f(G(z))."""
    return -fake.mean()


def relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Huang et al., equation 2: every made sample shall score above the real one that it is paired with."""
    return softplus(real - fake).mean()


# what keeps the critic from being too steep ------------------------------------------------------------------------


def slopes_of(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient of the critic's score at each sample, x (B, ...) -> (B, N), itself part of the graph."""
    x = x.detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return slope.flatten(1)


def between(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """A sample somewhere on the straight line from each real one to its made one; share (B,) in [0, 1]."""
    share = share.view(-1, *[1] * (real.dim() - 1))
    return share * real + (1 - share) * fake


def slope_one_penalty(slope: Tensor) -> Tensor:
    """Gulrajani et al., equation 3: slopes (B, N) shall have length 1. Taken at samples `between`."""
    length = (slope.square().sum(1) + 1e-12).sqrt()  # the root has no slope at 0
    return (length - 1).square().mean()


def slope_zero_penalty(slope: Tensor) -> Tensor:
    """Mescheder et al., equations 9 (R1, at real samples) and 10 (R2, at made ones).

    Half of the mean squared length of slopes (B, N).
    """
    return slope.square().sum(1).mean() / 2


def clip_weights(model: nn.Module, limit: float) -> None:
    """Arjovsky et al., algorithm 1, line 7: every weight back into [-limit, limit]."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.clamp_(-limit, limit)


@dataclass(frozen=True)
class Loss:
    """One way to play the game."""

    critic: Callable[[Tensor, Tensor], Tensor]  # (real, fake) -> scalar
    generator: Callable[[Tensor, Tensor], Tensor]  # (real, fake) -> scalar
    slope_one: float = 0.0  # weight of slope_one_penalty
    slope_zero: float = 0.0  # weight of slope_zero_penalty, at real and at made samples
    clip: float = 0.0  # limit of clip_weights after every update; 0: not clipped


LOSSES = {
    "logistic": Loss(logistic_critic, non_saturating_generator),
    "least_squares": Loss(least_squares_critic, least_squares_generator),
    "wasserstein_clip": Loss(wasserstein_critic, wasserstein_generator, clip=0.1),
    "wasserstein_slope": Loss(wasserstein_critic, wasserstein_generator, slope_one=10.0),
    "relativistic": Loss(relativistic_critic, relativistic_generator, slope_zero=0.1),
}
