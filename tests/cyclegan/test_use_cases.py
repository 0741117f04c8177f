"""The translation use cases on tiny untrained weights: results, uploads of every kind, files, programs, figures."""

import io
import json
import runpy

import numpy as np
import pytest
import torch
from api import SVG, bomb, data_url, encoded
from PIL import Image
from runs import last
from tiny_cyclegan import tiny_store

from aigc_demo.core.errors import BadRequestError, UnavailableError, UserError
from aigc_demo.core.params import build
from aigc_demo.services import cards
from aigc_demo.services.cyclegan.requests import CYCLE, DIRECTIONS, PAIRS, ROWS, Compare, Translate
from aigc_demo.services.cyclegan.translate import uploaded
from aigc_demo.services.cyclegan.translators import model_of
from aigc_demo.services.service import Service


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-4)


def translate(service, request):
    """The picture, there and back."""
    return service.result("cyclegan_translate", request)


def compare(service, request):
    """The row, each way."""
    return service.result("cyclegan_compare", request)


def drawn(service, request):
    """The value that the page draws."""
    return last(service.stream(f"cyclegan_{type(request).__name__.lower()}", request))


def photo(width=90, height=60, mode="RGB"):
    """A picture with red, green and blue thirds, from left to right."""
    picture = Image.new("RGB", (width, height))
    for i, paint in enumerate(("red", "lime", "blue")):
        picture.paste(paint, (i * width // 3, 0, (i + 1) * width // 3, height))
    return picture.convert(mode)


# there and back


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_picture_goes_there_and_back(service, direction):
    made = translate(service, Translate(sample=3, direction=direction))
    model, back = model_of(service.store, CYCLE), direction == "to_twitter"
    x, truth = (torch.from_numpy(part)[None] * 2 - 1 for part in (made.picture, made.truth))
    there = model.translator(back)(x)
    same(made.there, (there[0] + 1) / 2)
    same(made.back, (model.translator(not back)(there)[0] + 1) / 2)
    same(made.same, (model.translator(not back)(x)[0] + 1) / 2)
    same(made.cycle_error, np.abs(made.back - made.picture).mean(0))
    same(made.readings[2].scores, model.discriminator(back)(truth)[0])
    for found in (made.picture, made.there, made.back, made.same, made.truth):
        assert found.shape == (3, 64, 64) and found.min() >= 0 and found.max() <= 1


def test_the_two_directions_begin_with_the_two_vendors(service):
    forth, back = (translate(service, Translate(sample=20, direction=direction)) for direction in DIRECTIONS)
    assert np.array_equal(forth.picture, back.truth) and np.array_equal(forth.truth, back.picture)
    assert not np.array_equal(forth.picture, forth.truth)


def test_the_judge_reads_the_vendor_that_is_aimed_at(service):
    forth, back = (translate(service, Translate(sample=20, direction=direction)) for direction in DIRECTIONS)
    google, twitter = forth.readings[0].vendor_share, back.readings[2].vendor_share  # of the same picture
    assert google + twitter == pytest.approx(1, abs=1e-4) and 0 < google < 1


def test_a_row_is_translated_with_the_cycle_term_and_without(service):
    for row in ROWS:
        made = compare(service, Compare(row=row))
        for place, sample in enumerate(range(8 * ROWS.index(row), 8 * ROWS.index(row) + 8)):
            alone = translate(service, Translate(sample=sample))
            same(made.cycle[place], alone.there)
            same(made.truth[place], alone.truth)
            assert made.cycle_error[place] == pytest.approx(np.abs(alone.there - alone.truth).mean(), abs=1e-4)
            assert made.nothing_error[place] == pytest.approx(np.abs(alone.picture - alone.truth).mean(), abs=1e-4)
        assert not np.allclose(made.without, made.cycle, atol=1e-2)


def test_sheets_hold_what_they_say(service):
    pair, own = Translate(sample=1), Translate(picture=data_url(encoded(photo())))
    for request, tiles in ((pair, 9), (own, 7), (Compare(), 32)):
        value = drawn(service, request)
        (sheet,) = value.pop("sheets")
        assert Image.open(io.BytesIO(sheet)).size == (64 * tiles, 64) and value["counts"] == [tiles]
        json.dumps(value)
    assert "away" not in drawn(service, own)
    assert len(drawn(service, pair)["readings"]) == 3


def test_what_cannot_be_asked():
    for kind, values in ((Translate, {"sample": PAIRS}), (Translate, {"direction": "up"}), (Compare, {"row": "cats"})):
        with pytest.raises(BadRequestError):
            kind(**values)


def test_without_weights_one_sentence_says_what_to_run(tmp_path):
    (tmp_path / "examples").mkdir()
    with pytest.raises(UnavailableError, match=r"weights of cyclegan-emoji are not on this machine\. Run: train"):
        translate(Service(tiny_store(tmp_path)), Translate())


# pictures that people bring


def test_all_of_a_wide_picture_is_seen_on_white():
    seen = uploaded(data_url(encoded(photo(300, 100))))
    np.testing.assert_allclose(seen[:, 32, [5, 32, 58]].T, [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]], atol=0.1)
    assert (seen[:, :20] == 1).all() and (seen[:, 44:] == 1).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (64, 64), (63, 65), (3000, 2000)])
def test_any_size_becomes_the_same_size_and_is_translated(service, size):
    made = translate(service, Translate(picture=data_url(encoded(photo(*size)))))
    assert made.picture.shape == made.there.shape == (3, 64, 64) and np.isfinite(made.there).all()
    assert made.truth is None and made.readings[2] is None


