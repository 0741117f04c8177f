"""The text-to-image use cases, on small random models: what is drawn out of what, what is told, what is refused."""

import dataclasses
import io

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_text2image import Store

from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.core.params import rules
from aigc_demo.core.steps import Step
from aigc_demo.data import images, scenes
from aigc_demo.models.text2image import Text2Image
from aigc_demo.services import scene_parts
from aigc_demo.services.scene_names import BACKGROUNDS, OBJECTS, PLACES
from aigc_demo.services.service import as_steps
from aigc_demo.services.text2image import beside, drawing, words
from aigc_demo.services.text2image.attention import END, SHOWN, in_left, lit, rows_of, table
from aigc_demo.services.text2image.experiments import EARLY
from aigc_demo.services.text2image.inpaint import part_of
from aigc_demo.services.text2image.requests import (
    MISTAKES,
    SCALES,
    Attention,
    Beside,
    Draw,
    Grid,
    Inpaint,
    Redraw,
    Type,
    Upscale,
    Walk,
)
from aigc_demo.services.use_case import find

REQUESTS = [Draw, Type, Attention, Grid, Walk, Redraw, Inpaint, Upscale, Beside]
FEW = {"steps": 2}


@pytest.fixture(scope="module")
def store():
    return Store()


def run(store, request):
    """All values of a run."""
    steps = list(as_steps(find(f"text2image_{type(request).__name__.lower()}").run(store, request)))
    assert steps[-1].done == steps[-1].total
    return [step.value for step in steps if step.value is not None]


def url(picture):
    """A picture as a data URL."""
    return images.to_data_url(picture)


# drawing


@pytest.mark.parametrize("sampler", ["ddim", "dpmpp", "heun", "euler", "ddpm"])
def test_a_run_ends_with_pictures_and_what_is_in_them(store, sampler):
    made = run(store, Draw(steps=3, sampler=sampler))
    assert [frame.level for frame in made] == [999, 666, 332, -1]
    assert all(frame.x.shape == frame.x0.shape == frame.eps.shape == (4, 3, 64, 64) for frame in made)
    assert np.isfinite(made[-1].x0).all() and len(made[-1].readings) == 4
    assert {"object", "background", "count", "all"} == set(made[-1].readings[0].right)
    assert not any(frame.readings for frame in made[:-1])


def test_a_picture_hangs_on_its_own_seed_alone(store):
    both, second = run(store, Draw(seed=5, **FEW))[-1], run(store, Draw(count=1, seed=6, **FEW))[-1]
    np.testing.assert_allclose(both.x0[1], second.x0[0], atol=1e-4)
    assert np.abs(both.x0[0] - second.x0[0]).max() > 0.01


def test_prompt_negative_and_guidance_say_what_is_drawn(store):
    def drawn(**values):
        return run(store, Draw(count=1, **FEW, **values))[-1].x0

    plain = drawn()
    for changed in ({"prompt": "a dog"}, {"negative": "a dog"}, {"guidance": 8}):
        assert np.abs(plain - drawn(**changed)).max() > 1e-3, changed
    np.testing.assert_array_equal(drawn(guidance=0), drawn(guidance=0, prompt="a dog"))  # nobody reads it
    np.testing.assert_array_equal(drawn(guidance=1), drawn(guidance=1, negative="a dog"))


