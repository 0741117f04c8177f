"""The time machine of chorales: what is made of a run, and what ships."""

import json

import pytest
from runs import Runs, last
from tiny_music import network, tiny_store

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.data.chorales import RANGES
from aigc_demo.services import first_results
from aigc_demo.services.music.requests import COURSE, MODELS, Write
from aigc_demo.training.chorales import RECIPES
from aigc_demo.training.time_machine import chorales as time_machine
from aigc_demo.ui.tabs.music import training as tab


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    service = Runs(tiny_store(tmp_path_factory.mktemp("assets")), "music")
    return tuple(last(service.write(Write(bars=2, seed=seed))).chorale for seed in (1, 2))


@pytest.mark.parametrize("name", MODELS)
def test_every_moment_gets_the_same_melody_and_is_measured(tmp_path, held, name):
    batch = RECIPES[name].batch
    lines = [{"pictures": step * batch, "minutes": step / 10, "loss": 5.0 / step} for step in (10, 20)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for file in ("snapshot-00000000.safetensors", "done.safetensors"):
        files.save(network(name), tmp_path / file)
    course = time_machine.render(name, tmp_path, tmp_path / "done.safetensors", held)
    assert [moment["step"] for moment in course["snapshots"]] == [0, 20]
    assert [moment["minutes"] for moment in course["snapshots"]] == [0, 2]
    first, end = course["snapshots"]  # the same weights
    assert {**first, "step": 0, "minutes": 0} == {**end, "step": 0, "minutes": 0}
    assert first["voices"][0] == course["bach"]["voices"][0] and first["voices"] != course["bach"]["voices"]
    assert course["melodies"] == 2 and [point["step"] for point in course["curve"]] == [10, 20]


def test_what_ships_goes_from_noise_to_the_shipped_model():
    course = first_results.read(f"{COURSE}-training")
    assert course and course["checkpoint"] == COURSE
    moments, known = course["snapshots"], catalogue.checkpoint(COURSE)
    steps = [moment["step"] for moment in moments]
    assert steps == sorted(set(steps)) and steps[0] == 0 and steps[-1] == known.steps and len(steps) > 5
    assert moments[0]["nats"] == pytest.approx(course["guess"], abs=0.5)
    assert moments[-1]["nats"] == pytest.approx(known.metrics["nats_per_token"], abs=0.01)
    assert course["bach"]["fifths"] == pytest.approx(known.metrics["real_fifths"], abs=0.01)
    for one in (course["bach"], *moments):
        assert one["voices"][0] == course["bach"]["voices"][0]
        for voice, (low, high) in zip(one["voices"], RANGES, strict=True):
            assert len(voice) == len(one["voices"][0]) <= 80
            assert all(sign in (0, 1) or low <= sign <= high for sign in voice)
        assert all(0 <= fault[1] < len(one["voices"][0]) for fault in one["faults"])


def test_the_tab_says_so_where_nothing_ships(tmp_path):
    assert tab.address(tmp_path) is None and tab.address()
    assert "lx-nothing" in tab.grown("x", None).html_template
    assert "lx-grown" in tab.grown("x", tab.address()).html_template
