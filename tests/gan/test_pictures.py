"""What can be asked of the GANs that draw: noise, limits, ways, sums and classes; files, scripts and what ships."""

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image
from runs import Runs, last

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.services import cards, first_results
from aigc_demo.services.first_results import EXAMPLES
from aigc_demo.services.gan import requests
from aigc_demo.services.gan.drawing import limited, usual_length
from aigc_demo.services.gan.mix import STOPS
from aigc_demo.services.gan.requests import FREE, MODELS, Classes, Draw, Mix, Morph, Walk
from aigc_demo.services.use_case import find, requests_of


def shades(pictures):
    """Pictures in [-1, 1] as shades of 256, signed so that they can be subtracted."""
    return ((pictures + 1) * 127.5).round().astype(int)


def differ(one, other):
    """Share of pixels that differ by more than a shade."""
    return float((np.abs(shades(one) - shades(other)) > 1).mean())


def apart(one, other):
    """The largest difference, in shades."""
    return int(np.abs(shades(one) - shades(other)).max())


def saved(service, use_case, request, kind):
    """Bytes of a saved file."""
    return last(service.service.save(use_case, request, kind))


# noise and its limit


@pytest.mark.parametrize("limit", [0.05, 0.5, 1.0, 2.5, 3.95])
def test_no_number_of_the_noise_is_beyond_the_limit_and_all_of_the_room_is_used(limit):
    z = limited(torch.randn(200, 100), limit)
    assert z.isfinite().all() and float(z.abs().max()) <= limit * (1 + 1e-6)
    assert float(z.abs().max()) > 0.85 * limit and abs(float(z.mean())) < 0.05


def test_the_limit_keeps_the_order_of_numbers_and_moves_them_smoothly():
    z = torch.linspace(-5, 5, 401)
    at = {limit: limited(z, limit) for limit in (0.5, 0.55, 0.6, 3.95)}
    for values in at.values():
        assert (values.diff() > 0).all() and torch.allclose(values, -values.flip(0), atol=1e-6)
    assert float((at[0.5] - at[0.55]).abs().max()) <= 0.0501
    inner = z.abs() < 2
    assert float((at[3.95] - z)[inner].abs().max()) < 0.01 and limited(z, FREE) is z


@pytest.mark.parametrize("noise", [4, 100, 400])
def test_the_usual_length_holds_for_95_of_100_draws(noise):
    low, high = usual_length(noise)
    length = torch.randn(20_000, noise).norm(dim=1)
    share = float(((length > low) & (length < high)).float().mean())
    assert share == pytest.approx(0.95, abs=0.02 if noise < 10 else 0.01)


# draw


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_is_the_same_picture_whatever_the_count(service, model):
    many = last(service.draw(Draw(model=model, seed=5, count=9)))
    one = last(service.draw(Draw(model=model, seed=12, count=1)))
    assert many.seeds == tuple(range(5, 14)) and one.seeds == (12,)
    assert many.pictures.dtype == np.float32 and many.pictures.shape[1:] == one.pictures.shape[1:]
    assert differ(many.pictures[7], one.pictures[0]) == 0
    assert differ(many.pictures[0], many.pictures[1]) > 0.1
    side, channels = (64, 3) if model == "colour" else (28, 1)
    assert one.pictures.shape == (1, channels, side, side)


def test_seeds_wrap_around(service):
    drawn = last(service.draw(Draw(seed=2**32 - 1, count=2)))
    assert drawn.seeds == (2**32 - 1, 0)
    assert differ(drawn.pictures[1], last(service.draw(Draw(seed=0, count=1))).pictures[0]) == 0


def test_a_tighter_limit_makes_pictures_more_alike(service):
    spread = [last(service.draw(Draw(limit=limit, count=20))).pictures.std(0).mean() for limit in (0.05, 0.5, FREE)]
    assert spread[0] < spread[1] < spread[2]


def test_only_the_conditional_model_listens_to_a_class(service):
    for model in ("r3", "mlp", "colour"):
        drawn = [last(service.draw(Draw(model=model, count=3, digit=digit))) for digit in (-1, 7)]
        assert drawn[0].digits == () and differ(drawn[0].pictures, drawn[1].pictures) == 0
    own, sevens = (last(service.draw(Draw(model="conditional", seed=5, count=12, digit=digit))) for digit in (-1, 7))
    assert own.digits == tuple(seed % 10 for seed in range(5, 17)) and sevens.digits == (7,) * 12
    assert differ(own.pictures[2], sevens.pictures[2]) == 0 < differ(own.pictures[3], sevens.pictures[3])