def test_the_student_looks_once_per_step_and_every_picture_hangs_on_its_seed(store, monkeypatch):
    looks, step = [], Text2Image.step

    def listen(self, x, level, words):
        looks.append((self, level.tolist()))
        return step(self, x, level, words)

    monkeypatch.setattr(Text2Image, "step", listen)
    (typed,) = run(store, Type(prompt="a dog", steps=4, count=4))
    assert looks == [(store.load("text2image-student"), [level] * 4) for level in (999, 749, 499, 249)]
    assert typed.pictures.shape == (4, 3, 64, 64) and len(typed.readings) == 4
    (alone,) = run(store, Type(prompt="a dog", steps=4, seed=Type.seed + 2))
    np.testing.assert_allclose(typed.pictures[2], alone.pictures[0], atol=1e-4)
    (other,) = run(store, Type(prompt="a red car", steps=4, seed=Type.seed + 2))
    assert np.abs(other.pictures - alone.pictures).max() > 1e-3
    value = find("text2image_type").page(Type(count=4), iter([Step(1, 1, typed)]))
    (told,) = (step.value for step in value)
    assert (
        told["columns"] == [str(Type.seed + place) for place in range(4)]
        and len(told["pictures"]) == 4
        and told["asked"]["count"] == 2
    )


def test_the_grid_has_a_row_per_guidance_as_draw_draws_them(store):
    made = run(store, Grid(prompt="a dog", seeds=2, seed=3, **FEW))
    assert [len(rows) for rows in made] == list(range(1, len(SCALES) + 1))
    for scale, (pictures, readings) in zip(SCALES, made[-1], strict=True):
        drawn = run(store, Draw(prompt="a dog", guidance=scale, seed=3, **FEW))[-1]
        np.testing.assert_allclose(pictures, drawn.x0[:2], atol=1e-4)
        assert len(readings) == 2


def test_a_walk_begins_and_ends_at_its_sentences_and_seeds(store):
    request = Walk(prompt="a dog", prompt_to="a red car", seed_from=2, seed_to=9, frames=4, **FEW)
    stops = run(store, request)[-1]
    for stop, prompt, seed in ((0, "a dog", 2), (-1, "a red car", 9)):
        drawn = run(store, Draw(prompt=prompt, seed=seed, count=1, guidance=request.guidance, **FEW))[-1]
        np.testing.assert_allclose(stops[stop], drawn.x0[0], atol=1e-3)


# from a picture


def test_redrawing_a_little_stays_near_the_picture(store):
    paper = url(Image.new("RGB", (90, 50), (255, 182, 206)))
    models = drawing.Models(store)
    code = models.encode(torch.from_numpy(drawing.uploaded(paper))[None])
    start = models.decode(code)
    near, far = (
        np.abs(run(store, Redraw(picture=paper, strength=strength, **FEW))[-1].x0 - start).mean()
        for strength in (0.05, 1.0)
    )
    assert near < far / 2


def test_redrawing_begins_with_what_the_first_sentence_draws(store):
    first, other = (run(store, Redraw(source=source, **FEW))[0].x for source in ("a dog", "a cat"))
    assert np.abs(first - other).max() > 1e-3


@pytest.mark.parametrize("sampler", ["euler", "ddim", "dpmpp", "heun", "ddpm"])
def test_outside_the_part_the_code_is_that_of_the_picture(store, sampler):
    models, codes = drawing.Models(store), []
    paper = url(Image.new("RGB", (64, 64), (96, 150, 240)))
    kept = models.encode(torch.from_numpy(drawing.uploaded(paper))[None])
    decode = drawing.Models.decode

    def listen(self, code):
        codes.append(code)
        return decode(self, code)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing.Models, "decode", listen)
        run(store, Inpaint(picture=paper, region="left", sampler=sampler, steps=3))
    last = codes[-1][:1]  # what is there now comes first
    torch.testing.assert_close(last[..., 8:], kept[..., 8:], atol=1e-4, rtol=1e-4)
    assert (last[..., :8] - kept[..., :8]).abs().max() > 0.01


def test_regions_and_masks():
    assert part_of(Inpaint(region="middle"), 16).sum() == 64
    assert part_of(Inpaint(region="top"), 16)[0, 0, :8].all() and part_of(Inpaint(region="top"), 16).sum() == 128
    ink = Image.new("L", (64, 64), 255)
    ink.paste(0, (0, 0, 32, 16))
    part = part_of(Inpaint(region="own", mask=url(ink)), 16)
    assert part[0, 0, :4, :8].all() and part.sum() == 32


