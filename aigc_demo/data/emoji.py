"""Emoji: 3,786 pictures of 64x64 with transparency, each as Twitter and as Google draw it.

Twemoji: licence CC BY 4.0. Noto Emoji: licence Apache 2.0. Both out of the emoji-datasource packages (C. Henderson),
version 16.0.0. A picture's name is its code points: "1f44b-1f3fb" is a waving hand in the first skin tone. Its group is
what Unicode's list of emoji files it under.
"""

import hashlib
import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

VENDORS = ("twitter", "google")
GROUPS = (
    *("Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink", "Travel & Places"),
    *("Activities", "Objects", "Symbols", "Flags"),
)
COMPONENT = "Component"  # five squares of skin colour; filed under Symbols here
SIDE = 64  # pixels
WHITE = (1.0, 1.0, 1.0)
COLUMNS = 8  # of the sheet of samples
SAMPLES = (  # of Twitter's test split, shipped for display
    *("1f30a", "1f344", "1f405", "1f409", "1f99d", "1f99a", "1f980", "1f609"),
    *("1f911", "1f976", "1f640", "1f680", "1f68e", "1f306", "1f30d", "1f3a1"),
    *("1f389", "1f490", "1f36e", "1fa85", "1f9b8-1f3fd-200d-2640-fe0f", "1f919-1f3fe", "2603-fe0f", "1f3b5"),
)
PAIRS = (  # of the test split, shipped as both vendors draw them
    *("1f642", "1f609", "1f644", "1f911", "1f976", "1f435", "1f405", "1f99d"),
    *("1f344", "1f955", "1f34b-200d-1f7e9", "1f691", "1f680", "1f6a8", "1f455", "1f460"),
    *("1f1e7-1f1fc", "1f1f0-1f1f7", "1f1fa-1f1f8", "0030-fe0f-20e3", "27a1-fe0f", "26a0-fe0f", "274e", "2665-fe0f"),
)
HELD_OUT = 26  # of 256: the test split, about a tenth

SHIPPED_PORTRAITS = 48  # of either vendor
PORTRAITS = (  # ranges of code points: faces, cats and monkeys; then animals
    *((0x1F600, 0x1F644), (0x1F648, 0x1F64A), (0x1F910, 0x1F917)),
    *((0x1F920, 0x1F92F), (0x1F970, 0x1F97A), (0x1FAE0, 0x1FAE9)),
    *((0x1F400, 0x1F43F), (0x1F980, 0x1F9AE), (0x1FAB0, 0x1FAB3), (0x1FABF, 0x1FABF), (0x1FACE, 0x1FACF)),
)

# What makes a variant: skin tone, "shown as a picture", the sign for he or she, the arrow for facing right
VARIANT = re.compile(r"-1f3f[b-f]|-fe0f|-200d-(2640|2642|27a1)\b")
PERSON = re.compile(r"\b1f46[89]\b")  # man and woman; 1f9d1 is a person


def kind(name: str) -> str:
    """The name without what tells variants of one emoji apart: skin tone, sex, direction."""
    return PERSON.sub("1f9d1", VARIANT.sub("", name))


def split_of(name: str) -> str:
    """ "train" or "test": the same for all variants of an emoji and for all vendors, now and later."""
    return "test" if hashlib.sha256(kind(name).encode()).digest()[0] < HELD_OUT else "train"


def names(folder: Path, split: str) -> list[str]:
    """Names of the pictures of a split, in their order."""
    return [name for name in (folder / "names.txt").read_text().split() if split_of(name) == split]


def groups(folder: Path, split: str) -> Tensor:
    """Which of GROUPS every picture of a split shows, in the order of `names`: (N,) int64."""
    lines = zip(
        (folder / "names.txt").read_text().split(), (folder / "groups.txt").read_text().splitlines(), strict=True
    )
    shown = ["Symbols" if group == COMPONENT else group for name, group in lines if split_of(name) == split]
    return torch.tensor([GROUPS.index(group) for group in shown])


def chances(folder: Path, split: str) -> Tensor:
    """How likely every picture of a split is drawn so that all emoji are, however many variants they have: (N,)."""
    kinds = [kind(name) for name in names(folder, split)]
    counts = Counter(kinds)
    return torch.tensor([1 / counts[found] for found in kinds]) / len(counts)


def pictures(folder: Path, vendor: str, split: str) -> Tensor:
    """All pictures of a vendor and split, in the order of `names`: (N, 4, 64, 64) uint8, red, green, blue, opacity."""
    everything = (folder / "names.txt").read_text().split()
    chosen = np.flatnonzero([split_of(name) == split for name in everything])
    packed = np.load(folder / f"{vendor}.npy", mmap_mode="r")  # (all, 64, 64, 4)
    return torch.from_numpy(packed[chosen]).permute(0, 3, 1, 2).contiguous()


def portrait(name: str) -> bool:
    """Whether the emoji is a face or an animal, alone."""
    code = int(name.split("-")[0], 16)
    alone = "-" not in name.replace("-fe0f", "")
    return alone and any(first <= code <= last for first, last in PORTRAITS)


def on_background(rgba: Tensor, background: Tensor) -> Tensor:
    """rgba (N, 4, H, W) uint8 on a colour (3,) or one per picture (N, 3), in [0, 1] -> (N, 3, H, W) in [-1, 1]."""
    colour, opacity = rgba[:, :3].float() / 255, rgba[:, 3:].float() / 255
    paper = background[..., None, None].expand_as(colour)
    return torch.lerp(paper, colour, opacity) * 2 - 1


def load(folder: Path, vendor: str, split: str, background: tuple[float, float, float] = WHITE) -> Tensor:
    """All pictures of a vendor and split on one colour: (N, 3, 64, 64) float in [-1, 1]."""
    return on_background(pictures(folder, vendor, split), torch.tensor(background))


def read_samples(sheet: Path) -> np.ndarray:
    """The emoji shipped for display, on white, in the order of SAMPLES: (24, 64, 64, 3) uint8."""
    pixels = np.asarray(Image.open(sheet).convert("RGB"))
    rows = pixels.shape[0] // SIDE
    return pixels.reshape(rows, SIDE, COLUMNS, SIDE, 3).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)


def write_samples(rgba: Tensor, sheet: Path) -> None:
    """Pictures (N, 4, 64, 64) uint8 on white as one PNG, eight in a row; what read_samples reads."""
    shades = ((on_background(rgba, torch.tensor(WHITE)) + 1) * 127.5).round().byte()
    tiles = shades.view(-1, COLUMNS, 3, SIDE, SIDE).permute(0, 3, 1, 4, 2)  # (rows, 64, 8, 64, 3)
    Image.fromarray(tiles.reshape(-1, COLUMNS * SIDE, 3).numpy()).save(sheet, optimize=True)


def portraits(folder: Path, split: str) -> Tensor:
    """Faces and animals of both vendors, on white: (N, 3, 64, 64) float in [-1, 1]."""
    chosen = [portrait(name) for name in names(folder, split)]
    return torch.cat([load(folder, vendor, split)[torch.tensor(chosen)] for vendor in VENDORS])


def write_portraits(folder: Path, sheet: Path) -> None:
    """The faces and animals that ship for display, emoji-portraits.png: as many of either vendor, evenly chosen."""
    chosen = [place for place, name in enumerate(names(folder, "train")) if portrait(name)]
    some = [chosen[round(i * (len(chosen) - 1) / (SHIPPED_PORTRAITS - 1))] for i in range(SHIPPED_PORTRAITS)]
    write_samples(torch.cat([pictures(folder, vendor, "train")[some] for vendor in VENDORS]), sheet)