# walk


@pytest.mark.parametrize("model", ["r3", "conditional", "mlp"])
def test_both_ways_share_their_ends_and_part_between(service, model):
    way = last(service.walk(Walk(model=model, frames=9, seed_from=3, seed_to=8)))
    ends = [last(service.draw(Draw(model=model, seed=seed, count=1, digit=3))).pictures[0] for seed in (3, 8)]
    for pictures in (way.straight, way.arc):
        assert differ(pictures[0], ends[0]) == differ(pictures[-1], ends[1]) == 0
    assert differ(way.straight[4], way.arc[4]) > 0.05
    assert way.straight_norm[4] < 0.85 * way.arc_norm[4]
    assert way.straight_norm[[0, -1]] == pytest.approx(way.arc_norm[[0, -1]], rel=1e-5)
    low, high = sorted(way.arc_norm[[0, -1]])
    assert 0.98 * low < way.arc_norm.min() and way.arc_norm.max() < 1.02 * high
    assert 9 > way.usual[0] > 8 and 11 < way.usual[1] < 12


def test_the_way_back_is_the_way_there(service):
    there, back = (last(service.walk(Walk(frames=5, seed_from=a, seed_to=b))) for a, b in ((1, 2), (2, 1)))
    for one, other in ((there.straight, back.straight), (there.arc, back.arc)):
        assert apart(one, other[::-1]) <= 1


def test_equal_seeds_stay_where_they_are(service):
    way = last(service.walk(Walk(seed_from=4, seed_to=4, frames=3)))
    assert all(differ(picture, way.arc[0]) == 0 for picture in (*way.straight, *way.arc))


@pytest.mark.parametrize("seed_to", [9, 4])
def test_a_circle_passes_both_ends_and_comes_back(service, seed_to):
    way = last(service.walk(Walk(seed_from=4, seed_to=seed_to, frames=9, circle=True)))
    assert way.straight.shape == (0, 1, 28, 28) and way.straight_norm.size == 0 and len(way.arc) == 9
    start, end = (last(service.draw(Draw(seed=seed, count=1))).pictures[0] for seed in (4, seed_to))
    assert apart(way.arc[0], way.arc[-1]) <= 1
    assert apart(way.arc[0], start) <= 1 and apart(way.arc[2], end) <= 1
    assert way.arc_norm[0] == pytest.approx(way.arc_norm[4], rel=1e-5)  # the opposite of the start is as long


# sums


def test_nothing_added_is_c_and_equal_parts_cancel(service):
    for request in (Mix(strength=0), Mix(seed_a=5, seed_b=5, strength=2)):
        mixed = last(service.mix(request))
        _, _, c, mended = mixed.pictures
        assert differ(mended, c) == differ(mixed.raw[0], c) == 0 and len(mixed.way) == STOPS
        assert mixed.norms[2] == pytest.approx(mixed.norms[3], rel=1e-5)


def test_a_sum_is_longer_than_noise_and_is_mended(service):
    mixed = last(service.mix(Mix()))
    assert mixed.norms[3] > mixed.usual[1] > mixed.norms[2]
    assert differ(mixed.raw[0], mixed.pictures[3]) > 0.05
    assert differ(mixed.way[0], mixed.pictures[2]) == 0 and differ(mixed.way[-1], mixed.pictures[3]) == 0
    drawn = [last(service.draw(Draw(seed=seed, count=1))).pictures[0] for seed in (12, 27, 9)]
    assert all(differ(one, other) == 0 for one, other in zip(mixed.pictures[:3], drawn, strict=True))


def test_b_minus_b_plus_a_way_back_is_a(service):
    """a - b + b is a: c and b are the same."""
    mixed = last(service.mix(Mix(seed_a=3, seed_b=8, seed_c=8)))
    assert apart(mixed.raw[0], mixed.pictures[0]) <= 1


# classes


