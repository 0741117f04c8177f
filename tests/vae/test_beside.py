"""Colour pictures: those that people bring are fitted, and ours comes out as diffusers' does."""

import io

import numpy as np
import pytest
from api import SVG, bomb, data_url, encoded
from PIL import Image
from tiny_vae import filled, tiny_store

from aigc_demo.core.errors import UserError
from aigc_demo.data import images
from aigc_demo.services.service import Service
from aigc_demo.services.vae import beside
from aigc_demo.services.vae.beside import small, uploaded
from aigc_demo.services.vae.requests import TOLERANCE, Beside


def photo(width=90, height=60, mode="RGB"):
    """A picture with red, green and blue thirds, from left to right."""
    picture = Image.new("RGB", (width, height))
    for i, paint in enumerate(("red", "lime", "blue")):
        picture.paste(paint, (i * width // 3, 0, (i + 1) * width // 3, height))
    return picture.convert(mode)


def test_the_middle_of_a_picture_is_seen():
    seen = uploaded(data_url(encoded(photo(300, 100))))
    assert seen.shape == (3, 64, 64) and seen.dtype == np.float32
    np.testing.assert_allclose(seen[:, 32, [1, 32, 62]], [[-1] * 3, [1] * 3, [-1] * 3], atol=0.1)  # all green


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (64, 64), (65, 63), (3000, 2000)])
def test_any_size_becomes_the_same_size(size):
    seen = uploaded(data_url(encoded(photo(*size))))
    assert seen.shape == (3, 64, 64) and np.isfinite(seen).all() and np.abs(seen).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_png_is_a_picture(mode):
    assert uploaded(data_url(encoded(photo(mode=mode)))).shape == (3, 64, 64)


def test_sixteen_bits_a_pixel_are_its_greys():
    ramp = np.repeat(np.linspace(0, 65535, 64).astype(np.uint16)[None], 64, 0)
    seen = uploaded(data_url(encoded(Image.fromarray(ramp))))
    np.testing.assert_allclose(seen[0, 0], np.linspace(-1, 1, 64), atol=0.01)


def test_cmyk_is_a_picture():
    assert uploaded(data_url(encoded(photo(mode="CMYK"), "JPEG"), "jpeg")).shape == (3, 64, 64)


def test_transparent_areas_are_white():
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 32, 64))
    seen = uploaded(data_url(encoded(picture)))
    np.testing.assert_allclose(seen[:, 10, 60], 1)
    np.testing.assert_allclose(seen[:, 10, 10], [1, -1, -1])


def test_a_photograph_is_turned_as_its_camera_says():
    file = io.BytesIO()
    notes = Image.Exif()
    notes[0x0112] = 6  # orientation: a quarter turn clockwise to see it upright
    photo(64, 64).save(file, "JPEG", exif=notes, quality=95)
    seen = uploaded(data_url(file.getvalue(), "jpeg"))
    np.testing.assert_allclose(seen[:, [5, 32, 58], 32].T, [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]], atol=0.1)


def test_what_was_made_small_stays_the_same():
    generator = np.random.default_rng(0)
    noise = data_url(encoded(Image.fromarray(generator.integers(0, 256, (200, 300, 3), np.uint8))))
    once = small(Beside(picture=noise))
    assert small(once) == once and len(once.picture) < 18_000
    np.testing.assert_allclose(uploaded(once.picture), uploaded(noise), atol=1 / 255)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (data_url(encoded(Image.new("RGBA", (80, 80), (9, 9, 9, 0)))), "This picture is empty. Choose another one."),
        (data_url(bomb(6000)), "megapixels; the most is 16"),
        (data_url(SVG), "not a picture that can be read"),
        (data_url(encoded(photo())[:150]), "not a picture that can be read"),
        ("data:image/png;base64,###", "not a picture that can be read"),
        ("https://example.org/cat.png", "not a picture that can be read"),
    ],
    ids=["transparent", "bomb", "svg", "cut", "no base64", "address"],
)
def test_a_bad_picture_is_one_sentence(url, words):
    with pytest.raises(UserError, match=words):
        uploaded(url)


def test_a_square_of_the_right_size_is_not_touched():
    generator = np.random.default_rng(1)
    pixels = generator.integers(0, 256, (64, 64, 3), np.uint8)
    seen = images.square(Image.fromarray(pixels), 64)
    assert np.array_equal(images.to_bytes(seen).transpose(1, 2, 0), pixels)


# beside the library


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use cases over tiny weights."""
    return Service(tiny_store(filled(tmp_path_factory.mktemp("project") / "assets")))


def made(service, request):
    """What the two make of a picture."""
    steps = list(service.run("vae_beside", request))
    assert [(step.done, step.total) for step in steps] == [(i, 3) for i in range(4)]
    assert all(step.value is None for step in steps[:-1])
    return steps[-1].value


@pytest.mark.parametrize("request_", [Beside(), Beside(sample=23, seed=0), Beside(picture=data_url(encoded(photo())))])
def test_both_rebuild_the_same(service, request_):
    found = made(service, request_)
    for picture in (found.picture, found.ours, found.theirs):
        assert picture.shape == (3, 64, 64) and 0 <= picture.min() < picture.max() <= 1
    assert found.first is None and found.mean <= found.maximum <= TOLERANCE and len(found.layers) > 20
    np.testing.assert_allclose(found.ours, found.theirs, atol=TOLERANCE)
    assert found.latent.shape == (4, 16, 16) and found.our_milliseconds > 0 and found.their_milliseconds > 0


def test_the_table_points_at_a_layer_that_differs(service, monkeypatch):
    right = beside.convert.to_library

    def wrong(model):
        module = right(model)
        module.decoder.mid_block.resnets[1].conv1.weight.mul_(1.01)
        return module

    monkeypatch.setattr(beside.convert, "to_library", wrong)
    found = made(service, Beside())
    assert found.layers[found.first][0] == "decoder.middle.1" and found.maximum > TOLERANCE


def test_a_picture_of_ones_own_comes_before_the_sample(service):
    found = made(service, Beside(sample=3, picture=data_url(encoded(photo(64, 64)))))
    np.testing.assert_allclose(found.picture * 2 - 1, uploaded(data_url(encoded(photo(64, 64)))), atol=1e-6)
    assert np.abs(found.picture - made(service, Beside(sample=3)).picture).max() > 0.5


def test_the_seed_fixes_the_code(service):
    first, again, other = (made(service, Beside(seed=seed)).ours for seed in (1, 1, 2))
    assert np.array_equal(first, again) and np.abs(first - other).max() > 1e-3


def test_a_bad_picture_is_refused_and_the_next_one_works(service):
    with pytest.raises(UserError, match="This picture is empty"):
        made(service, Beside(picture=data_url(encoded(Image.new("RGBA", (9, 9))))))
    assert made(service, Beside()).first is None