def test_one_pixel_fills_the_square():
    seen = uploaded(data_url(encoded(Image.new("RGB", (1, 1), (255, 0, 0)))))
    same(seen, np.broadcast_to(np.array([1, -1, -1]).reshape(3, 1, 1), (3, 64, 64)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_a_picture(mode):
    greys = Image.fromarray(np.full((40, 40), 40_000, np.uint16))
    picture = greys if mode == "I;16" else photo(mode=mode)
    assert uploaded(data_url(encoded(picture))).shape == (3, 64, 64)


def test_cmyk_is_a_picture():
    assert uploaded(data_url(encoded(photo(mode="CMYK"), "JPEG"), "jpeg")).shape == (3, 64, 64)


def test_of_an_animation_the_first_frame_is_seen():
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    same(uploaded(data_url(moving, "gif"))[:, 32, 32], [1, -1, -1])


def test_transparent_areas_are_white():
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 32, 64))
    seen = uploaded(data_url(encoded(picture)))
    same(seen[:, 10, 60], [1, 1, 1])
    same(seen[:, 10, 10], [1, -1, -1])


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (data_url(bomb(12_000)), "has 144 megapixels"),
        (data_url(encoded(Image.new("RGBA", (9, 9)))), "This picture is empty."),
        (data_url(encoded(photo())[:-60]), "not a picture"),
        (data_url(SVG, "svg+xml"), "not a picture"),
        ("https://example.org/x.png", "not a picture"),
        ("x" * 8_000_001, "at most 8000000 characters"),
    ],
    ids=["12,000 x 12,000", "clear", "cut", "svg", "address", "8 MB"],
)
def test_a_bad_picture_is_one_sentence(service, picture, words):
    with pytest.raises(UserError, match=words):
        translate(service, Translate(picture=picture))


# files and programs

SAVED = {"cyclegan_translate": Translate(sample=9, direction="to_twitter"), "cyclegan_compare": Compare(row="signs")}


def saved(service, use_case, request, kind):
    """Bytes of a saved file."""
    return last(service.save(use_case, request, kind))


@pytest.mark.parametrize("kind", ["png", "gif", "mp4", "json"])
@pytest.mark.parametrize("use_case", SAVED)
def test_a_saved_file_makes_its_result_again(service, tmp_path, use_case, kind):
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(saved(service, use_case, SAVED[use_case], kind))
    card = cards.read(file)
    assert (card.use_case, card.checkpoint) == (use_case, CYCLE)
    again = build(type(SAVED[use_case]), card.values)
    assert again == SAVED[use_case] and card.sha256 == service.store.sha256(CYCLE)
    if kind != "mp4":
        assert saved(service, use_case, again, kind) == file.read_bytes()


def test_a_large_picture_is_kept_as_what_the_models_saw(service, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (300, 500, 3), np.uint8)
    raw = saved(service, "cyclegan_translate", Translate(picture=data_url(encoded(Image.fromarray(noise)))), "png")
    (tmp_path / "saved.png").write_bytes(raw)
    values = cards.read(tmp_path / "saved.png").values
    assert len(values["picture"]) < 18_000
    assert saved(service, "cyclegan_translate", build(Translate, values), "png") == raw


PROGRAMS = [
    Translate(sample=23),
    Translate(sample=2, direction="to_twitter"),
    Translate(picture=data_url(encoded(photo(500, 300)))),
    Compare(row="things"),
    Compare(direction="to_twitter"),
]


def python(service, request):
    """The two programs of a request."""
    return service.python(f"cyclegan_{type(request).__name__.lower()}", request)


def cut(picture, scale, gap):
    """Rows of pictures (3, 64, 64) out of a table of them with gaps, enlarged."""
    small, step = np.asarray(picture, np.int16)[::scale, ::scale], 64 + gap
    tops, lefts = (range(0, length - 63, step) for length in small.shape[:2])
    return np.array([[small[top : top + 64, left : left + 64] for left in lefts] for top in tops])


@pytest.mark.parametrize("request_", PROGRAMS, ids=range(len(PROGRAMS)))
def test_both_programs_make_the_same_pictures(service, project, monkeypatch, request_):
    """The library's is what ours begins with, which saves more, with gaps and enlarged."""
    monkeypatch.chdir(project)
    monkeypatch.setattr("aigc_demo.services.service.Store", lambda: service.store)
    for side, source in zip(("ours", "library"), python(service, request_), strict=True):
        (project / f"{side}.py").write_text(source)
        runpy.run_path(f"{side}.py", run_name="__main__")
    ours = cut(Image.open("ours.png"), 2 if isinstance(request_, Compare) else 4, gap=1)
    library = cut(Image.open("library.png"), 1, gap=0)
    assert library.shape[:2] == ((4, 8) if isinstance(request_, Compare) else (1, 3))
    assert np.ptp(library) > 20
    beginning = ours[: library.shape[0], : library.shape[1]]
    assert np.abs(beginning - library).max() <= 1, "more than rounding"


@pytest.mark.parametrize("request_", PROGRAMS, ids=range(len(PROGRAMS)))
def test_the_second_program_is_short_plain_and_needs_nothing_of_ours(service, request_):
    ours, plain = python(service, request_)
    assert "aigc_demo" not in plain and "aigc_demo" in ours and "nn.Sequential" in plain
    loader = plain.partition("class Residual")[2].partition("to_google = ")[0]
    assert loader.count("\n") <= 40
    for source in (ours, plain):
        assert max(len(line) for line in source.splitlines() if "base64" not in line) <= 120
        compile(source, "program", "exec")
