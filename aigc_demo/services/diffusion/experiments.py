"""What the questions of the diffusion family do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.diffusion.requests import CHECKPOINT, Beside, Cut, Draw, Forward, Grid, Redraw, Walk
from aigc_demo.services.experiments import Experiment, Side, by_column, course, gap, ink, judged, read, stored, variety

FIVE = 103  # a real digit to redraw: a 5
MIDDLE = (0.2, 0.8)  # neither paper nor ink
SEEDS = 4  # of every digit, in the experiment on guidance


def bold(store: Store, request: Grid, pictures: Any) -> list[Side]:
    """Ink, likeness, and how many pictures are read as what was asked for."""
    classes = pictures.reshape(10, request.seeds, *pictures.shape[1:])
    right = np.mean([digit == place // request.seeds for place, digit in enumerate(read(store, pictures))])
    alike = float(np.mean([variety(pictures) for pictures in classes]))
    return [Side({"ink": ink(pictures), "variety": alike, "as_asked": float(right)}, pictures, 2 * request.seeds)]


def redrawn(store: Store, request: Redraw, frame: Any) -> list[Side]:
    """The digit and what became of it."""
    from aigc_demo.services.diffusion.denoising import real_digit  # here, since a page is served without torch

    before = real_digit(store, request.sample, "").numpy()
    both = np.concatenate([before, frame.x[None]])
    first, last = read(store, both)
    return [Side({"was": first, "became": last}, both, 2)]


def cut_short(store: Store, request: Cut, made: Any) -> list[Side]:
    """After as many steps: a run that ends there, one that goes on; and where the long one ends."""
    names = ("few", "cut", "many")
    pictures = (made.few, np.clip(made.cut / 2, -1, 1), made.many)
    return [
        Side({"from_end": gap(picture, made.many)}, picture[None], 1, name=f"experiment.cut_{name}")
        for name, picture in zip(names, pictures, strict=True)
    ]


def last_step(store: Store, request: Draw, frame: Any) -> list[Side]:
    return [Side({}, frame.x[None], 1, name=f"experiment.last_{request.sampler}_{request.steps}")]


def strays(*sides: Side) -> bool:
    """Five steps of DDPM are much further from its fifty than those of DDIM."""
    ddim, ddim_long, ddpm, ddpm_long = (side.pictures for side in sides if side.pictures is not None)
    return gap(ddpm, ddpm_long) > 2 * gap(ddim, ddim_long)


def takes_over(low: Side, middle: Side, high: Side) -> bool:
    """Little noise keeps the digit, much of it does not."""
    kept = [side.measures["was"] == side.measures["became"] for side in (low, middle, high)]
    return kept == [True, True, False]


def fooled(store: Store, request: Forward, made: Any) -> list[Side]:
    """A digit with noise, what the judge reads in it, and how sure it is."""
    picture = np.clip(made.x, -1, 1)[None, None]
    odds = judged(store, picture)[0]
    return [Side({"became": int(odds.argmax()), "sure": float(odds.max())}, picture, 1)]


def half_way(store: Store, request: Walk, stops: Any) -> list[Side]:
    """Half-way between two digits: their pixels mixed, and what comes of their noise mixed."""
    mixed = (stops[0] + stops[-1]) / 2
    return [
        Side({"grey": grey(picture)}, np.stack([stops[0], picture, stops[-1]]), 3, name=f"experiment.clip_{name}")
        for name, picture in (("pixels", mixed), ("noise", stops[len(stops) // 2]))
    ]


def grey(picture: Any) -> float:
    """Share of pixels that are neither paper nor ink."""
    ink = (picture + 1) / 2
    return float(((ink > MIDDLE[0]) & (ink < MIDDLE[1])).mean())


def columns(store: Store, request: Grid, pictures: Any) -> list[Side]:
    """How much of the ink goes by the column, which is the noise."""
    table = pictures.reshape(10, request.seeds, *pictures.shape[1:])
    share = by_column((table.mean(axis=(2, 3, 4)) + 1) / 2)
    return [Side({"column_ink": share}, pictures, request.seeds, name="experiment.same_noise")]


def late(store: Store, request: Beside, made: Any) -> list[Side]:
    """The digit, how far it is from the library's, and the layers that agree before the first that does not."""
    agree = len(made.layers) if made.first is None else made.first
    return [Side({"mean_apart": made.mean, "layers_agree": agree}, made.ours.reshape(1, 1, *made.ours.shape[-2:]), 1)]


def readable(store: Store, request: None, made: None) -> list[Side]:
    """The stored training: the share of digits that are read as asked, and when it is nine of ten."""
    moments = stored(f"{CHECKPOINT}-training")["snapshots"]
    at = next(one["minutes"] for one in moments if one["class_accuracy"] >= 0.9)
    points = [(one["minutes"], 100 * one["class_accuracy"]) for one in moments]
    return [course([points], "percent_read", "minutes", {"nine_of_ten": at, "whole_minutes": moments[-1]["minutes"]})]


EXPERIMENTS = {
    "diffusion.predict_fooled": Experiment(
        (Forward(level=20), Forward(level=200)),
        fooled,
        lambda clean, noisy: clean.measures["became"] == 7 != noisy.measures["became"] and noisy.measures["sure"] > 0.9,
    ),
    "diffusion.predict_walk": Experiment(
        (Walk(frames=3, steps=6),),
        half_way,
        lambda pixels, noise: noise.measures["grey"] < 0.7 * pixels.measures["grey"],
    ),
    "diffusion.predict_columns": Experiment(
        (Grid(steps=6),), columns, lambda table: table.measures["column_ink"] > 0.4, sides=1
    ),
    "diffusion.predict_mistake": Experiment(
        (Beside(steps=6), Beside(steps=6, mistake="timestep_off_by_one")),
        late,
        lambda right, wrong: (
            wrong.measures["layers_agree"] == 0 < right.measures["layers_agree"]
            and right.measures["mean_apart"] < 1e-5 < wrong.measures["mean_apart"] < 0.01
        ),
    ),
    "diffusion.predict_training": Experiment(
        (),
        readable,
        lambda whole: whole.measures["nine_of_ten"] < 0.05 * whole.measures["whole_minutes"],
        sides=1,
        kind="lines",
    ),
    "diffusion.predict_guidance": Experiment(
        (Grid(seeds=SEEDS, steps=6), Grid(seeds=SEEDS, steps=6, guidance=8)),
        bold,
        lambda before, after: (
            after.measures["ink"] > 1.2 * before.measures["ink"] and after.measures["as_asked"] > 0.95
        ),
        sets=Draw(guidance=8),
    ),
    "diffusion.predict_level": Experiment(
        tuple(Redraw(FIVE, level=level) for level in (300, 600, 900)), redrawn, takes_over, sides=3
    ),
    "diffusion.predict_cut": Experiment(
        (Cut(),),
        cut_short,
        lambda few, cut, many: few.measures["from_end"] < 0.05 < 0.2 < cut.measures["from_end"],
        sides=3,
    ),
    "diffusion.predict_samplers": Experiment(
        tuple(Draw(5, steps=steps, sampler=sampler) for sampler in ("ddim", "ddpm") for steps in (5, 50)),
        last_step,
        strays,
        sides=4,
    ),
}
