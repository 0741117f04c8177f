"""Between pictures and arrays in [-1, 1]; pictures from outside come through data/picture_files.py."""

import base64
import io

import numpy as np
from PIL import Image, ImageOps

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data.picture_files import PREFIX, from_data_url

FAINTEST = 0.1  # of the way from black to white: what differs less from its paper is no ink


def to_data_url(picture: Image.Image) -> str:
    """The picture as a "data:image/png;base64,..." text."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return f"{PREFIX}png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def ink(picture: Image.Image) -> np.ndarray:
    """How much ink is at each pixel: (H, W) float in [0, 1], 1 where there is most, all 0 on a blank sheet.

    Dark on light and light on dark are both understood, pale ink is, and transparent paper is.
    """
    clear = picture.has_transparency_data
    sheet = picture.convert("RGBA" if clear else "L")
    if not clear:
        return contrast(sheet)
    on_white, on_black = (
        contrast(Image.alpha_composite(Image.new("RGBA", sheet.size, paper), sheet).convert("L"))
        for paper in ("white", "black")
    )
    return on_white if on_white.any() else on_black


def contrast(sheet: Image.Image) -> np.ndarray:
    """How far every pixel of a grey picture is from the tone of its edges, in the direction that goes farther."""
    grey = np.asarray(sheet, np.float32) / 255
    paper = np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    darker, lighter = float(paper - grey.min()), float(grey.max() - paper)
    if max(darker, lighter) < FAINTEST:
        return np.zeros_like(grey)
    far = (paper - grey) / darker if darker >= lighter else (grey - paper) / lighter
    return far.clip(0, 1)


def drawing_to_digit(picture: Image.Image) -> np.ndarray:
    """A drawing of any size -> (32, 32) float in [-1, 1], placed as MNIST places its digits.

    The strokes are fitted into 20x20 and centred by mass in 28x28 (LeCun et al., 1998), then padded to 32x32.
    A grey picture of 32x32 is one that was placed before, and stays as it is.
    """
    if picture.size == (32, 32) and picture.mode == "L":
        return np.asarray(picture, np.float32) / 127.5 - 1
    strokes = ink(picture)
    rows, columns = np.flatnonzero(strokes.max(1) > 0.2), np.flatnonzero(strokes.max(0) > 0.2)
    if not len(rows):
        raise BadRequestError("empty_drawing")
    box = strokes[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 20 / max(box.shape)
    size = (max(1, round(box.shape[1] * scale)), max(1, round(box.shape[0] * scale)))
    small = np.asarray(Image.fromarray((box * 255).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS))
    small = small.astype(np.float32) / max(small.max(), 1)
    y, x = np.indices(small.shape)
    mass = small.sum()
    top = int(np.clip(round(16 - float((small * y).sum() / mass)), 0, 32 - small.shape[0]))
    left = int(np.clip(round(16 - float((small * x).sum() / mass)), 0, 32 - small.shape[1]))
    digit = np.zeros((32, 32), np.float32)
    digit[top : top + small.shape[0], left : left + small.shape[1]] = small
    return digit * 2 - 1


def placed(url: str) -> str:
    """A drawing of any size as the small picture that stands for it, both data URLs; placed again it stays the same."""
    return to_data_url(to_pil(drawing_to_digit(from_data_url(url))))


def square(picture: Image.Image, side: int, *, whole: bool = False) -> np.ndarray:
    """An opened picture of any size -> (3, side, side) float in [-1, 1], on white.

    Its middle; with `whole` all of it, with white beside it where it is not square. A colour picture of this size stays
    as it is.
    """
    colour = picture.convert("RGB")
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        if not clear.getchannel("A").getextrema()[1]:
            raise BadRequestError("empty_picture")
        colour = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    fitted = fit_whole(colour, side) if whole else ImageOps.fit(colour, (side, side), Image.Resampling.LANCZOS)
    return np.asarray(fitted, np.float32).transpose(2, 0, 1) / 127.5 - 1


def fit_whole(picture: Image.Image, side: int) -> Image.Image:
    """All of a colour picture, as large as fits, in the middle of a white square."""
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    sheet = Image.new("RGB", (side, side), "white")
    sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), ((side - width) // 2, (side - height) // 2))
    return sheet


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """Float in [-1, 1] -> uint8, clipped."""
    return ((np.clip(picture, -1, 1) + 1) * 127.5).round().astype(np.uint8)


def to_pil(picture: np.ndarray, scale: int = 1) -> Image.Image:
    """(C, H, W) or (H, W) float in [-1, 1] -> a grey or colour picture, every pixel repeated `scale` times."""
    pixels = to_bytes(picture)
    if pixels.ndim == 3:
        pixels = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    return Image.fromarray(pixels.repeat(scale, 0).repeat(scale, 1))


def grid(pictures: np.ndarray, columns: int, scale: int = 1, gap: int = 1) -> Image.Image:
    """(N, C, H, W) float in [-1, 1] -> one picture, row by row, with hairline gaps."""
    count, channels, height, width = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((channels, rows * (height + gap) - gap, columns * (width + gap) - gap), -0.6, np.float32)
    for i, picture in enumerate(pictures):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[:, top : top + height, left : left + width] = picture
    return to_pil(sheet, scale)
