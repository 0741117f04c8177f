"""Files, programs and the first result of the GAN on the plane."""

import ast
import contextlib
import dataclasses
import io
import json

import numpy as np
import pytest
from PIL import Image
from runs import Runs, last

from aigc_demo.checkpoints import catalogue
from aigc_demo.data import points
from aigc_demo.models.gan import LOSSES, SLOPE
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services import cards, first_results, home
from aigc_demo.services.gan import frames, pictures, requests
from aigc_demo.services.gan import live as training_of_points
from aigc_demo.services.gan import points as live
from aigc_demo.services.gan.points import train
from aigc_demo.services.gan.requests import Points
from aigc_demo.services.service import REQUEST
from aigc_demo.ui.tabs.gan import plane
from aigc_demo.ui.tabs.gan import points as tab

ROOT = first_results.EXAMPLES.parents[1]
TINY = PointGANConfig.tiny()
DRAWING = "0.1,0.2; -0.4,0.5"

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def shipped(store):
    """The use case as it is, which takes no weights from the store."""
    return Runs(store, "gan")


@pytest.mark.parametrize("kind", ["png", "gif", "mp4", "json"])
def test_a_saved_file_carries_its_card(gans, tmp_path, kind):
    first = last(train(Points(turns=5)))
    made = last(tab.save(gans.service, Points(turns=700), kind, first.saved))
    file = tmp_path / f"run.{kind}"
    file.write_bytes(made)
    card = cards.read(file)
    assert card.use_case == "gan_points" and card.values == dataclasses.asdict(Points(turns=5))
    if kind == "gif":
        assert Image.open(file).n_frames == len(first.saved.frames)
    if kind == "png":
        assert Image.open(file).size == (pictures.SIZE, pictures.SIZE)


def test_a_file_of_another_training_is_made_first(gans):
    other = last(train(Points(turns=1, seed=8))).saved
    steps = list(tab.save(gans.service, Points(turns=2), "png", other))
    assert len(steps) > 2 and steps[-1].value.startswith(b"\x89PNG")


def test_a_picture_shows_points_where_they_are(gans):
    frame = last(gans.points(Points(turns=1)))
    corner = np.tile(np.array([[1.2, 1.2]], np.float32), (len(frame.fake), 1))
    made = pictures.paint(dataclasses.replace(frame, fake=corner, pull=0 * frame.pull))
    x, y = (round(number) for number in pictures.spot(corner[0]))
    assert x > 0.9 * pictures.SIZE and y < 0.1 * pictures.SIZE
    assert made.getpixel((x, y)) == pictures.GLOW


@pytest.mark.parametrize("loss", requests.LOSSES)
def test_the_plain_program_ends_with_the_same_points(shipped, loss):
    request = Points(loss=loss, turns=12, updates=2, data="ring", rate_critic=0.005)
    ours, plain = shipped.service.python("gan_points", request)
    assert "aigc_demo" in ours and "aigc_demo" not in plain
    assert printed(plain) == pytest.approx(last(shipped.points(request)).distance, rel=1e-3)


@pytest.mark.parametrize("data", requests.SETS)
def test_the_plain_program_knows_every_set(shipped, data):
    request = Points(data=data, drawing=DRAWING, loss="logistic", turns=3)
    _, plain = shipped.service.python("gan_points", request)
    assert printed(plain) == pytest.approx(last(shipped.points(request)).distance, rel=1e-3)


def test_the_programs_own_request_and_its_constants_are_ours():
    source = (ROOT / "aigc_demo" / "examples" / "gan_points_library.py").read_text()
    (line,) = (line for line in source.splitlines() if line.startswith(REQUEST))
    assert ast.literal_eval(line.removeprefix(REQUEST)).items() <= dataclasses.asdict(Points()).items()
    config, losses = PointGANConfig(), LOSSES
    sizes = (training_of_points.BATCH, config.noise, config.width, config.depth, SLOPE)
    limits = (losses["relativistic"].slope_zero, losses["wasserstein_slope"].slope_one, losses["wasserstein_clip"].clip)
    assert f"BATCH, NOISE, WIDTH, DEPTH, LEAK = {', '.join(map(str, sizes))}\n" in source
    assert f"SLOPE_ZERO, SLOPE_ONE, CLIP = {', '.join(map(str, limits))}  #" in source


def printed(script):
    """The distance that a script prints."""
    words = io.StringIO()
    with contextlib.redirect_stdout(words):
        exec(script, {})
    return float(words.getvalue().split()[-1])


# what ships, and what two files must agree on


def test_the_recorded_training_is_the_default_one(shipped):
    run = json.loads((first_results.EXAMPLES / "gan_points-0.json").read_text())
    assert run["values"] == dataclasses.asdict(Points())
    assert [frame["step"] for frame in run["frames"]] == live.stops(Points().turns)
    assert run["frames"][-1]["modes"] == 9 and run["frames"][-1]["distance"] < 0.2 * run["frames"][0]["distance"]
    first = first_results.load("gan_points")
    assert first["parameters"] == shipped.service.facts("gan_points", Points())["parameters"] == 17_219


def test_a_recorded_training_is_a_file_that_the_page_fetches(gans, tmp_path):
    made = live.recorded(gans.store, Points(turns=60))
    film = json.loads(made["file"])
    assert [frame["step"] for frame in film["frames"]] == live.stops(60) and film["frames"][0]["losses"] == [None, None]
    moment = last(train(Points(turns=60)))
    assert film["frames"][-1]["fake"] == pictures.packed(moment.frame.fake) and film["real"] == pictures.packed(
        moment.frame.real
    )
    first_results.make(gans.service, "gan_points", tmp_path)
    assert json.loads((tmp_path / "gan_points-0.json").read_text())["values"] == dataclasses.asdict(Points())
    value = first_results.load("gan_points", tmp_path)["value"]
    assert value["file"]["url"].startswith("./shipped/gan_points-0.json?")


def test_the_landing_card_plays_it():
    (family,) = (family for family in catalogue.families() if family.stem == "gan")
    run = home.runs([family])["gan"]
    assert run["file"]["url"].startswith("./shipped/gan_points-0.json?") and run["panes"] == []
    assert (run["parameters"], run["seed"]) == (17_219, 7)


def test_page_and_service_agree():
    assert plane.MOST == points.MOST and requests.SETS == points.SETS
    script = (ROOT / "aigc_demo/ui/tabs/gan/plane.js").read_text()
    assert f"REACH = {frames.REACH}, MAP = {frames.SIDE}, NET = {frames.NET}, ARROW = {pictures.ARROW};" in script
    for values in tab.PRESETS.values():
        assert Points(**values)
        assert {values["rate_generator"], values["rate_critic"]} <= set(tab.OFFERED)
