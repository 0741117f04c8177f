"""What ships with the CycleGAN tab, held against the weights that ship, and the figures that they must reach."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.services import home
from aigc_demo.services.cyclegan import checkpoints, sheets, shipped
from aigc_demo.services.cyclegan.service import create

COURSE = home.EXAMPLES / f"{checkpoints.CYCLE}-training.json"


@pytest.fixture(scope="module")
def service():
    """The use-cases over the weights that ship."""
    return create(Store(device="cpu"))


@pytest.mark.parametrize("name", shipped.FIRST)
def test_a_first_result_is_what_the_shipped_weights_make(service, name):
    value = json.loads((home.EXAMPLES / f"{checkpoints.CYCLE}-{name}.json").read_text())
    assert value["sha256"] == catalogue.checkpoint(checkpoints.CYCLE).sha256, "run the command of shipped.py"
    raw, facts = sheets.value(getattr(service, name)(shipped.FIRST[name]))
    (home_sheet,) = value["sheets"]
    kept = np.asarray(Image.open(home.EXAMPLES / home_sheet), np.int16)
    made = np.asarray(Image.open(io.BytesIO(raw)), np.int16)
    assert kept.shape == made.shape and np.abs(kept - made).mean() < 1, "shades of 256"
    assert facts["direction"] == value["direction"]


def test_the_translations_beat_doing_nothing_and_the_ablation():
    """On held-out pairs: nearer to the truth, and read more often as the other vendor's drawing of the same group."""
    cycle, without = (catalogue.checkpoint(id).metrics for id in (checkpoints.CYCLE, checkpoints.WITHOUT))
    assert cycle["mean_absolute_error"] < cycle["mean_absolute_error_nothing"]
    assert cycle["mean_absolute_error"] < without["mean_absolute_error"]
    assert cycle["class_right"] > 5 * cycle["class_right_nothing"]
    assert cycle["class_right"] > without["class_right"]
    assert cycle["vendor_right"] > 10 * cycle["vendor_right_nothing"]
    assert cycle["cycle_error"] < 0.06 < without["cycle_error"]


def test_both_trainings_were_as_long():
    cycle, without = (catalogue.checkpoint(id) for id in (checkpoints.CYCLE, checkpoints.WITHOUT))
    assert cycle.steps == without.steps > 4000 and f"--steps {cycle.steps}" in without.command


def test_the_judge_tells_vendors_apart():
    metrics = catalogue.checkpoint(checkpoints.JUDGE).metrics
    assert metrics["vendor_right"] > 0.95 and metrics["group_right"] > 0.6


def test_the_course_of_the_training_ends_with_the_shipped_figures():
    course = json.loads(COURSE.read_text())
    moments = course["moments"]
    assert len(moments) >= 9 and [m["pictures"] for m in moments] == sorted(m["pictures"] for m in moments)
    assert moments[0]["error"] > course["nothing"] > moments[-1]["error"]
    assert moments[-1]["error_without"] > moments[-1]["error"]
    entry = catalogue.checkpoint(checkpoints.CYCLE)
    assert moments[-1]["pictures"] == 4 * entry.steps and moments[-1]["minutes"] == pytest.approx(
        entry.minutes, abs=0.1
    )
    sheet = Image.open(home.EXAMPLES / f"{checkpoints.CYCLE}-snapshots.png")
    assert sheet.size == (8 * course["side"], (1 + 2 * len(moments)) * course["side"])
    assert COURSE.with_name(f"{checkpoints.CYCLE}-snapshots.png").stat().st_size < 500_000