@pytest.mark.parametrize(
    ("mask", "says"), [("", "mask is empty"), (Image.new("L", (9, 9), 255), "mask is empty"), ("x", "not a picture")]
)
def test_masks_that_are_refused(store, mask, says):
    request = Inpaint(region="own", mask=mask if isinstance(mask, str) else url(mask), **FEW)
    with pytest.raises((BadRequestError, BadFileError), match=says):
        run(store, request)


# attention


def test_rows_are_the_words_that_say_something_and_the_end():
    rows = rows_of("two red apples on a blue background", 24)
    assert list(rows) == ["two", "red apples", "blue", END]
    tokens = [token for row in rows.values() for token in row]
    assert len(tokens) == len(set(tokens)) and max(tokens) == 23
    assert list(rows_of("蓝色背景上的两个苹果", 24)) == ["蓝色", "两", "苹果", END]
    assert rows_of("a dog " * 40, 24)[END] == [23]


def test_all_that_is_looked_at_adds_up_to_one(store):
    made, count = run(store, Attention(prompt="dog cat"))[-1], len(SHOWN)
    assert made.levels[EARLY] > 700  # where the card says that there is hardly more than noise
    assert made.words == ("dog", "cat", END) and len(made.levels) == count and made.maps.shape == (3, count, 64, 64)
    assert made.maps.min() > 0 and made.maps.sum(0).max() <= 1 + 1e-4  # the start token has the rest
    left = in_left(made)
    assert left.shape == (3, count) and left.min() > 0 and left.max() < 1
    told = table(Attention(), made)["notes"]
    assert told[:count] == [""] * count and len(told) == 4 * count
    assert told[count] == f"← {100 * left[0, 0]:.0f} %"
    shown = lit(made)
    assert (
        shown[count:].max((1, 2, 3)) <= shown[:count].max((1, 2, 3)).tolist() * 3
    ).all()  # light takes away, never adds


# beside


def test_the_pipeline_draws_the_same(store):
    request = Beside(negative="a dog", **FEW)
    made = run(store, request)[-1]
    (sheet,) = beside.page(request, made)["sheets"]
    assert np.asarray(Image.open(io.BytesIO(sheet)))[:, -64:].min() == 255  # white: no difference
    assert made.maximum < 1e-4 and made.first is None
    assert {"guidance", "code / scale", "decoder"} < {name for name, *_ in made.layers}


@pytest.mark.parametrize(
    ("mistake", "where"),
    {
        "no_guidance_scaling": "guidance",
        "wrong_latent_scale": "code / scale",
        "no_causal_mask": "text.layers.0",
        "no_cross_attention": "unet.down.1",
        "gate_swapped": "unet.down.1",
        "timestep_off_by_one": "unet.time",
    }.items(),
)
def test_a_mistake_is_found_where_it_is(store, mistake, where):
    made = run(store, Beside(mistake=mistake, **FEW))[-1]
    assert made.maximum > 1e-3
    assert made.first is not None and made.layers[made.first][0].startswith(where)


def test_every_mistake_is_tried_above():
    assert len(MISTAKES) == 6


# words


def test_the_page_names_the_world_as_it_is():
    assert tuple(scenes.OBJECTS) == OBJECTS and tuple(scenes.BACKGROUNDS) == BACKGROUNDS and scenes.PLACES == PLACES


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("other", ["", "cat"])
@pytest.mark.parametrize("place", ["", *PLACES])
def test_what_is_put_together_says_what_was_chosen(language, other, place):
    found = words.claimed(scene_parts.composed(language, "dog", 1, "blue", place, other))
    assert found.objects == (("dog", "cat") if other else ("dog",)) and found.background == "blue"
    if not other:
        assert found.place == place
    elif place not in ("", "middle"):
        assert found.relation == {"top": "above", "bottom": "below"}.get(place, place)


