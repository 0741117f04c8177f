"""Super-resolution on small random models: what is enlarged, what its truth is, what is saved."""

import numpy as np
import pytest
from PIL import Image
from tiny_text2image import Store

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import images, scene_samples
from aigc_demo.services.service import as_steps
from aigc_demo.services.text2image.requests import Draw, Upscale
from aigc_demo.services.use_case import find

FEW = {"steps": 2}


@pytest.fixture(scope="module")
def store():
    return Store()


def run(store, request):
    """All values of a run."""
    use_case = find(f"text2image_{type(request).__name__.lower()}")
    return [step.value for step in as_steps(use_case.run(store, request)) if step.value is not None]


def url(picture):
    """A picture as a data URL."""
    return images.to_data_url(picture)


@pytest.mark.parametrize("origin", ["rendered", "rebuilt"])
def test_what_ships_is_enlarged_and_held_against_its_truth(store, origin):
    (made,) = run(store, Upscale(origin=origin, sample=3))
    truth = scene_samples.read(scene_samples.LARGE)[3]
    np.testing.assert_array_equal(made.truth, truth)
    assert made.before.shape == (3, 64, 64) and made.interpolated.shape == made.upscaled.shape == (3, 128, 128)
    assert np.array_equal(made.before, scene_samples.read()[3]) is (origin == "rendered")
    for picture, psnr in ((made.interpolated, made.psnr_bicubic), (made.upscaled, made.psnr)):
        assert psnr == pytest.approx(-10 * np.log10(np.square(picture - truth).mean() / 4), abs=1e-3)


def test_what_draw_draws_is_enlarged_and_has_no_truth(store):
    (made,) = run(store, Upscale(origin="drawn", prompt="a dog", seed=5, steps=2))
    drawn = run(store, Draw(prompt="a dog", seed=5, count=1, **FEW))[-1]
    np.testing.assert_allclose(made.before, drawn.x0[0], atol=1e-4)
    assert made.truth is None and made.psnr is None and made.psnr_bicubic is None
    (value,) = (step.value for step in find("text2image_upscale").page(Upscale(), iter([Step(1, 1, made)])))
    assert value["counts"] == [3] and (value["w"], value["psnr"]) == (128, None)


def test_an_own_picture_is_its_own_truth_where_it_is_large_enough(store):
    for side, known in ((300, True), (100, False)):
        picture = Image.new("RGB", (side, side + 40), (96, 150, 240))
        (made,) = run(store, Upscale(origin="own", picture=url(picture)))
        assert (made.truth is not None) is known
        assert np.abs(made.before - made.before[:, :1, :1]).max() == 0
    request = Upscale(origin="own", picture=url(Image.new("RGB", (300, 340), (96, 150, 240))))
    small = find("text2image_upscale").small(request)
    assert len(small.picture) < len(request.picture)
    np.testing.assert_array_equal(run(store, small)[0].truth, run(store, request)[0].truth)
    with pytest.raises(BadRequestError, match="There is no picture yet"):
        run(store, Upscale(origin="own"))


def test_saved_pictures_of_a_run_go_through_super_resolution_where_that_is_asked(store):
    use_case, request = find("text2image_draw"), Draw(size=128, count=1, **FEW)
    made = run(store, request)
    assert [frame.large is not None for frame in made] == [False, False, True]
    assert made[-1].large.shape == (1, 3, 128, 128)
    *others, still = use_case.file(request, made).frames
    assert {picture.size for picture in (*others, still)} == {(256, 256)}
    np.testing.assert_array_equal(np.asarray(still)[::2, ::2], np.asarray(images.to_pil(made[-1].large[0])))
    assert "upscaler-scenes" in use_case.checkpoints(request)
    assert "upscaler-scenes" not in use_case.checkpoints(Draw())
