"""What the DALL-E use cases share: models, tokens of sentences and of pictures, cells, patches of the codebook.

A picture is side x side cells, row by row; the cell's token is the number of an entry of the codebook.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import scene_tokens
from aigc_demo.models.clip import CLIP
from aigc_demo.models.dalle import DALLE
from aigc_demo.models.vqvae import VQVAE
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.services.dalle.requests import CHECKPOINT, CODES
from aigc_demo.services.dalle.requests import CLIP as RANKER
from aigc_demo.services.page_values import Array, plain, png

RIVALS = 5  # of a cell, its own token among them
AROUND = 3  # cells of one token, of which the middle one is its patch
PATCHES = 256  # that are decoded at once


@dataclass(frozen=True)
class Cell:
    """One cell of a picture, and what the model thought of it."""

    token: int
    p: float  # what the model gave its token
    entropy: float  # nats, of all its odds
    rivals: tuple[tuple[int, float], ...]  # likeliest tokens with their probabilities


def dalle_of(store: Store) -> DALLE:
    return loaded(store, CHECKPOINT, DALLE)


def autoencoder_of(store: Store) -> VQVAE:
    """The autoencoder whose tokens it writes."""
    return loaded(store, CODES, VQVAE)


def clip_of(store: Store) -> CLIP:
    return loaded(store, RANKER, CLIP)


def sampling(request: Any) -> Sampling:
    return Sampling(request.temperature, request.top_k, request.top_p)


def text_tokens(model: DALLE, prompt: str, count: int = 1) -> Tensor:
    """The prompt as `count` equal rows, (count, T)."""
    return scene_tokens.encode([prompt], model.config.text_length).expand(count, -1)


def cut_words(model: DALLE, prompt: str) -> bool:
    """Whether the end of the prompt does not fit."""
    return len(scene_tokens.shipped().encode(prompt).ids) > model.config.text_length


def kept_tokens(model: DALLE, kept: str) -> list[int]:
    """The tokens that a picture begins with; BadRequestError for what is none."""
    words = [word.strip() for word in kept.replace("，", ",").split(",") if word.strip()]
    for word in words:
        if not (word.isascii() and word.isdecimal()):
            raise BadRequestError("dalle.kept_number", value=short(word))
        if len(word) > 9 or int(word) >= model.config.codebook:
            raise BadRequestError("dalle.kept_token", value=short(word), last=model.config.codebook - 1)
    if len(words) > model.config.side**2:
        raise BadRequestError("dalle.kept_many", count=len(words), most=model.config.side**2)
    return [int(word) for word in words]


def cell_of(odds: Tensor, token: int) -> Cell:
    """odds (codebook,) of the tokens of pictures -> the cell in which this one stands."""
    best = odds.topk(min(RIVALS, len(odds)))
    rivals = tuple(zip(best.indices.tolist(), best.values.tolist(), strict=True))
    entropy = float(-(odds * odds.clamp_min(1e-30).log()).sum())
    return Cell(token, float(odds[token]), entropy, rivals)


def picture(autoencoder: VQVAE, tokens: Sequence[int], side: int) -> Array:
    """The first tokens of a picture decoded, (3, H, W) in [-1, 1]; cells to come are as the first one, a corner."""
    whole = [*tokens, *[tokens[0]] * (side * side - len(tokens))]
    grid = torch.tensor(whole, device=next(autoencoder.parameters()).device).view(1, side, side)
    return autoencoder.decode(grid)[0].clamp(-1, 1).cpu().numpy()


@torch.inference_mode()
def patches(autoencoder: VQVAE, tokens: Sequence[int]) -> Array:
    """What each token looks like among its like, (N, 3, h, w) in [-1, 1]."""
    every = torch.tensor(list(tokens), device=next(autoencoder.parameters()).device)
    found = []
    for part in torch.split(every, PATCHES):
        drawn = autoencoder.decode(part.view(-1, 1, 1).expand(-1, AROUND, AROUND)).clamp(-1, 1)
        cell = drawn.shape[-1] // AROUND
        found.append(drawn[:, :, cell : 2 * cell, cell : 2 * cell])
    return torch.cat(found).cpu().numpy()


def strip(pictures: Array) -> bytes:
    """(N, 3, H, W) side by side as a PNG file."""
    return png(pictures.transpose(1, 2, 0, 3).reshape(3, pictures.shape[2], -1))


def cells_value(cells: Sequence[Cell]) -> dict[str, Any]:
    """Cells as the page takes them: a list for each fact."""
    return {
        "tokens": [cell.token for cell in cells],
        "p": [plain(cell.p) for cell in cells],
        "entropy": [plain(cell.entropy) for cell in cells],
        "rivals": [[part for token, p in cell.rivals for part in (token, plain(p))] for cell in cells],
    }


def patches_value(autoencoder: VQVAE, cells: Sequence[Cell]) -> dict[str, Any]:
    """The patches of all tokens and rivals, in a strip, and their numbers."""
    numbers = sorted({cell.token for cell in cells} | {token for cell in cells for token, _ in cell.rivals})
    return {"patches": strip(patches(autoencoder, numbers)), "codes": numbers}
