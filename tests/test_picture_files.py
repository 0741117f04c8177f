"""Pictures as phones, scanners and painting programs make them: the one way in makes all of them plain."""

import ast
import io
import math
import struct

import numpy as np
import pytest
from api import bomb, encoded, stroke
from PIL import Image, ImageDraw
from test_layers import ROOT

from aigc_demo.core.errors import BadFileError
from aigc_demo.data import images, picture_files
from aigc_demo.data.picture_files import open_picture

ORIENTATION = 0x0112
STORED = {  # EXIF's orientation -> how the pixels of an upright picture lie in the file
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def seven(mode="RGB", paper="white", ink="black"):
    """A shape that looks different from every side."""
    picture = Image.new(mode, (280, 200), paper)
    ImageDraw.Draw(picture).line([(60, 40), (220, 40), (120, 170)], fill=ink, width=22)
    return picture


def alike(found, wanted):
    """Whether two pictures differ by no more than what JPEG does."""
    gap = np.abs(np.asarray(found.convert("RGB"), int) - np.asarray(wanted.convert("RGB"), int))
    return found.size == wanted.size and gap.mean() < 2


def linear_profile():
    """A colour profile with the primaries of sRGB and a gamma of 1."""
    xyz = {
        b"wtpt": (0.9642, 1, 0.8249),
        b"rXYZ": (0.4361, 0.2225, 0.0139),
        b"gXYZ": (0.3851, 0.7169, 0.0971),
        b"bXYZ": (0.1431, 0.0606, 0.7141),
    }
    bodies = {
        name: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in value)) for name, value in xyz.items()
    }
    bodies |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv\0\0\0\0" + struct.pack(">I", 0))
    bodies[b"cprt"] = b"text\0\0\0\0none\0"
    bodies[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 7) + b"linear\0" + bytes(78)
    table, data, start = b"", b"", 128 + 4 + 12 * len(bodies)
    for name, body in bodies.items():
        table += name + struct.pack(">II", start + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(data), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", *(round(v * 65536) for v in xyz[b"wtpt"]))
    return head.ljust(128, b"\0") + struct.pack(">I", len(bodies)) + table + data


@pytest.mark.parametrize("turn", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_seen_as_the_camera_was_held(kind, turn):
    tag = Image.Exif()
    tag[ORIENTATION] = turn
    found = open_picture(encoded(seven().transpose(STORED[turn]), kind, exif=tag, quality=95))
    assert alike(found, seven())


@pytest.mark.parametrize("tag", [b"Exif\0\0broken", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x01", b""])
def test_a_damaged_exif_tag_leaves_the_picture_as_it_is(tag):
    assert alike(open_picture(encoded(seven(), "JPEG", exif=tag, quality=95)), seven())


def test_sixteen_bits_of_a_scanner_keep_their_greys():
    greys = np.linspace(0, 65535, 256).round().astype(np.uint16).reshape(16, 16)
    found = open_picture(encoded(Image.fromarray(greys)))
    assert found.mode == "L"
    assert np.abs(np.asarray(found, int).ravel() - np.arange(256)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_opaque_pictures_of_any_mode_are_grey_or_colour(mode):
    found = open_picture(encoded(seven().convert(mode)))
    assert found.mode in ("L", "RGB") and alike(found, seven())


def test_a_palette_with_a_hole_is_seen_through():
    picture = seven().quantize(2)
    picture.info["transparency"] = picture.getpixel((0, 0))
    for kind in ("PNG", "GIF"):
        found = open_picture(encoded(picture, kind, transparency=picture.getpixel((0, 0))))
        assert found.mode == "RGBA"
        assert found.getpixel((0, 0))[3] == 0 and found.getpixel((140, 40)) == (0, 0, 0, 255)


def test_transparent_paper_of_a_painting_program_is_paper():
    drawing = seven("RGBA", (0, 0, 0, 0))
    for mode in ("RGBA", "LA"):
        found = open_picture(encoded(drawing.convert(mode)))
        np.testing.assert_allclose(images.drawing_to_digit(found), images.drawing_to_digit(seven()), atol=1e-6)
        assert (images.square(found, 32, whole=True)[:, 0, 0] == 1).all()


def test_an_alpha_channel_without_holes_is_left_out():
    assert open_picture(encoded(seven("RGBA"))).mode == "RGB"


@pytest.mark.parametrize("options", [{}, {"quality": 95}])
def test_printing_inks_are_turned_into_light(options):
    picture = Image.new("RGB", (32, 32), (200, 40, 60))
    found = open_picture(encoded(picture.convert("CMYK"), "JPEG", **options))
    assert found.mode == "RGB"
    assert np.abs(np.asarray(found, int) - (200, 40, 60)).max() < 8


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_colour_profile_of_a_picture_is_followed(kind):
    picture = Image.new("RGB", (32, 32), (55, 55, 55))  # 0.2158 of white as light, which is 128 in sRGB
    found = open_picture(encoded(picture, kind, icc_profile=linear_profile(), quality=95))
    assert np.abs(np.asarray(found, int) - 128).max() <= 3
    assert np.abs(np.asarray(open_picture(encoded(picture, kind, quality=95)), int) - 55).max() <= 2


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize(
    "profile", [b"nonsense", linear_profile()[:200], linear_profile()], ids=["no", "half", "other"]
)
def test_a_profile_that_does_not_fit_is_left_out(mode, profile):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    found = open_picture(encoded(seven().convert(mode), kind, icc_profile=profile))
    assert images.drawing_to_digit(found).max() == 1


def test_two_pictures_in_one_photo_are_the_first():
    raw = encoded(seven(), "MPO", save_all=True, append_images=[Image.new("RGB", (280, 200))], quality=95)
    assert alike(open_picture(raw), seven())


def test_a_photo_of_a_phone_is_small_enough():
    photo = Image.new("L", (9000, 8000), 255)
    photo.paste(0, (4000, 1000, 5000, 7000))
    found = open_picture(encoded(photo, "JPEG"))
    assert max(found.size) <= 2 * picture_files.LARGEST
    assert images.drawing_to_digit(found).max() == 1


def test_a_photo_with_more_pixels_is_refused_from_the_header():
    photo = io.BytesIO()
    Image.new("L", (9000, 8900)).save(photo, "JPEG")
    with pytest.raises(BadFileError, match=f"has {math.ceil(9000 * 8900 / 1e6)} megapixels; the most is 80"):
        open_picture(photo.getvalue())
    with pytest.raises(BadFileError, match="has 17 megapixels; the most is 16"):
        open_picture(bomb(4010))


def test_a_placed_digit_is_not_touched():
    digit = Image.fromarray(np.arange(1024, dtype=np.uint16).astype(np.uint8).reshape(32, 32))
    found = open_picture(encoded(digit))
    assert found.mode == "L" and np.array_equal(np.asarray(found), np.asarray(digit))


def test_there_is_one_way_in():
    """Elsewhere only files of this project and of its data sets are opened."""
    ours = (
        "data/digits.py",
        "data/emoji.py",
        "data/sets.py",
        "data/scene_samples.py",
        "data/picture_files.py",
        "examples/",
    )
    for path in ROOT.rglob("*.py"):
        calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
        name = str(path.relative_to(ROOT))
        assert "Image.open" not in calls or name.startswith(ours) or path.stem in ("assets", "shipped"), name


def test_a_stroke_on_a_large_sheet_is_the_same_stroke():
    large, small = (images.drawing_to_digit(open_picture(encoded(stroke(size)))) for size in (3600, 900))
    np.testing.assert_allclose(large, small, atol=0.15)
