"""A saved file carries its card, and gives it back."""

import io
import json

import pytest
from PIL import Image, PngImagePlugin

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadFileError
from aigc_demo.data import media
from aigc_demo.services import cards

CARD = Card(
    "diffusion_draw", {"seed": 7, "steps": 20, "note": "秋水共长天一色"}, "diffusion-digits", "ab" * 32, {"torch": "2"}
)
FRAMES = [Image.new("L", (33, 20), shade) for shade in (0, 120, 255)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("run.png", lambda text: media.png(FRAMES[0], text)),
        ("run.gif", lambda text: media.gif(FRAMES, 80, text)),
        ("run.mp4", lambda text: media.mp4(FRAMES, 12, text)),
        ("run.json", lambda text: text.encode()),
        ("renamed.jpg", lambda text: media.png(FRAMES[0], text)),
    ],
)
def test_a_card_survives_the_file(tmp_path, name, data):
    (tmp_path / name).write_bytes(data(CARD.to_json()))
    assert cards.read(tmp_path / name) == CARD


def test_a_gif_moves_and_an_mp4_has_even_sides():
    import av

    with Image.open(io.BytesIO(media.gif(FRAMES))) as picture:
        assert picture.n_frames == 3 and picture.size == (33, 20)
    with av.open(io.BytesIO(media.mp4(FRAMES))) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (34, 20)
        assert sum(1 for _ in container.decode(video=0)) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"GIF89a" + b"\xff" * 20,
        b"\0\0\0\x20ftypisom" + b"\xff" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"{" * 5000,
        b'{"seed": 7}',
        b'{"aigc_demo": 1, "values": []}',
        b'{"aigc_demo": 1, "use_case": 7, "values": {}}',
        b'{"aigc_demo": 99, "use_case": "x", "values": {}}',
        b'{"aigc_demo": 1, "note": "' + b"x" * 2_000_000 + b'"}',
        media.png(FRAMES[0]),
        media.gif(FRAMES),
        media.mp4(FRAMES),
    ],
    ids=range(15),
)
def test_a_file_without_a_card_says_so(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(BadFileError):
        cards.read(tmp_path / "file")


def test_a_picture_that_would_fill_the_memory_is_not_decoded(tmp_path):
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt(media.KEY, CARD.to_json())
    Image.new("1", (6000, 4000)).save(tmp_path / "bomb.png", pnginfo=notes)
    with pytest.raises(BadFileError, match="megapixels"):
        cards.read(tmp_path / "bomb.png")


def test_a_text_chunk_that_unpacks_into_too_much_is_refused(tmp_path):
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt(media.KEY, json.dumps({"aigc_demo": 1, "x": "0" * 1_500_000}), zip=True)
    Image.new("1", (8, 8)).save(tmp_path / "text.png", pnginfo=notes)
    with pytest.raises(BadFileError):
        cards.read(tmp_path / "text.png")
