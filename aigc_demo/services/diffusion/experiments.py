"""What the questions of the diffusion family do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.diffusion.requests import Cut, Draw, Grid, Redraw
from aigc_demo.services.experiments import Experiment, Side, gap, ink, read, variety

FIVE = 103  # a real digit to redraw: a 5
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
    return [Side({}, frame.x[None], 1)]


def strays(*sides: Side) -> bool:
    """Five steps of DDPM are much further from its fifty than those of DDIM."""
    ddim, ddim_long, ddpm, ddpm_long = (side.pictures for side in sides if side.pictures is not None)
    return gap(ddpm, ddpm_long) > 2 * gap(ddim, ddim_long)


def takes_over(low: Side, middle: Side, high: Side) -> bool:
    """Little noise keeps the digit, much of it does not."""
    kept = [side.measures["was"] == side.measures["became"] for side in (low, middle, high)]
    return kept == [True, True, False]


EXPERIMENTS = {
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
