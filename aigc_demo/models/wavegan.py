"""WaveGAN: a generative adversarial network that makes samples of sound, told the digit.

Donahue, McAuley & Puckette, "Adversarial Audio Synthesis", 2018 (arXiv:1802.04208): DCGAN laid flat, kernels of 25 at a
stride of 4, and phase shuffle in the discriminator. The digit comes in as in models/gan.py, and so do the losses.

B batch, Z length of the noise, L samples, K classes, M maps, T positions of a map.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from aigc_demo.models.gan import CLASS, SLOPE

KERNEL, STRIDE = 25, 4


@dataclass(frozen=True)
class WaveConfig:
    length: int = 6144  # L, a multiple of STRIDE ** 4
    noise: int = 100  # Z
    width: int = 16  # maps at a quarter of the rate, twice as many at every further quarter
    critic_width: int = 16  # the same of the critic
    classes: int = 10  # K
    shuffle: int = 2  # phase shuffle moves by up to so many positions; 0: not at all

    @classmethod
    def tiny(cls) -> "WaveConfig":
        """The smallest config that runs every line; for tests."""
        return cls(length=1024, noise=4, width=2, critic_width=2)

    @property
    def start(self) -> int:
        """T of the smallest map, which the noise becomes first."""
        return self.length // STRIDE**4


def maps(width: int) -> list[int]:
    """Number of maps from the sound to the smallest: of the sound itself, then at a quarter of the rate and so on."""
    return [1, *(width * 2**i for i in range(4))]


class WaveGenerator(nn.Module):
    """Noise and a digit to samples."""

    def __init__(self, config: WaveConfig):
        super().__init__()
        self.config = config
        self.classes = nn.Embedding(config.classes, CLASS)
        sizes = maps(config.width)[::-1]
        self.enter = nn.Linear(config.noise + CLASS, sizes[0] * config.start)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            layers += [nn.BatchNorm1d(inputs), nn.ReLU()]
            layers += [nn.ConvTranspose1d(inputs, outputs, KERNEL, STRIDE, padding=11, output_padding=1)]
        self.layers = nn.Sequential(*layers, nn.Tanh())  # (B, M, start) -> (B, 1, L)

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        """z (B, Z), normal, label (B,) -> samples (B, L) in [-1, 1]."""
        x = self.enter(torch.cat([z, self.classes(label)], dim=1))
        return self.layers(x.view(len(z), -1, self.config.start))[:, 0]


def moved(x: Tensor, by: int) -> Tensor:
    """Maps x (B, M, T) moved by so many positions, later where `by` > 0; what is missing at an end is mirrored."""
    longer = pad(x, (max(by, 0), max(-by, 0)), mode="reflect")
    return longer[..., max(-by, 0) : max(-by, 0) + x.shape[-1]]


def phase_shuffle(x: Tensor, most: int) -> Tensor:
    """Maps x (B, M, T) moved by up to `most` positions at random.

    Donahue et al., section 3.3: the critic must not tell sounds by where their artefacts fall. One draw for the batch.
    """
    return moved(x, int(torch.randint(-most, most + 1, ())))


class WaveCritic(nn.Module):
    """One score per sound and digit, high for recordings."""

    def __init__(self, config: WaveConfig):
        super().__init__()
        self.config = config
        sizes = maps(config.critic_width)
        self.layers = nn.ModuleList(nn.Conv1d(a, b, KERNEL, STRIDE, padding=11) for a, b in pairwise(sizes))
        features = sizes[-1] * config.start
        self.head = nn.Linear(features, 1)
        self.classes = nn.Embedding(config.classes, features)
        nn.init.zeros_(self.classes.weight)

    def forward(self, x: Tensor, label: Tensor, moves: Sequence[int] | None = None) -> Tensor:
        """Samples x (B, L), label (B,) -> score (B,). `moves` as `seen` takes them."""
        *_, last = self.seen(x, moves)
        features = last.flatten(1)
        return self.head(features)[:, 0] + (self.classes(label) * features).sum(1)

    def seen(self, x: Tensor, moves: Sequence[int] | None = None) -> Iterator[Tensor]:
        """Samples x (B, L) -> the maps (B, M, T) of every layer as the next one sees them.

        `moves`: positions by which those of every layer but the last are moved. None: phase shuffle while training and
        no move otherwise.
        """
        h = x[:, None]
        for i, layer in enumerate(self.layers):
            h = nn.functional.leaky_relu(layer(h), SLOPE)
            if i < len(self.layers) - 1:
                if moves is not None:
                    h = moved(h, moves[i])
                elif self.training and self.config.shuffle:
                    h = phase_shuffle(h, self.config.shuffle)
            yield h


class WaveGAN(nn.Module):
    """Generator and critic in one file of weights."""

    def __init__(self, config: WaveConfig):
        super().__init__()
        self.config = config
        self.generator = WaveGenerator(config)
        self.critic = WaveCritic(config)
