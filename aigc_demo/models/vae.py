"""Autoencoders: squeeze a picture into a few numbers, and rebuild it from them.

Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", 2006: the autoencoder (AE).
Kingma & Welling, "Auto-Encoding Variational Bayes", 2013 (arXiv:1312.6114): the VAE, networks of appendix C.
Sohn et al., "Learning Structured Output Representation using Deep Conditional Generative Models", 2015: the CVAE.
Higgins et al., "beta-VAE", ICLR 2017: a heavier KL term.
Burda et al., "Importance Weighted Autoencoders", 2015 (arXiv:1509.00519): a tighter bound.

They are one network. An AE has no spread in its code; a CVAE is told the class; a beta-VAE weighs the KL term in its
loss; an IWAE averages several codes in its loss. Pictures are float in [0, 1], the chance that a pixel is inked.

B batch, K codes per picture, D latent dimensions, C channels, H height, W width.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


@dataclass(frozen=True)
class VAEConfig:
    picture: tuple[int, int, int] = (1, 28, 28)  # C, H, W
    latent: int = 16  # D, numbers in the code
    hidden: tuple[int, ...] = (512, 256)  # widths of the dense layers of the encoder; the decoder has them reversed
    maps: tuple[int, ...] = ()  # feature maps of the convolutions before them; none: dense layers only
    strides: tuple[int, ...] = ()  # of the convolutions: 2 or 4
    activation: str = "relu"  # relu or tanh
    classes: int = 0  # the class is given to both halves; 0: it is not
    variational: bool = True  # False: the code has no spread, a plain autoencoder
    likelihood: str = "bernoulli"  # bernoulli, or gaussian with the standard deviation below
    deviation: float = 0.25  # of the gaussian likelihood
    beta: float = 1.0  # weight of the KL term that it was trained with
    codes: int = 1  # K of the bound that it was trained with

    @classmethod
    def tiny(cls) -> "VAEConfig":
        """The smallest config that runs every line; for tests."""
        return cls(latent=2, hidden=(8,))

    @property
    def folded(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of the maps between convolutions and dense layers."""
        if not self.maps:
            return self.picture
        shrink = math.prod(self.strides)
        return self.maps[-1], self.picture[1] // shrink, self.picture[2] // shrink


@dataclass(frozen=True)
class Posterior:
    """q(z|x): one normal per latent dimension. An autoencoder's has no spread: its log variance is -inf."""

    mean: Tensor  # (B, D)
    log_variance: Tensor  # (B, D)

    @property
    def deviation(self) -> Tensor:
        """Standard deviations (B, D): exp(log_variance / 2)."""
        return (0.5 * self.log_variance).exp()

    def sample(self, noise: Tensor) -> Tensor:
        """z = mean + deviation * noise, so that gradients reach both (arXiv:1312.6114, section 2.4). noise (..., D)."""
        return self.mean + self.deviation * noise

    def kl(self) -> Tensor:
        """KL divergence to the prior N(0, 1) per picture and dimension (B, D), nats (ibid., appendix B)."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - 1 - self.log_variance)

    def log_density(self, z: Tensor) -> Tensor:
        """log q(z|x) of z (..., B, D) -> (..., B)."""
        return log_normal(z, self.mean, self.log_variance)


def log_normal(z: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Log density of a normal with independent dimensions, summed over the last one, nats."""
    square = (z - mean).square() * (-log_variance).exp()
    return -0.5 * (square + log_variance + math.log(2 * math.pi)).sum(-1)


def dense(widths: list[int], activation: str) -> list[nn.Module]:
    """Linear layers with an activation after each."""
    return [layer for a, b in pairwise(widths) for layer in (nn.Linear(a, b), ACTIVATIONS[activation]())]


