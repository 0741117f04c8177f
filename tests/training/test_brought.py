"""What a person brings to train on: pictures of every make, ZIPs of good and of bad will, and limits."""

import io
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image

from aigc_demo.core.errors import BadFileError
from aigc_demo.data import brought
from aigc_demo.data.brought import Limits, take


def picture(shade=0, size=(40, 40), mode="RGB", kind="PNG", **options):
    """Bytes of a picture with a bright corner, so that one sees which way up it is."""
    pixels = np.full((size[1], size[0], 3), shade % 200, np.uint8)
    pixels[: size[1] // 3, : size[0] // 3] = (250, shade % 200, 20)
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def packed(path, files):
    """A ZIP of name -> bytes at a path; a name may be a ZipInfo."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def files(tmp_path):
    """Write bytes to a file."""

    def write(name, content):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def test_files_and_a_zip_are_taken_together(files, tmp_path):
    one = files("a.png", picture(10))
    many = packed(tmp_path / "b.zip", {f"in/{i}.png": picture(20 + i) for i in range(9)})
    taken = take([one, many])
    assert taken.pictures.shape == (10, 3, 32, 32) and taken.pictures.dtype == np.uint8 and not taken.refused


def test_all_sizes_and_modes_are_made_alike(files):
    made = [
        files("grey.png", picture(1, mode="L")),
        files("clear.png", picture(2, mode="RGBA")),
        files("palette.gif", picture(3, mode="P", kind="GIF")),
        files("ink.jpg", picture(4, mode="CMYK", kind="JPEG")),
        files("bits.png", picture(120, mode="1")),
        files("wide.webp", picture(5, size=(300, 20), kind="WEBP")),
        files("dot.png", picture(6, size=(1, 1))),
    ]
    taken = take(made)
    assert taken.pictures.shape == (7, 3, 32, 32) and not taken.refused and not taken.grey


def test_grey_pictures_are_seen_to_be_grey(files):
    assert take([files(f"{i}.png", picture(i * 20, mode="L")) for i in range(4)]).grey


def test_a_picture_that_lies_on_its_side_is_put_upright(files):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was turned: the corner belongs at the upper right
    upright = take([files("a.jpg", picture(9, kind="JPEG", exif=exif, quality=95))]).pictures[0, 0]
    assert upright[:8, -8:].mean() > 200 and upright[:8, :8].mean() < 100


def test_the_same_picture_twice_is_taken_once(files, tmp_path):
    many = packed(tmp_path / "b.zip", {f"{i}.png": picture(7) for i in range(20)})
    taken = take([many])
    assert len(taken.pictures) == 1 and taken.reasons == {"same": 19}


def test_names_links_locks_and_archives_are_refused_one_by_one(tmp_path):
    link = zipfile.ZipInfo("shortcut.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    inner = packed(tmp_path / "inner.zip", {"a.png": picture(1)}).read_bytes()
    path = packed(
        tmp_path / "x.zip",
        {
            "../up.png": picture(1),
            "a/../../up.png": picture(2),
            "/root.png": picture(3),
            "C:/disk.png": picture(4),
            "..\\win.png": picture(5),
            link: "/etc/hostname",
            "nested.zip": inner,
            "page.html": b"<script>",
            "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "__MACOSX/._good.png": b"junk",
            "folder/good.png": picture(6),
        },
    )
    taken = take([path])
    assert len(taken.pictures) == 1
    assert taken.reasons == {"path": 5, "picture": 2, "link": 1, "archive": 1}
    assert not list(tmp_path.parent.glob("up.png"))


def test_a_locked_or_damaged_file_does_not_spoil_the_others(tmp_path):
    path = packed(tmp_path / "x.zip", {"a.png": picture(1), "b.png": picture(2), "c.png": picture(3)})
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        first, second = archive.infolist()[:2]
        listing = archive.start_dir
    raw[listing + 8] |= 1  # the flag of a password, in the list
    at = second.header_offset + 30 + len(second.filename) + 5
    raw[at : at + 8] = b"\xff" * 8
    path.write_bytes(raw)
    taken = take([path])
    assert len(taken.pictures) == 1 and taken.reasons == {"locked": 1, "damaged": 1} and first.filename == "a.png"


def test_what_expands_to_too_much_is_not_opened(tmp_path):
    path = packed(tmp_path / "bomb.zip", {f"{i}.png": b"\0" * 300_000 for i in range(4)})
    assert path.stat().st_size < 10_000
    with pytest.raises(BadFileError, match="expand to more than 1 MB"):
        take([path], Limits(expanded=1_000_000))


def test_a_file_that_expands_to_more_than_it_says_is_damaged(tmp_path):
    path = packed(tmp_path / "liar.zip", {"a.png": b"\0" * 200_000, "b.png": picture(3)})
    raw = path.read_bytes()
    lie = struct.pack("<I", 500)
    path.write_bytes(raw.replace(struct.pack("<I", 200_000), lie))
    taken = take([path])
    assert len(taken.pictures) == 1 and taken.reasons == {"damaged": 1}


def test_one_file_in_a_zip_may_not_be_too_large(tmp_path):
    path = packed(tmp_path / "x.zip", {"a.png": b"\0" * 5_000, "b.png": picture(1)})
    assert take([path], Limits(file=4_000)).reasons == {"large": 1}


@pytest.mark.parametrize("how", ["names", "listing"])
def test_too_many_files_are_one_sentence(tmp_path, how, monkeypatch):
    path = packed(tmp_path / "x.zip", {f"{i}": b"" for i in range(12)})
    if how == "listing":
        monkeypatch.setattr(brought, "LISTED", 1)  # the list itself is too long to be read
        monkeypatch.setattr(brought.zipfile, "ZipFile", lambda *_: pytest.fail("the list was read"))
    with pytest.raises(BadFileError, match="more than 10 files"):
        take([path], Limits(files=10))


def test_too_many_loose_files_and_too_many_bytes_are_one_sentence(files):
    many = [files(f"{i}.png", picture(i)) for i in range(5)]
    with pytest.raises(BadFileError, match="more than 4 files"):
        take(many, Limits(files=4))
    with pytest.raises(BadFileError, match="more than 0 MB together"):
        take(many, Limits(size=200))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(files):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    huge = files("huge.png", b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    assert take([huge, files("a.png", picture(1))]).reasons == {"large": 1}


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04 cut off", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_what_holds_no_picture_is_one_sentence(files, content):
    with pytest.raises(BadFileError, match="No picture here|damaged"):
        take([files("x.zip", content)])
    with pytest.raises(BadFileError, match="No picture here"):
        take([])


def test_a_picture_that_cannot_be_seen_is_refused(files):
    buffer = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(buffer, "PNG")
    assert take([files("clear.png", buffer.getvalue()), files("a.png", picture(1))]).reasons == {"empty": 1}
