"""Pictures from outside: what is read, what is refused, and how a drawing becomes a digit."""

import base64
import math
import random
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from api import SVG, bomb, chunk, data_url, encoded, stroke
from PIL import Image

from aigc_demo.core.errors import BadFileError, BadRequestError, UserError
from aigc_demo.data import digits, images, picture_files

SAMPLES = Path(__file__).resolve().parent.parent / "assets" / "examples" / "mnist-samples.png"


@pytest.fixture(scope="module")
def samples():
    """The real digits that ship: (200, 28, 28) uint8."""
    return digits.read_samples(SAMPLES)


# what is read


@pytest.mark.parametrize("kind", picture_files.FORMATS)
def test_every_kind_of_picture_is_read(kind):
    picture = picture_files.open_picture(encoded(stroke(), kind))
    assert picture.size == (224, 224)
    assert images.drawing_to_digit(picture).max() == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_a_drawing(mode):
    if mode == "I;16":
        values = np.asarray(stroke(), np.uint16) * 257
        picture = Image.fromarray(values)
    else:
        picture = stroke().convert(mode)
    found = images.drawing_to_digit(picture_files.from_data_url(data_url(encoded(picture))))
    np.testing.assert_allclose(found, images.drawing_to_digit(stroke()), atol=1e-6)


def test_ink_on_transparent_paper_is_seen():
    for colour in ("black", "white"):
        picture = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
        picture.paste(colour, (40, 20, 50, 80))
        assert (images.drawing_to_digit(picture_files.from_data_url(data_url(encoded(picture)))) > 0).sum() > 20


def test_pale_ink_is_seen():
    pale = stroke(mode="RGB", paper="white", ink="yellow")
    assert (images.drawing_to_digit(pale) > 0).sum() > 20


def test_the_first_frame_of_an_animation_is_the_drawing():
    raw = encoded(stroke(), "GIF", save_all=True, append_images=[Image.new("L", (224, 224))])
    np.testing.assert_array_equal(
        images.drawing_to_digit(picture_files.open_picture(raw)), images.drawing_to_digit(stroke())
    )


def test_a_data_url_comes_back_as_it_was():
    picture = Image.fromarray(np.arange(1024, dtype=np.uint8).reshape(32, 32))
    again = picture_files.from_data_url(images.to_data_url(picture))
    assert again.mode == "L" and np.array_equal(np.asarray(again), np.asarray(picture))


# what is refused


NOT_PICTURES = {
    "empty": "",
    "words": "seven",
    "path": "/etc/passwd",
    "address": "https://example.org/seven.png",
    "bare base64": base64.b64encode(b"x").decode(),
    "no body": "data:image/png;base64,",
    "no picture": data_url(b"hello"),
    "not base64": "data:image/png;base64,%%%",
    "other letters": "data:image/png;base64,七",
    "not base64 at all": "data:image/png,%89PNG",
    "text": "data:text/html;base64,PGI+",
    "svg": data_url(SVG, "svg+xml"),
    "svg as png": data_url(SVG),
    "cut": data_url(encoded(stroke())[:-60]),
    "bmp": data_url(encoded(stroke(), "BMP"), "bmp"),
    "tiff": data_url(encoded(stroke(), "TIFF"), "tiff"),
    "icon": data_url(encoded(stroke(64), "ICO"), "x-icon"),
    "postscript": data_url(encoded(stroke(), "EPS"), "eps"),
    "head only": data_url(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 0))),
    "no pixels": data_url(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 0, 8, 0, 0, 0, 0))),
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused(name):
    with pytest.raises(BadFileError) as refused:
        picture_files.from_data_url(NOT_PICTURES[name])
    assert refused.value.key == "not_a_picture"


@pytest.mark.parametrize("kind", picture_files.FORMATS)
def test_damaged_pictures_are_refused_or_read(kind):
    """Bytes changed at random end as a picture or as our sentence, never as something else."""
    whole, dice = encoded(stroke(64), kind), random.Random(0)
    for _ in range(200):
        raw = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        try:
            images.drawing_to_digit(picture_files.open_picture(bytes(raw[: dice.randint(1, len(raw))])))
        except UserError as refused:
            assert refused.key in ("not_a_picture", "too_large", "empty_drawing")


def test_text_that_swells_is_refused():
    swollen = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 50_000_000, 9))
    raw = encoded(stroke(64))
    with pytest.raises(BadFileError, match="not a picture"):
        picture_files.open_picture(raw[:33] + swollen + raw[33:])


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [4001, 5000, 9400, 13_000])
def test_too_many_pixels_are_refused_from_the_header(side):
    raw = bomb(side)
    began = time.process_time()
    with pytest.raises(
        BadFileError, match=f"has {math.ceil(side**2 / 1e6)} megapixels; the most is 16. Make it smaller"
    ) as refused:
        picture_files.from_data_url(data_url(raw))
    assert refused.value.key == "too_large"
    assert time.process_time() - began < 1


