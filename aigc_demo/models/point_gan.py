"""A GAN for points of the plane, small enough to train while one watches; its losses are those of models/gan.py.

B batch, Z length of the noise.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from aigc_demo.models.gan import SLOPE


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
    """Generator: noise to a point of the plane."""

    def __init__(self, config: PointGANConfig):
        super().__init__()
        self.config = config
        self.layers = perceptron(config.noise, config.width, config.depth, 2)

    def forward(self, z: Tensor) -> Tensor:
        """z (B, Z) in [-1, 1] -> x (B, 2)."""
        return self.layers(z)


class PointCritic(nn.Module):
    """Critic: one score per point, high for real ones."""

    def __init__(self, config: PointGANConfig):
        super().__init__()
        self.config = config
        self.layers = perceptron(2, config.width, config.depth, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 2) -> score (B,)."""
        return self.layers(x)[:, 0]  # (B, 1) -> (B,)