def test_unknown_words_come_with_the_nearest_known():
    found = dict(scene_parts.marked("two aples and a rocket")["unknown"])
    assert list(found) == ["aples", "rocket"]
    assert "apples" in found["aples"] and len(found["aples"]) <= 3
    known = scene_parts.marked("蓝色背景上的两个苹果")
    assert known["unknown"] == [] and known["asked"]["count"] == 2 and known["asked"]["background"] == "blue"
    assert scene_parts.marked("blue")["asked"] is None


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("", "There is no sentence yet"),
        (" \n", "There is no sentence yet"),
        ("🚀🚀", "knows no thing in"),
        ("a rocket", "knows no thing in"),
        ("صاروخ", "knows no thing in"),
        ("blue", "knows no thing in"),
        ("dog " * 5000, "at most 200"),
    ],
)
@pytest.mark.parametrize("request_class", REQUESTS)
def test_prompts_that_are_refused(store, request_class, prompt, says):
    drawn = {"origin": "drawn"} if request_class is Upscale else {}
    with pytest.raises(BadRequestError, match=says) as error:
        run(store, request_class(prompt=prompt, **drawn))
    assert len(str(error.value)) < 250


def test_a_negative_prompt_must_say_something(store):
    run(store, Draw(negative="blue", count=1, steps=1))
    with pytest.raises(BadRequestError, match="knows no thing in"):
        run(store, Draw(negative="ugly, blurry"))


# bounds


@pytest.mark.parametrize("request_class", REQUESTS)
def test_defaults_are_inside_their_bounds_and_name_known_things(request_class):
    made = request_class()
    assert all(rule is not None for _, rule in rules(request_class).values())
    assert scene_parts.marked(made.prompt)["unknown"] == []


@pytest.mark.parametrize("request_class", REQUESTS)
@pytest.mark.parametrize("value", [None, [], True, float("nan"), float("inf"), 10**400, "seven"])
def test_no_field_takes_nonsense(request_class, value):
    for field in dataclasses.fields(request_class):
        if isinstance(value, str) and isinstance(field.default, str):
            continue  # a text, and judged as one
        with pytest.raises(BadRequestError):
            request_class(**{field.name: value})


def test_uploaded_pictures_travel_small():
    large = url(Image.new("RGBA", (700, 300), (255, 0, 0, 128)))
    small = drawing.small(Inpaint(picture=large, mask=large))
    assert len(small.picture) < 400 and drawing.small(small) == small
    assert drawing.small(Draw()) == Draw()


# as it is looked at


def test_four_pictures_are_one_square():
    four = np.arange(4, dtype=np.float32)[:, None, None, None] * np.ones((1, 3, 2, 2), np.float32)
    square = drawing.together(four)
    assert square.shape == (3, 6, 6)
    assert (square[0, 0, 0], square[0, 0, 5], square[0, 5, 0], square[0, 5, 5]) == (0, 1, 2, 3)
    assert (square[:, 2:4] == 1).all() and (square[:, :, 2:4] == 1).all()  # white between them
    assert drawing.together(four[:1]).shape == (3, 2, 2)


def test_the_page_is_told_what_was_asked_and_what_is_there(store):
    use_case, request = find("text2image_draw"), Draw(**FEW)
    values = [step.value for step in use_case.page(request, use_case.run(store, request)) if step.value]
    assert values[-1]["panes"] == ["x", "x0", "noise"] and sum(values[-1]["counts"]) == 3
    assert values[-1]["asked"]["objects"] == ["apple"] and values[-1]["asked"]["count"] == 2
    assert len(values[-1]["pictures"]) == 4 and set(values[-1]["pictures"][0]) == {"objects", "background", "right"}
    first = use_case.first_value(store, request)
    assert {**first, "sheets": []} == {**values[-1], "sheets": [], "counts": [3]}
    assert sum(map(len, first["sheets"])) < sum(map(len, values[-1]["sheets"]))