def test_a_bomb_that_lies_about_its_size_stays_small():
    raw = bomb(20_000)
    lying = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 1, 0, 0, 0, 0))
    with pytest.raises(BadRequestError, match="empty"):  # it is what it says, black
        images.drawing_to_digit(picture_files.open_picture(raw[:8] + lying + raw[33:]))


@pytest.mark.parametrize("colour", [0, 255, 128])
@pytest.mark.parametrize("size", [(1, 1), (32, 31), (28, 28), (224, 224), (3000, 2), (4000, 4000)])
def test_a_blank_sheet_is_said_to_be_empty(size, colour):
    with pytest.raises(BadRequestError, match=r"This drawing is empty\. Draw a digit"):
        images.drawing_to_digit(Image.new("L", size, colour))


# how a drawing is placed


@pytest.mark.parametrize("dark_on_light", [True, False])
@pytest.mark.parametrize("size", [28, 224, 1000])
def test_a_real_digit_drawn_large_comes_back_close(samples, size, dark_on_light):
    """MNIST was placed in the same way, so its own digits hardly move; a fifth of a shade on average at most."""
    gaps = []
    for sample in samples[::10]:
        picture = Image.fromarray(255 - sample if dark_on_light else sample)
        found = images.drawing_to_digit(picture.resize((size, size), Image.Resampling.BICUBIC))
        gaps.append(np.abs(found - np.pad(sample / 127.5 - 1, 2, constant_values=-1)).mean())
    assert np.mean(gaps) < 0.1 and np.max(gaps) < 0.25


def test_light_on_dark_is_dark_on_light(samples):
    for sample in samples[::40]:
        large = Image.fromarray(sample).resize((140, 140))
        np.testing.assert_allclose(
            images.drawing_to_digit(Image.eval(large, lambda v: 255 - v)), images.drawing_to_digit(large), atol=0.02
        )


@pytest.mark.parametrize("box", [(5, 5, 30, 90), (150, 100, 220, 120), (0, 0, 224, 20), (10, 10, 12, 12)])
def test_strokes_are_fitted_and_centred_wherever_they_are(box):
    picture = Image.new("L", (240, 240), 255)
    picture.paste(0, box)
    found = images.drawing_to_digit(picture)
    assert found.shape == (32, 32) and found.dtype == np.float32 and found.min() == -1 and found.max() == 1
    rows, columns = np.nonzero(found > 0)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    weight = found + 1
    y, x = np.indices(found.shape)
    assert abs((weight * y).sum() / weight.sum() - 15.5) <= 1 and abs((weight * x).sum() / weight.sum() - 15.5) <= 1


@pytest.mark.parametrize("size", [(2, 300), (300, 2), (16_000, 3), (5, 5)])
def test_odd_sheets_do_no_harm(size):
    picture = Image.new("L", size, 255)
    picture.putpixel((size[0] // 2, size[1] // 2), 0)
    try:
        assert images.drawing_to_digit(picture).shape == (32, 32)
    except BadRequestError as refused:
        assert refused.key == "empty_drawing"


def test_a_small_grey_picture_is_taken_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32), dtype=np.uint8)
    found = images.drawing_to_digit(picture_files.from_data_url(data_url(encoded(Image.fromarray(pixels)))))
    assert np.array_equal(images.to_bytes(found), pixels)


def test_a_placed_digit_stays_where_it_is(samples):
    placed = images.drawing_to_digit(Image.fromarray(samples[60]).resize((224, 224)))
    again = images.drawing_to_digit(picture_files.from_data_url(images.to_data_url(images.to_pil(placed))))
    np.testing.assert_allclose(again, placed, atol=1 / 127.5)


# pictures out


def test_values_outside_are_clipped():
    assert images.to_bytes(np.array([-9.0, -1, 0, 1, 9])).tolist() == [0, 0, 128, 255, 255]


def test_grey_and_colour_go_out_enlarged():
    grey = images.to_pil(np.zeros((1, 4, 6), np.float32), 3)
    assert (grey.mode, grey.size) == ("L", (18, 12))
    colour = np.zeros((3, 4, 6), np.float32)
    colour[0] = 1
    made = images.to_pil(colour)
    assert made.mode == "RGB" and made.getpixel((5, 3)) == (255, 128, 128)


def test_a_grid_keeps_its_order_and_its_gaps():
    pictures = np.linspace(-1, 1, 5, dtype=np.float32)[:, None, None, None] * np.ones((1, 1, 2, 2), np.float32)
    sheet = np.asarray(images.grid(pictures, 3))
    assert sheet.shape == (5, 8)
    assert sheet[0, 0] == 0 and sheet[0, 3] == 64 and sheet[3, 3] == 255 and sheet[2, 0] == 51