def test_a_column_of_the_table_shares_its_noise(service):
    drawn = last(service.classes(Classes(seed=20, columns=4)))
    assert drawn.pictures.shape == (40, 1, 28, 28)
    assert drawn.seeds == (20, 21, 22, 23) * 10 and drawn.digits == tuple(
        digit for digit in range(10) for _ in range(4)
    )
    asked = last(service.draw(Draw(model="conditional", seed=20, count=4, digit=6))).pictures
    assert differ(drawn.pictures[24:28], asked) == 0


def test_a_morph_begins_and_ends_with_its_classes(service):
    way = last(service.morph(Morph(seed=3, digit_from=2, digit_to=5, frames=6, limit=1.5)))
    for picture, digit in ((way.arc[0], 2), (way.arc[-1], 5)):
        ends = last(service.draw(Draw(model="conditional", seed=3, count=1, digit=digit, limit=1.5))).pictures[0]
        assert apart(picture, ends) <= 1
    assert np.ptp(way.arc_norm) < 1e-4 and way.straight.size == 0
    still = last(service.morph(Morph(digit_from=4, digit_to=4, frames=3))).arc
    assert differ(still[0], still[1]) == 0


# bad input

BAD = [
    (Draw, {"model": "stylegan"}, "model must be one of r3, conditional, .*, got stylegan."),
    (Draw, {"count": 0}, "count must be between 1 and 100, got 0."),
    (Draw, {"count": 2.5}, "count must be a whole number, got 2.5."),
    (Draw, {"seed": -1}, "seed must be between 0 and 4294967295, got -1."),
    (Draw, {"limit": math.nan}, "limit must be a number, got nan."),
    (Draw, {"limit": 0}, "limit must be between 0.05 and 4, got 0."),
    (Draw, {"digit": 10}, "digit must be one of -1, 0, .*, got 10."),
    (Walk, {"frames": 0}, "frames must be between 2 and 120, got 0."),
    (Walk, {"frames": 10_000}, "frames must be between 2 and 120, got 10000."),
    (Walk, {"circle": "round"}, "circle must be true or false, got round."),
    (Walk, {"seed_to": 2**32}, "seed_to must be between 0 and 4294967295, got 4294967296."),
    (Mix, {"strength": math.inf}, "strength must be a number, got inf."),
    (Mix, {"strength": -0.1}, "strength must be between 0 and 2, got -0.1."),
    (Mix, {"seed_b": None}, "seed_b is empty. Fill in a number."),
    (Classes, {"columns": 13}, "columns must be between 1 and 12, got 13."),
    (Morph, {"digit_to": -1}, "digit_to must be one of 0, .*, got -1."),
    (Morph, {"frames": 1}, "frames must be between 2 and 120, got 1."),
]


@pytest.mark.parametrize(("request_", "values", "words"), BAD, ids=lambda part: getattr(part, "__name__", None))
def test_bad_input_is_one_sentence(request_, values, words):
    with pytest.raises(BadRequestError, match=words):
        request_(**values)


# files

SAVED = {  # use-case -> request, formats, the checkpoint that its card names
    "gan_draw": (Draw(model="colour", count=5), ("png", "json"), "gan-colour"),
    "gan_walk": (Walk(frames=4, model="mlp"), ("png", "gif", "mp4", "json"), "gan-digits-mlp"),
    "gan_mix": (Mix(strength=0.5), ("png", "gif", "mp4", "json"), "gan-digits-r3"),
    "gan_classes": (Classes(columns=2), ("png", "json"), "gan-digits-conditional"),
    "gan_morph": (Morph(frames=3), ("png", "gif", "mp4", "json"), "gan-digits-conditional"),
}


@pytest.mark.parametrize(("use_case", "kind"), [(name, kind) for name, row in SAVED.items() for kind in row[1]])
def test_a_saved_file_carries_its_card(service, tmp_path, use_case, kind):
    request, _, checkpoint = SAVED[use_case]
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(saved(service, use_case, request, kind))
    card = cards.read(file)
    assert (card.use_case, card.checkpoint) == (use_case, checkpoint) and card.sha256
    assert type(request)(**card.values) == request


def test_a_saved_animation_goes_there_and_back_and_a_circle_round(service, tmp_path):
    for request, count in ((Walk(frames=5), 8), (Walk(frames=5, circle=True), 4)):
        file = tmp_path / "saved.gif"
        file.write_bytes(saved(service, "gan_walk", request, "gif"))
        picture = Image.open(file)
        assert picture.n_frames == count and picture.width <= 660


