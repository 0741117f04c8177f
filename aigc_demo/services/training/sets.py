"""The sets of pictures that there are to learn from: shipped ones, and those that a person has brought."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError, NotFoundError
from aigc_demo.core.personal import Personal
from aigc_demo.data import brought, digits, emoji, shapes
from aigc_demo.data.brought import SIDE, Brought, Limits
from aigc_demo.data.images import drawing_to_digit, to_bytes
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.services.page_values import tiles
from aigc_demo.services.training.requests import DIGITS, EMOJI, OWN
from aigc_demo.services.use_case import Json

LEAST = 8  # different pictures that a training needs
SHEET, NAMED = 48, 8  # pictures of a contact sheet; refused files that it names
SHAPES = 1_000  # that are drawn
BROUGHT: Personal[Brought] = Personal(most=12)  # of people who are on the page


def bring(paths: Sequence[Path]) -> tuple[str, Brought]:
    """Keep a person's pictures for this session: their token and what became of each; the files are deleted.

    BadFileError where nothing can be taken.
    """
    try:
        taken = brought.take(paths)
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
    return BROUGHT.keep(taken), taken


def draw(token: str, drawing: str) -> tuple[str, Brought]:
    """A drawing, "data:image/png;base64,...", beside the pictures of `token` if there are any: the token of them all.

    It is placed as digits are, ink 1. BadRequestError where nothing is drawn.
    """
    if not drawing:
        raise BadRequestError("training.nothing_drawn")
    picture = to_bytes(drawing_to_digit(from_data_url(drawing))[None]).repeat(3, axis=0)[None]
    found = BROUGHT.find(token) if token else None
    taken = found or Brought(picture[:0], ())
    if len(taken.pictures) >= Limits().files:
        raise BadFileError("training.too_many", most=Limits().files)
    if (taken.pictures == picture).all(axis=(1, 2, 3)).any():
        raise BadRequestError("training.drawn_twice")
    BROUGHT.drop(token)
    made = Brought(np.concatenate([taken.pictures, picture]), taken.refused)
    return BROUGHT.keep(made), made  # a new token, since whoever goes on with the old pictures would not see it


def contact(taken: Brought) -> Json:
    """The first pictures in a sheet, as they are learned from; how many were refused for what, and names."""
    shown = taken.pictures[:SHEET].astype(np.float32) / 127.5 - 1
    sheet = tiles(shown[:, :1], kind="grey") if taken.grey else tiles(shown, kind="colour")
    refused = [list(pair) for pair in taken.refused[:NAMED]]
    counts = {"taken": len(taken.pictures), "shown": len(shown), "missing": max(0, LEAST - len(taken.pictures))}
    return {**sheet, **counts, "reasons": taken.reasons, "refused": refused}


def pictures(store: Store, data: str, token: str = "") -> Tensor:
    """The pictures of a set, (N, C, 32, 32) in [-1, 1], with one channel where none has colour.

    `token`: of a person's own; NotFoundError where they are gone, BadRequestError where they are too few.
    """
    if data != OWN:
        return shipped(Path(store.assets) / "examples", data)
    found = BROUGHT.find(token) if token else None
    if found is None:
        raise NotFoundError("training.own_gone")
    if len(found.pictures) < LEAST:
        raise BadRequestError("training.own_few", least=LEAST, count=len(found.pictures))
    x = torch.from_numpy(found.pictures).float() / 127.5 - 1
    return x[:, :1].contiguous() if found.grey else x


@lru_cache(maxsize=4)
def shipped(folder: Path, data: str) -> Tensor:
    """Digits (500, 1, 32, 32), emoji (96, 3, 32, 32) or shapes (1000, 1, 32, 32) in [-1, 1]."""
    if data == DIGITS:
        return labelled(folder)[0]
    if data == EMOJI:
        sheet = emoji.read_samples(folder / "emoji-portraits.png")
        x = torch.from_numpy(sheet.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
    else:
        x = 2 * shapes.training_batch(SHAPES, torch.Generator().manual_seed(0))[0] - 1
    return F.avg_pool2d(x, x.shape[-1] // SIDE)


@lru_cache(maxsize=2)
def labelled(folder: Path) -> tuple[Tensor, Tensor]:
    """The digits that ship, (500, 1, 32, 32) in [-1, 1], and which each is, (500,)."""
    sheet = digits.read_samples(folder / "digits-heldout.png")
    x = digits.to_float(torch.from_numpy(sheet.copy())[:, None])
    return x, torch.arange(10).repeat_interleave(len(x) // 10)
