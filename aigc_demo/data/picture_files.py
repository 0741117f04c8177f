"""The one way in for pictures from outside: as phones, scanners and painting programs make them, refused or made plain.

Plain is what a person sees in any viewer: upright (EXIF), in sRGB (embedded colour profile), with 8 bits a channel.
"""

import base64
import io
import logging
import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from aigc_demo.core.errors import BadFileError

logger = logging.getLogger(__name__)
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")  # what may be uploaded; no SVG, which can carry scripts
PREFIX = "data:image/"
LARGEST = 1000  # pixels of a side, about: of more, blocks of pixels are averaged
MOST_PIXELS = 16_000_000
MOST_JPEG_PIXELS = 80_000_000  # a JPEG is decoded at a fraction of its size, so it takes less memory
TURNS = {  # EXIF's orientation -> what makes it upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DEEP = ("I", "F")  # first letters of modes with more than 8 bits a channel


def open_picture(data: bytes) -> Image.Image:
    """A picture file as a picture of mode L, RGB or RGBA, the last where any of it can be seen through.

    BadFileError when it is no picture, or has more pixels than are taken.
    """
    picture = header(io.BytesIO(data))
    try:
        picture.draft(None, (2 * LARGEST, 2 * LARGEST))
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError):
        raise BadFileError("not_a_picture") from None
    return plain(picture)


def header(file: Path | io.BytesIO) -> Image.Image:
    """A picture file with its header read and its size judged, before a pixel is decoded; BadFileError as above."""
    try:
        picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise too_large(pixels_named(error), MOST_PIXELS) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise BadFileError("not_a_picture") from None
    pixels = picture.width * picture.height
    limit = MOST_JPEG_PIXELS if picture.format in ("JPEG", "MPO") else MOST_PIXELS
    if pixels > limit:
        picture.close()
        raise too_large(pixels, limit)
    return picture


def from_data_url(url: str) -> Image.Image:
    """The picture in a "data:image/...;base64,..." text, as `open_picture` gives it."""
    head, _, body = url.partition(",")
    if not head.startswith(PREFIX) or not head.endswith(";base64"):
        raise BadFileError("not_a_picture")
    try:
        return open_picture(base64.b64decode(body, validate=True))
    except ValueError:  # binascii.Error is one too
        raise BadFileError("not_a_picture") from None


def plain(picture: Image.Image) -> Image.Image:
    """A decoded picture as mode L, RGB or RGBA: 8 bits a channel, LARGEST pixels a side or so, in sRGB, upright."""
    turn = orientation(picture)
    profile = picture.info.get("icc_profile")
    seen = shallow(picture)
    seen = seen.reduce(max(1, max(seen.size) // LARGEST))
    seen = in_srgb(seen, profile) if profile else seen
    seen = seen.convert("RGB") if seen.mode not in ("L", "RGB", "RGBA") else seen
    if seen.mode == "RGBA" and seen.getchannel("A").getextrema()[0] == 255:
        seen = seen.convert("RGB")
    return seen.transpose(TURNS[turn]) if turn in TURNS else seen


def orientation(picture: Image.Image) -> int:
    """How a camera was held, as EXIF tells it; 1, upright, where it tells nothing that can be read."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error, OSError):
        return 1


def shallow(picture: Image.Image) -> Image.Image:
    """A picture of any mode as L, RGB, RGBA or CMYK."""
    if picture.mode.startswith(DEEP):  # Pillow's own conversion cuts off what is above 255
        deep = np.asarray(picture, np.float32)
        picture = Image.fromarray((deep / 257).round().clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    return picture if picture.mode == "CMYK" else picture.convert("RGB")


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """A picture of mode L, RGB, RGBA or CMYK, its colours as its profile means them; as it is with a damaged one."""
    grey = picture.mode == "L"
    target: Any = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(picture, meant, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        logger.info("a colour profile is left out: %s", error)
        return picture
    return picture if found is None else found.convert("L") if grey else found


def pixels_named(error: Exception) -> int:
    """How many pixels Pillow says that a picture has, which it will not open."""
    found = re.search(r"\d+", str(error))
    return int(found[0]) if found else 2 * (Image.MAX_IMAGE_PIXELS or MOST_PIXELS)


def too_large(pixels: int, limit: int) -> BadFileError:
    """The sentence for a picture with too many pixels."""
    return BadFileError("too_large", megapixels=math.ceil(pixels / 1e6), limit=limit // 10**6)