@pytest.mark.parametrize(
    ("request_", "tiles"), [(Walk(frames=120), (25, 2)), (Draw(count=10), (8, 2)), (Mix(), (7, 2))]
)
def test_a_saved_sheet_is_no_wider_than_it_can_be_read(service, tmp_path, request_, tiles):
    file = tmp_path / "saved.png"
    file.write_bytes(saved(service, f"gan_{type(request_).__name__.lower()}", request_, "png"))
    width, height = Image.open(file).size
    assert width <= 1400 and round(width / height, 1) == round((tiles[0] * 29 - 1) / (tiles[1] * 29 - 1), 1)


# what ships


def tiles(file, count):
    """The pictures of a sheet."""
    return np.stack(np.split(np.asarray(Image.open(file), np.int16), count, axis=1))


@pytest.mark.parametrize("name", ["draw", "walk", "mix", "classes", "morph", "critic", "compare"])
def test_a_first_result_opens_as_it_was_made(service, tmp_path, name):
    made = find(f"gan_{name}")
    assert first_results.make(service.service, f"gan_{name}", tmp_path)
    first = first_results.load(f"gan_{name}", tmp_path)
    value = first["value"]
    assert requests_of("gan")[name](**first["values"]) == made.first
    assert first["checkpoint"] == made.checkpoints(made.first)[0] and first["seed"] in first["values"].values()
    shown = last(service.service.stream(f"gan_{name}", made.first))
    assert {key: value[key] for key in shown if key != "sheets"} == {
        key: shown[key] for key in shown if key != "sheets"
    }
    assert (tmp_path / f"gan_{name}-0.png").read_bytes() == shown["sheets"][0]
    assert Image.open(tmp_path / f"gan_{name}-0.png").size == (value["w"] * value["counts"][0], value["h"])


@pytest.mark.parametrize("name", ["draw", "walk", "mix", "classes", "morph", "critic", "compare"])
def test_what_ships_is_what_the_shipped_weights_draw(name):
    """But for rounding, which another processor does otherwise; a critic's wish is a slope, and rounds more."""
    made = find(f"gan_{name}")
    service = Runs(Store(device="cpu"), "gan").service
    (shown,) = (last(service.stream(f"gan_{name}", made.first))["sheets"],)
    count = first_results.load(f"gan_{name}")["value"]["counts"][0]
    now, shipped = (tiles(file, count) for file in (io.BytesIO(shown[0]), EXAMPLES / f"gan_{name}-0.png"))
    wish = slice(100, 200) if name == "critic" else slice(0, 0)
    gap = np.abs(now - shipped)
    assert np.delete(gap, range(*wish.indices(count)), axis=0).max() <= 1
    assert gap.max() <= 12


def test_words_say_which_ways_there_are(service):
    said = {"says": {}, "says_same": {"seed_to": 15}, "says_circle": {"circle": True}}
    for words, changes in said.items():
        value = last(service.service.stream("gan_walk", Walk(frames=3, **changes)))
        assert value["says"] == words and value["round"] is bool(changes.get("circle")) and not value["told"]
        assert value["counts"] == [3 * len(value["ways"])] == [3 if changes.get("circle") else 6]
    assert last(service.service.stream("gan_walk", Walk(frames=2, model="conditional")))["told"]
    assert last(service.service.stream("gan_morph", Morph(frames=2, digit_to=4)))["says"] == "says_same"
    mixed = last(service.service.stream("gan_mix", Mix()))
    assert mixed["seeds"] == [12, 27, 9] and mixed["counts"] == [12]
    table = last(service.service.stream("gan_classes", Classes(columns=2)))
    assert table["columns"] == ["7", "8"] and table["rows"] == [str(digit) for digit in range(10)]


def test_the_small_grid_holds_the_default_parts_of_a_sum():
    offered = range(requests.POOL.seed, requests.POOL.seed + requests.POOL.count)
    assert {Mix.seed_a, Mix.seed_b, Mix.seed_c} <= set(offered)
    pool = first_results.load("gan_mix")["value"]["pool"]
    assert pool["seeds"] == list(offered) and pool["sheets"][0]["url"].startswith("./shipped/gan_mix-1.png?")
