"""Generative adversarial networks for pictures, and the losses, which serve those of models/point_gan.py too.

Goodfellow et al., "Generative Adversarial Nets", 2014 (arXiv:1406.2661): the game, and the non-saturating loss.
Radford, Metz & Chintala, "Unsupervised Representation Learning with DCGANs", 2015 (arXiv:1511.06434).
Mao et al., "Least Squares Generative Adversarial Networks", 2017 (arXiv:1611.04076).
Arjovsky, Chintala & Bottou, "Wasserstein GAN", 2017 (arXiv:1701.07875): a critic without a sigmoid, weights clipped.
Gulrajani et al., "Improved Training of Wasserstein GANs", 2017 (arXiv:1704.00028): a gradient penalty instead.
Mescheder, Geiger & Nowozin, "Which Training Methods for GANs do actually Converge?", 2018 (arXiv:1801.04406).
Miyato & Koyama, "cGANs with Projection Discriminator", 2018 (arXiv:1802.05637): a class asked for.
Jolicoeur-Martineau, "The relativistic discriminator", 2018 (arXiv:1807.00734).
Huang et al., "The GAN is dead; long live the GAN!", 2024 (arXiv:2501.05441): R3GAN, pairs with R1 and R2.

A generator makes samples out of noise z, a critic gives every sample one number, high for real ones. The losses take
those numbers, real (B,) and fake (B,), and return a scalar to go down on. None has a sigmoid in the network: where a
probability is meant it is sigmoid(score), inside a softplus. Pictures are in [-1, 1]. B batch, Z length of the noise,
C channels, H height, W width, K classes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

SLOPE = 0.2  # of the leaky ReLUs below zero
WINDOWED = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class GANConfig:
    layers: str = "convolutions"  # or "dense"
    image_size: int = 28  # H = W
    channels: int = 1  # C
    noise: int = 100  # Z
    width: int = 32  # maps at half size, twice as many at every further halving; dense layers are as wide as in DENSE
    critic_width: int = 32  # the same of the critic
    classes: int = 0  # K; 0 when nothing can be asked for
    critic_norm: bool = True  # batch normalisation in the critic; a penalty on slopes per picture forbids it

    @classmethod
    def tiny(cls) -> "GANConfig":
        """The smallest config that runs every line; for tests."""
        return cls(noise=4, width=2, critic_width=2, classes=10)

    @property
    def halvings(self) -> int:
        """How often the side is halved until it is below 8: 28 -> 7, 64 -> 4."""
        side, times = self.image_size, 0
        while side % 2 == 0 and side >= 8:
            side, times = side // 2, times + 1
        return times

    def maps(self, width: int) -> list[int]:
        """Number of maps at half size, quarter size and so on."""
        return [width * 2**i for i in range(self.halvings)]

    @property
    def start(self) -> int:
        """Height and width of the smallest feature map."""
        return self.image_size // 2**self.halvings


DENSE = (256, 512)  # neurons of the dense generator; its critic has 256 and 128
CLASS = 32  # numbers that stand for the class beside the noise


def growing(config: GANConfig, inputs: int) -> list[nn.Module]:
    """From a 1x1 map to the picture, with transposed convolutions: Radford et al., figure 1."""
    *others, last = config.maps(config.width)
    layers: list[nn.Module] = [nn.ConvTranspose2d(inputs, last, config.start, bias=False)]  # (B, last, start, start)
    for maps in reversed(others):
        layers += [nn.BatchNorm2d(last), nn.ReLU()]
        layers += [nn.ConvTranspose2d(last, maps, 4, stride=2, padding=1, bias=False)]  # twice the side
        last = maps
    layers += [nn.BatchNorm2d(last), nn.ReLU()]
    return [*layers, nn.ConvTranspose2d(last, config.channels, 4, stride=2, padding=1), nn.Tanh()]


def shrinking(config: GANConfig) -> list[nn.Module]:
    """From the picture to the smallest map, with convolutions of stride two."""
    layers: list[nn.Module] = []
    before = config.channels
    for maps in config.maps(config.critic_width):
        norm = config.critic_norm and before != config.channels  # not where the picture comes in
        layers += [nn.Conv2d(before, maps, 4, stride=2, padding=1, bias=not norm)]  # half the side
        layers += [nn.BatchNorm2d(maps)] if norm else []
        layers += [nn.LeakyReLU(SLOPE)]
        before = maps
    return layers


class Generator(nn.Module):
    """Generator: noise, with a class where the model has classes, to a picture."""

    def __init__(self, config: GANConfig):
        super().__init__()
        self.config = config
        inputs = config.noise + (CLASS if config.classes else 0)
        self.classes = nn.Embedding(config.classes, CLASS) if config.classes else None
        if config.layers == "dense":
            first, second = DENSE
            pixels = config.channels * config.image_size**2
            self.layers = nn.Sequential(
                nn.Linear(inputs, first),
                nn.LeakyReLU(SLOPE),
                nn.Linear(first, second),
                nn.LeakyReLU(SLOPE),
                nn.Linear(second, pixels),
                nn.Tanh(),
            )
        else:
            self.layers = nn.Sequential(*growing(config, inputs))

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """z (B, Z), normal; label (B,) where the model has classes -> x (B, C, H, W) in [-1, 1]."""
        return self.draw(z if self.classes is None else torch.cat([z, self.classes(label)], dim=1))

    def between(self, z: Tensor, label: Tensor, share: Tensor) -> Tensor:
        """z (B, Z), label (2,), share (B, 1) of the second class -> x (B, C, H, W): what stands for them is mixed."""
        assert self.classes is not None, "a model without classes has nothing to mix"
        first, second = self.classes(label)
        return self.draw(torch.cat([z, torch.lerp(first, second, share)], dim=1))

    def draw(self, z: Tensor) -> Tensor:
        """z (B, Z), with what stands for the class behind it -> x (B, C, H, W)."""
        if self.config.layers == "dense":
            side = self.config.image_size
            return self.layers(z).view(len(z), self.config.channels, side, side)
        return self.layers(z[:, :, None, None])


class Critic(nn.Module):
    """Discriminator, or critic where the loss is Wasserstein's: one score per picture, high for real ones."""

    def __init__(self, config: GANConfig):
        super().__init__()
        self.config = config
        if config.layers == "dense":
            first, _ = DENSE
            pixels = config.channels * config.image_size**2
            self.body = nn.Sequential(
                nn.Flatten(),
                nn.Linear(pixels, first),
                nn.LeakyReLU(SLOPE),
                nn.Linear(first, first // 2),
                nn.LeakyReLU(SLOPE),
            )
            features = first // 2
        else:
            self.body = nn.Sequential(*shrinking(config), nn.Flatten())
            features = config.maps(config.critic_width)[-1] * config.start**2
        self.head = nn.Linear(features, 1)  # over all maps at once: a convolution that covers the whole map
        self.classes = nn.Embedding(config.classes, features) if config.classes else None

    def forward(self, x: Tensor, label: Tensor | None = None) -> Tensor:
        """x (B, C, H, W), label (B,) where the model has classes -> score (B,).

        The class comes in as Miyato & Koyama, equation 3, have it: a product of its own vector and the features.
        """
        features = self.body(x)  # (B, features)
        with torch.autocast(x.device.type, enabled=False):  # the losses live on small differences of scores
            features = features.float()
            score = self.head(features)[:, 0]
            return score if self.classes is None else score + (self.classes(label) * features).sum(1)


class GAN(nn.Module):
    """Generator and critic in one file of weights."""

    def __init__(self, config: GANConfig):
        super().__init__()
        self.config = config
        self.generator = Generator(config)
        self.critic = Critic(config)


def fan_in(layer: nn.Module) -> int:
    """Number of inputs to one output of a linear layer or a convolution."""
    if isinstance(layer, nn.Linear):
        return layer.in_features
    assert isinstance(layer, WINDOWED)
    if isinstance(layer, nn.Conv1d | nn.Conv2d):
        return layer.in_channels * math.prod(layer.kernel_size)
    if set(layer.stride) == {1}:  # grows a 1x1 map: the windows do not overlap
        return layer.in_channels
    sides = zip(layer.kernel_size, layer.stride, strict=True)
    return layer.in_channels * math.prod(size // stride for size, stride in sides)


@torch.no_grad()
def init_weights(model: nn.Module, generator: torch.Generator) -> None:
    """Fill every layer from `generator`: weights normal with variance 2 / inputs, biases 0.

    He et al., "Delving Deep into Rectifiers", 2015 (arXiv:1502.01852), equation 10. The class vectors of a
    critic begin at 0.
    """
    for layer in model.modules():
        if isinstance(layer, (nn.Linear, *WINDOWED)):
            layer.weight.normal_(0, (2 / fan_in(layer)) ** 0.5, generator=generator)
            if layer.bias is not None:
                layer.bias.zero_()
        elif isinstance(layer, Critic) and layer.classes is not None:
            layer.classes.weight.zero_()
        elif isinstance(layer, Generator) and layer.classes is not None:
            layer.classes.weight.normal_(generator=generator)


# losses of the critic -----------------------------------------------------------------------------------------------


def logistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Goodfellow et al., equation 1, negated: -E log D(x) - E log(1 - D(G(z))), with D = sigmoid(score)."""
    return softplus(-real).mean() + softplus(fake).mean()


def least_squares_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Mao et al., equation 2 with a = 0 and b = 1: the target score is 1 for real samples, 0 for generated ones."""
    return (real - 1).square().mean() / 2 + fake.square().mean() / 2


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Arjovsky et al., equation 3, negated: E f(G(z)) - E f(x), for a critic f that is not too steep."""
    return fake.mean() - real.mean()


def relativistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Huang et al., equation 2, negated: a real sample is to score above the generated one it is paired with."""
    return softplus(fake - real).mean()


# losses of the generator --------------------------------------------------------------------------------------------


def non_saturating_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Goodfellow et al., section 3: -E log D(G(z)). It has a slope where log(1 - D(G(z))) is flat."""
    return softplus(-fake).mean()


def least_squares_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Mao et al., equation 2 with c = 1: the target score of generated samples is 1."""
    return (fake - 1).square().mean() / 2


def wasserstein_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Arjovsky et al., theorem 3: -E f(G(z))."""
    return -fake.mean()


def relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Huang et al., equation 2: a generated sample is to score above the real one it is paired with."""
    return softplus(real - fake).mean()


# gradient penalties and weight clipping -----------------------------------------------------------------------------


def judged(critic: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """The critic's scores (B,) of samples x (B, ...) and their gradients there (B, N), themselves part of the graph."""
    x = x.detach().requires_grad_(True)
    score = critic(x)
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    return score, slope.flatten(1)


def slopes_of(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient of the critic's score at each sample, x (B, ...) -> (B, N), itself part of the graph."""
    return judged(critic, x)[1]


def between(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """real and fake (B, ...) interpolated: share (B,) in [0, 1] of the real one."""
    share = share.view(-1, *[1] * (real.dim() - 1))
    return share * real + (1 - share) * fake


def slope_one_penalty(slope: Tensor) -> Tensor:
    """Gulrajani et al., equation 3: mean squared distance of the length of slopes (B, N) from 1, taken `between`."""
    length = (slope.square().sum(1) + 1e-12).sqrt()  # the root has no slope at 0
    return (length - 1).square().mean()


def slope_zero_penalty(slope: Tensor) -> Tensor:
    """Mescheder et al., equations 9 (R1, at real samples) and 10 (R2, at generated ones).

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
    """Losses and penalties of one kind of GAN."""

    critic: Callable[[Tensor, Tensor], Tensor]  # (real, fake) -> scalar
    generator: Callable[[Tensor, Tensor], Tensor]  # (real, fake) -> scalar
    slope_one: float = 0.0  # weight of slope_one_penalty
    slope_zero: float = 0.0  # weight of slope_zero_penalty, at real and at generated samples
    clip: float = 0.0  # limit of clip_weights after every update; 0: not clipped


LOSSES = {
    "logistic": Loss(logistic_critic, non_saturating_generator),
    "least_squares": Loss(least_squares_critic, least_squares_generator),
    "wasserstein_clip": Loss(wasserstein_critic, wasserstein_generator, clip=0.1),
    "wasserstein_slope": Loss(wasserstein_critic, wasserstein_generator, slope_one=10.0),
    "relativistic": Loss(relativistic_critic, relativistic_generator, slope_zero=0.1),
}