def convolutions(config: VAEConfig) -> list[nn.Module]:
    """(B, C, H, W) -> (B, *folded)."""
    layers: list[nn.Module] = []
    for (a, b), stride in zip(pairwise((config.picture[0], *config.maps)), config.strides, strict=True):
        layers += [nn.Conv2d(a, b, 4, stride, padding=(4 - stride) // 2), ACTIVATIONS[config.activation]()]
    return layers


def transposed(config: VAEConfig) -> list[nn.Module]:
    """(B, *folded) -> (B, C, H, W): the convolutions in reverse."""
    layers: list[nn.Module] = []
    for (a, b), stride in zip(pairwise((*config.maps[::-1], config.picture[0])), config.strides[::-1], strict=True):
        layers += [nn.ConvTranspose2d(a, b, 4, stride, padding=(4 - stride) // 2), ACTIVATIONS[config.activation]()]
    return layers[:-1]


class VAE(nn.Module):
    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        flat = math.prod(config.folded)
        self.encoder_maps = nn.Sequential(*convolutions(config)) if config.maps else nn.Identity()
        self.encoder = nn.Sequential(*dense([flat + config.classes, *config.hidden], config.activation))
        self.mean = nn.Linear(config.hidden[-1], config.latent)
        self.log_variance = nn.Linear(config.hidden[-1], config.latent) if config.variational else None
        back = dense([config.latent + config.classes, *config.hidden[::-1]], config.activation)
        last = nn.Linear(config.hidden[0], flat)
        self.decoder = nn.Sequential(*back, last)
        self.decoder_maps = (
            nn.Sequential(ACTIVATIONS[config.activation](), *transposed(config)) if config.maps else nn.Identity()
        )

    def condition(self, x: Tensor, label: Tensor | None) -> Tensor:
        """x (..., N) with the class behind it as one-hot -> (..., N + classes).

        The class is a number (B,), or the share of every class (B, classes) where several are mixed.
        """
        if not self.config.classes:
            return x
        if label is None:
            raise ValueError("this model must be told the class")
        hot = label if label.is_floating_point() else F.one_hot(label, self.config.classes)
        return torch.cat([x, hot.to(x.dtype).expand(*x.shape[:-1], -1)], dim=-1)

    def encode(self, x: Tensor, label: Tensor | None = None) -> Posterior:
        """x (B, C, H, W) in [0, 1], label (B,) for a model with classes -> q(z|x)."""
        h = self.encoder(self.condition(self.encoder_maps(x).flatten(1), label))
        mean = self.mean(h).float()
        if self.log_variance is None:
            return Posterior(mean, torch.full_like(mean, -torch.inf))
        return Posterior(mean, self.log_variance(h).float())

    def decode(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """z (..., B, D), label (B,) for a model with classes -> logits of the pixels (..., B, C, H, W)."""
        h = self.decoder(self.condition(z, label))
        if not self.config.maps:
            return h.view(*z.shape[:-1], *self.config.picture)
        return self.decoder_maps(h.view(-1, *self.config.folded)).view(*z.shape[:-1], *self.config.picture)

    def paint(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """z (..., B, D) -> pictures (..., B, C, H, W) in [0, 1]."""
        return self.decode(z, label).sigmoid()

    def log_likelihood(self, x: Tensor, logits: Tensor) -> Tensor:
        """log p(x|z) in nats: x (B, C, H, W), logits (..., B, C, H, W) as decode gives them -> (..., B)."""
        logits = logits.float()  # sums over many pixels want it
        if self.config.likelihood == "bernoulli":
            # x log s(l) + (1 - x) log(1 - s(l)), with s the sigmoid
            return (x * logits - F.softplus(logits)).flatten(-3).sum(-1)
        error = (logits.sigmoid() - x).square() / self.config.deviation**2
        return -0.5 * (error + math.log(2 * math.pi * self.config.deviation**2)).flatten(-3).sum(-1)

    def log_weights(self, x: Tensor, noise: Tensor, label: Tensor | None = None) -> Tensor:
        """log p(x, z) / q(z|x) for codes drawn with noise (K, B, D) -> (K, B) (arXiv:1509.00519, eq. 8)."""
        posterior = self.encode(x, label)
        z = posterior.sample(noise)
        prior = log_normal(z, torch.zeros_like(z), torch.zeros_like(z))
        return self.log_likelihood(x, self.decode(z, label)) + prior - posterior.log_density(z)

    def forward(self, x: Tensor, noise: Tensor, label: Tensor | None = None) -> tuple[Posterior, Tensor]:
        """x (B, C, H, W) in [0, 1], noise (B, D) -> q(z|x), logits of what is rebuilt (B, C, H, W)."""
        posterior = self.encode(x, label)
        return posterior, self.decode(posterior.sample(noise), label)


def bound(log_weights: Tensor) -> Tensor:
    """log of the mean weight over K: at most log p(x), the closer the larger K (eq. 8). (K, B) -> (B,)."""
    return log_weights.logsumexp(0) - math.log(len(log_weights))
