"""A picture as a grid of words out of a codebook: the image tokens that DALL-E writes.

van den Oord et al., "Neural Discrete Representation Learning", 2017 (arXiv:1711.00937): every position of the code
becomes the nearest entry of a codebook; appendix A.1: the entries follow the codes as moving averages.
Mentzer et al., "Finite Scalar Quantization", 2023 (arXiv:2309.15505): every number of the code is rounded to one of a
few levels instead; the codebook is their grid.

Encoder and decoder are those of the KL autoencoder. With quantiser "vq" the weights map one to one onto diffusers'
`VQModel` (see pipelines/convert_vq.py).

Pictures are float in [-1, 1]. B batch, C channels, D maps of the code, K entries of the codebook, H height, W width.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.kl import Decoder, Encoder, KLConfig

QUANTISERS = ("vq", "fsq")
UNUSED = 0.05  # codes per step, about; an entry that is nearest to fewer is put elsewhere


@dataclass(frozen=True)
class VQConfig:
    channels: int = 3  # C
    latent: int = 8  # D; for fsq, as many as there are levels
    image_size: int = 64  # H = W, a multiple of `shrink`
    widths: tuple[int, ...] = (16, 32, 48, 96)  # feature maps per level, each a multiple of `groups`
    blocks: int = 1  # residual blocks per level in the encoder; one more in the decoder
    groups: int = 8  # groups of the group normalisation
    middle_attention: bool = True  # self-attention at the bottom
    quantiser: str = "vq"  # or fsq
    entries: int = 1024  # K of vq
    levels: tuple[int, ...] = (8, 5, 5, 5)  # of fsq, per number of the code; K is their product
    decay: float = 0.98  # of the moving averages of the codebook
    scale: float = 1.0  # as the library has it; pictures do not depend on it

    @classmethod
    def tiny(cls) -> "VQConfig":
        """The smallest config that runs every line; for tests."""
        return cls(latent=4, image_size=16, widths=(8, 16), groups=4, entries=16)

    @property
    def halves(self) -> KLConfig:
        """What encoder and decoder are built from."""
        return KLConfig(
            self.channels, self.latent, self.image_size, self.widths, self.blocks, self.groups, self.middle_attention
        )

    @property
    def side(self) -> int:
        """Tokens along a side of the picture."""
        return self.image_size // self.halves.shrink

    @property
    def codebook(self) -> int:
        """K, the number of tokens that a place can take."""
        if self.quantiser == "vq":
            return self.entries
        return int(torch.tensor(self.levels).prod())


class Quantised(NamedTuple):
    code: Tensor  # (B, D, H, W), entries of the codebook; gradients pass as if nothing had happened
    tokens: Tensor  # (B, H, W), their numbers
    commitment: Tensor  # mean squared distance of the code from its entries, for the encoder to make small


class VectorQuantiser(nn.Module):
    """The nearest entry of a codebook that follows the codes, for every position."""

    counts: Tensor
    sums: Tensor

    def __init__(self, config: VQConfig):
        super().__init__()
        self.decay = config.decay
        self.entries = nn.Embedding(config.entries, config.latent)
        nn.init.normal_(self.entries.weight)
        self.entries.weight.requires_grad_(False)  # moved by `follow`
        self.register_buffer("counts", torch.zeros(config.entries), persistent=False)
        self.register_buffer("sums", self.entries.weight.detach().clone(), persistent=False)

    def nearest(self, rows: Tensor) -> Tensor:
        """rows (N, D) -> number of the nearest entry (N,)."""
        table = self.entries.weight
        return (table.square().sum(1) - 2 * rows @ table.T).argmin(1)

    def lookup(self, tokens: Tensor) -> Tensor:
        """tokens (B, H, W) -> (B, D, H, W)."""
        return self.entries(tokens).permute(0, 3, 1, 2)

    def forward(self, z: Tensor) -> Quantised:
        """z (B, D, H, W); while training, the codebook follows."""
        rows = z.permute(0, 2, 3, 1).flatten(0, 2).detach().float()
        with torch.autocast(z.device.type, enabled=False):  # neighbours and means lose their last digits in bf16
            tokens = self.nearest(rows)
            if self.training:
                self.follow(rows, tokens)
        tokens = tokens.view(len(z), *z.shape[2:])
        code = self.lookup(tokens)
        return Quantised(z + (code - z).detach(), tokens, F.mse_loss(z, code))

    @torch.no_grad()
    def follow(self, rows: Tensor, tokens: Tensor) -> None:
        """Each entry moves towards the mean of the codes nearest to it; one that nobody needs becomes a code that is
        far from all entries, as k-means++ begins (Arthur & Vassilvitskii, 2007)."""
        chosen = F.one_hot(tokens, len(self.counts)).to(rows)
        self.counts.lerp_(chosen.sum(0), 1 - self.decay)
        self.sums.lerp_(chosen.T @ rows, 1 - self.decay)
        unused = self.counts < UNUSED
        if unused.any():
            distance = (rows - self.entries.weight[tokens]).square().sum(1) + 1e-9
            fresh = rows[torch.multinomial(distance, int(unused.sum()), replacement=True)]
            self.counts[unused] = 10 * UNUSED
            self.sums[unused] = 10 * UNUSED * fresh
        self.entries.weight.copy_(self.sums / self.counts[:, None])


class FiniteScalar(nn.Module):
    """Every number of the code rounded to one of a few levels between -1 and 1."""

    levels: Tensor
    places: Tensor

    def __init__(self, config: VQConfig):
        super().__init__()
        if config.latent != len(config.levels):
            raise ValueError(f"a code of {config.latent} maps needs as many levels, not {len(config.levels)}")
        levels = torch.tensor(config.levels)
        self.register_buffer("levels", levels, persistent=False)
        self.register_buffer("places", torch.cat([levels.new_ones(1), levels.cumprod(0)[:-1]]), persistent=False)

    def lookup(self, tokens: Tensor) -> Tensor:
        """tokens (B, H, W) -> (B, D, H, W)."""
        steps = tokens[..., None] // self.places % self.levels  # (B, H, W, D)
        return (2 * steps / (self.levels - 1) - 1).permute(0, 3, 1, 2)

    def forward(self, z: Tensor) -> Quantised:
        """z (B, D, H, W) bounded and rounded to levels; gradients pass the rounding as they are."""
        span = (self.levels - 1).view(-1, 1, 1)
        bounded = (z.tanh() + 1) / 2 * span  # 0 to levels - 1
        steps = bounded + (bounded.round() - bounded).detach()
        tokens = (steps.detach().round().long() * self.places.view(-1, 1, 1)).sum(1)
        return Quantised(2 * steps / span - 1, tokens, z.new_zeros(()))


class VQVAE(nn.Module):
    def __init__(self, config: VQConfig):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config.halves, outputs=config.latent)
        self.leave = nn.Conv2d(config.latent, config.latent, 1)  # out of the encoder
        self.quantiser = VectorQuantiser(config) if config.quantiser == "vq" else FiniteScalar(config)
        self.entrance = nn.Conv2d(config.latent, config.latent, 1)  # into the decoder
        self.decoder = Decoder(config.halves)

    def encode(self, x: Tensor) -> Quantised:
        """x (B, C, H, W) in [-1, 1] -> code and tokens, H / shrink by W / shrink."""
        return self.quantiser(self.leave(self.encoder(x)))

    def decode_code(self, code: Tensor) -> Tensor:
        """code (B, D, H, W) -> pictures (B, C, H * shrink, W * shrink), about in [-1, 1]."""
        return self.decoder(self.entrance(code))

    def decode(self, tokens: Tensor) -> Tensor:
        """tokens (B, H, W), integers below K -> pictures (B, C, H * shrink, W * shrink), about in [-1, 1]."""
        return self.decode_code(self.quantiser.lookup(tokens))

    def forward(self, x: Tensor) -> tuple[Quantised, Tensor]:
        """x (B, C, H, W) in [-1, 1] -> code and tokens, what is rebuilt (B, C, H, W)."""
        quantised = self.encode(x)
        return quantised, self.decode_code(quantised.code)
