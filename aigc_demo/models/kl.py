"""The colour autoencoder that latent diffusion works behind: a picture becomes few small maps, and comes back.

Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022 (arXiv:2112.10752), section 3.1 and
appendix G: an autoencoder with a very light KL term, so that its code keeps most of the picture and stays smooth.

The weights map one to one onto diffusers' `AutoencoderKL` (see pipelines/pairs/kl.py). One thing differs in form
only: query, key and value of an attention are one matrix here.

Pictures are float in [-1, 1], codes are small maps. With the usual config (3, 64, 64) becomes (4, 16, 16): 12 numbers
for 1.

B batch, C channels, D maps of the code, H height, W width.
"""

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.vae import Posterior
from aigc_demo.nn.blocks import Attention, Down, Norm, ResidualBlock, Up

EPS = 1e-6  # added to the variance in every normalisation
NARROWEST, WIDEST = -30.0, 20.0  # log variance of a code


@dataclass(frozen=True)
class KLConfig:
    channels: int = 3  # C
    latent: int = 4  # D, maps of the code
    image_size: int = 64  # H = W that it is trained on, a multiple of `shrink`
    widths: tuple[int, ...] = (16, 32, 48)  # feature maps per level, each a multiple of `groups`
    blocks: int = 1  # residual blocks per level in the encoder; one more in the decoder
    groups: int = 8  # groups of the group normalisation
    middle_attention: bool = True  # self-attention at the bottom
    scale: float = 1.0  # code * scale has deviation 1, which a diffusion model wants

    @classmethod
    def tiny(cls) -> "KLConfig":
        """The smallest config that runs every line; for tests."""
        return cls(widths=(8, 16), groups=4)

    @property
    def shrink(self) -> int:
        """How many pixels one place of the code stands for, along each side."""
        return 2 ** (len(self.widths) - 1)

    @property
    def code(self) -> tuple[int, int, int]:
        """Shape (D, H / shrink, W / shrink) of the code of one picture."""
        return self.latent, self.image_size // self.shrink, self.image_size // self.shrink


class Level(nn.Module):
    """Residual blocks at one resolution, then a change of size."""

    def __init__(self, inputs: int, width: int, blocks: int, groups: int, resample: nn.Module | None):
        super().__init__()
        self.blocks = nn.ModuleList(
            ResidualBlock(inputs if i == 0 else width, width, groups, EPS) for i in range(blocks)
        )
        self.resample = resample

    def forward(self, x: Tensor) -> Tensor:
        """x (B, inputs, H, W) -> (B, width, H, W), H and W halved or doubled where there is a resample."""
        for block in self.blocks:
            x = block(x)
        return x if self.resample is None else self.resample(x)


class Half(nn.Module):
    """What encoder and decoder have in common: a convolution on either side, and the blocks at the bottom."""

    def __init__(self, inputs: int, first: int, last: int, outputs: int, config: KLConfig):
        super().__init__()
        bottom, groups = config.widths[-1], config.groups
        self.conv_in = nn.Conv2d(inputs, first, 3, padding=1)
        self.middle = nn.ModuleList(ResidualBlock(bottom, bottom, groups, EPS) for _ in range(2))
        self.middle_attention = Attention(bottom, 1, groups, EPS) if config.middle_attention else nn.Identity()
        self.norm_out = Norm(groups, last, EPS)
        self.conv_out = nn.Conv2d(last, outputs, 3, padding=1)

    def bottom(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) of the smallest maps -> (B, C, H, W)."""
        first, second = self.middle
        return second(self.middle_attention(first(x)))

    def close(self, x: Tensor) -> Tensor:
        """x (B, last, H, W) -> (B, outputs, H, W)."""
        return self.conv_out(F.silu(self.norm_out(x)))


class Encoder(Half):
    """`outputs` maps at the bottom; by default mean and log variance of the code."""

    def __init__(self, config: KLConfig, outputs: int = 0):
        widths = config.widths
        super().__init__(config.channels, widths[0], widths[-1], outputs or 2 * config.latent, config)
        self.down = nn.ModuleList()
        c = widths[0]
        for i, w in enumerate(widths):
            resample = None if i == len(widths) - 1 else Down(w, padding=0)
            self.down.append(Level(c, w, config.blocks, config.groups, resample))
            c = w

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> (B, 2D, H / shrink, W / shrink)."""
        h = self.conv_in(x)
        for level in self.down:
            h = level(h)
        return self.close(self.bottom(h))


class Decoder(Half):
    def __init__(self, config: KLConfig):
        widths = config.widths
        super().__init__(config.latent, widths[-1], widths[0], config.channels, config)
        self.up = nn.ModuleList()
        c = widths[-1]
        for i, w in reversed(list(enumerate(widths))):
            self.up.append(Level(c, w, config.blocks + 1, config.groups, Up(w) if i else None))
            c = w

    def forward(self, z: Tensor) -> Tensor:
        """z (B, D, H, W) -> (B, C, H * shrink, W * shrink)."""
        h = self.bottom(self.conv_in(z))
        for level in self.up:
            h = level(h)
        return self.close(h)


class KLAutoencoder(nn.Module):
    def __init__(self, config: KLConfig):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.moments = nn.Conv2d(2 * config.latent, 2 * config.latent, 1)  # mean and log variance out of what it says
        self.entrance = nn.Conv2d(config.latent, config.latent, 1)  # into the decoder
        self.decoder = Decoder(config)

    def encode(self, x: Tensor) -> Posterior:
        """x (B, C, H, W) in [-1, 1] -> q(z|x), mean and log variance (B, D, H / shrink, W / shrink) each."""
        return self.posterior(self.encoder(x))

    def posterior(self, h: Tensor) -> Posterior:
        """What the encoder says (B, 2D, h, w) -> q(z|x)."""
        mean, log_variance = self.moments(h).chunk(2, dim=1)
        return Posterior(mean, log_variance.clamp(NARROWEST, WIDEST))

    def decode(self, z: Tensor) -> Tensor:
        """z (B, D, H, W), not scaled -> pictures (B, C, H * shrink, W * shrink), about in [-1, 1]."""
        return self.decoder(self.entrance(z))

    def forward(self, x: Tensor, noise: Tensor | None = None) -> tuple[Posterior, Tensor]:
        """x (B, C, H, W) in [-1, 1] -> q(z|x), what is rebuilt (B, C, H, W).

        Noise has the code's shape; without it the mean is decoded, as the library does.
        """
        posterior = self.encode(x)
        return posterior, self.decode(posterior.mean if noise is None else posterior.sample(noise))
