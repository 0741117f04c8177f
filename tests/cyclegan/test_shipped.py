"""What ships with the CycleGAN page, held against the weights that ship, and the figures that they must reach."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from runs import last

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.services import first_results
from aigc_demo.services.cyclegan.requests import CYCLE, JUDGE, WITHOUT
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find

COURSE = first_results.EXAMPLES / f"{CYCLE}-training.json"


@pytest.mark.parametrize("name", ["cyclegan_translate", "cyclegan_compare"])
def test_a_first_result_is_what_the_shipped_weights_make(name):
    first = json.loads((first_results.EXAMPLES / f"{name}.json").read_text())
    assert first["sha256"] == catalogue.checkpoint(CYCLE).sha256, "run python -m aigc_demo.services cyclegan"
    now = last(Service(Store(device="cpu")).stream(name, find(name).first))
    (raw,), (kept,) = now.pop("sheets"), first["value"].pop("sheets")
    before = np.asarray(Image.open(first_results.EXAMPLES / kept["shipped"]), np.int16)
    made = np.asarray(Image.open(io.BytesIO(raw)), np.int16)
    assert before.shape == made.shape and np.abs(before - made).mean() < 1, "shades of 256"
    assert now.keys() == first["value"].keys() and now["direction"] == first["value"]["direction"]


def test_the_translations_beat_doing_nothing_and_the_ablation():
    """On held-out pairs: nearer to the truth, and read more often as the other vendor's drawing of the same group."""
    cycle, without = (catalogue.checkpoint(id).metrics for id in (CYCLE, WITHOUT))
    assert cycle["mean_absolute_error"] < cycle["mean_absolute_error_nothing"]
    assert cycle["mean_absolute_error"] < without["mean_absolute_error"]
    assert cycle["class_right"] > 5 * cycle["class_right_nothing"]
    assert cycle["class_right"] > without["class_right"]
    assert cycle["vendor_right"] > 10 * cycle["vendor_right_nothing"]
    assert cycle["cycle_error"] < 0.06 < without["cycle_error"]


def test_both_trainings_were_as_long():
    cycle, without = (catalogue.checkpoint(id) for id in (CYCLE, WITHOUT))
    assert cycle.steps == without.steps > 4000 and f"steps={cycle.steps}" in without.command


def test_the_judge_tells_vendors_apart():
    metrics = catalogue.checkpoint(JUDGE).metrics
    assert metrics["vendor_right"] > 0.95 and metrics["group_right"] > 0.6


def test_the_course_of_the_training_ends_with_the_shipped_figures():
    course = json.loads(COURSE.read_text())
    moments = course["moments"]
    assert len(moments) >= 9 and [m["pictures"] for m in moments] == sorted(m["pictures"] for m in moments)
    assert moments[0]["error"] > course["nothing"] > moments[-1]["error"]
    assert moments[-1]["error_without"] > moments[-1]["error"]
    entry = catalogue.checkpoint(CYCLE)
    assert moments[-1]["pictures"] == 4 * entry.steps and moments[-1]["minutes"] == pytest.approx(
        entry.minutes, abs=0.1
    )
    sheet = Image.open(first_results.EXAMPLES / f"{CYCLE}-snapshots.png")
    assert sheet.size == (8 * course["side"], (1 + 2 * len(moments)) * course["side"])
    assert COURSE.with_name(f"{CYCLE}-snapshots.png").stat().st_size < 500_000
