"""What the questions of music do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, stored
from aigc_demo.services.music.requests import COURSE, MELODY, Beside, Harmonise, Write


def broken(store: Store, request: Write, piece: Any) -> list[Side]:
    """The piano roll and the number of broken rules."""
    from aigc_demo.services.music.scores import drawn  # here, since a page is served without torch

    picture = np.asarray(drawn(piece), dtype=np.float32).transpose(2, 0, 1) / 127.5 - 1
    return [Side({"broken_rules": float(len(piece.faults))}, picture[None], 1)]


ENDING = f"{MELODY.rpartition('62 62 - - -')[0]}64 62 - - -"  # another last bar


def chords(store: Store, request: Harmonise, piece: Any) -> list[Side]:
    """The piano roll of a melody in four voices."""
    (side,) = broken(store, Write(), piece)
    ending = "as_is" if request.melody == MELODY else "changed"
    return [Side({}, side.pictures, 1, name=f"experiment.melody_{ending}")]


def looks_ahead(one: Side, other: Side) -> bool:
    """The first half of the roll is the same to the last pixel, the second is not."""
    assert one.pictures is not None and other.pictures is not None
    middle = one.pictures.shape[-1] // 2
    same = (one.pictures[..., :middle] == other.pictures[..., :middle]).all()
    return bool(same) and not np.array_equal(one.pictures, other.pictures)


def alike(store: Store, request: Beside, made: Any) -> list[Side]:
    """The tokens that ours wrote, and how many from the start on are those of the library."""
    text = " ".join(map(str, made.ours))
    return [Side({"tokens_alike": made.both.same, "apart": made.both.maximum}, text=text)]


def parallels(store: Store, request: None, made: None) -> list[Side]:
    """Parallel fifths and octaves at the stored moments of the training."""
    course = stored(f"{COURSE}-training")
    moments = course["snapshots"]
    both = [moment["fifths"] + moment["octaves"] for moment in moments]
    lines = [
        (colour, [(place, moment[rule]) for place, moment in enumerate(moments)])
        for colour, rule in (("glow", "fifths"), ("water", "octaves"))
    ]
    bach = course["bach"]["fifths"] + course["bach"]["octaves"]
    measures = {
        "parallels_first": both[0],
        "parallels_last": both[-1],
        "parallels_bach": bach,
    }
    axes = ("experiment.moment", "experiment.per_moves")
    return [Side(measures, lines=lines, axes=axes, name="experiment.both_parallels")]


EXPERIMENTS = {
    "music.predict_ahead": Experiment((Harmonise(), Harmonise(melody=ENDING)), chords, looks_ahead),
    "music.predict_beside": Experiment(
        (Beside(length=100),),
        alike,
        lambda side: side.measures["tokens_alike"] == 100 and side.measures["apart"] < 1e-4,
        sides=1,
        kind="text",
    ),
    "music.predict_training": Experiment(
        (),
        parallels,
        lambda side: (
            side.measures["parallels_last"] > 4 * side.measures["parallels_first"]
            and side.measures["parallels_last"] > 10 * side.measures["parallels_bach"]
        ),
        sides=1,
        kind="lines",
    ),
    "music.predict_hot": Experiment(
        tuple(Write(temperature=temperature, bars=12, top_p=1.0) for temperature in (0.3, 1.6)),
        broken,
        lambda cold, hot: hot.measures["broken_rules"] > 2 * cold.measures["broken_rules"],
    ),
}
