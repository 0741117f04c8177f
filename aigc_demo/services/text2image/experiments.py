"""What the questions of the text-to-image family do, and the claims that they prove."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side
from aigc_demo.services.text2image.requests import Draw, Redraw, Type

FROG = "a frog on the right, yellow background"
ABOVE = "a dog above a house, purple background"
NEW = "a watermelon on a blue background"  # of the pairs that are held out, see data/scenes.py

CORNER = 10  # pixels, where no frog is


def pictures(store: Store, request: Draw | Redraw, frame: Any) -> list[Side]:
    """What was drawn, and the share in which the detector finds everything as asked."""
    right = [reading.right["all"] for reading in frame.readings]
    return [Side({"all_asked": sum(right) / len(right)}, frame.x0, min(2, len(right)))]


def guided(store: Store, request: Draw, frame: Any) -> list[Side]:
    """As `pictures`, and how far an even background is from even: its deviation in a corner, as a share of the way
    from black to white."""
    (side,) = pictures(store, request, frame)
    uneven = float(frame.x0[:, :, :CORNER, :CORNER].std(axis=(2, 3)).mean()) / 2
    return [Side({**side.measures, "uneven": uneven}, side.pictures, side.columns)]


def new(store: Store, request: Draw, frame: Any) -> list[Side]:
    """As `pictures`, under a name of its own."""
    (side,) = pictures(store, request, frame)
    return [Side(side.measures, side.pictures, side.columns, name="text2image.try_heldout")]


def few(store: Store, request: Draw | Type, result: Any) -> list[Side]:
    """What teacher and student draw in as many steps, as `pictures` tells it."""
    student = isinstance(request, Type)
    drawn, name = (result.pictures, "student") if student else (result.x0, "teacher")
    right = [reading.right["all"] for reading in result.readings]
    return [Side({"all_asked": sum(right) / len(right)}, drawn, 2, name=f"text2image.type_{name}")]


def asked(side: Side) -> float:
    """The share of pictures that are as asked."""
    return side.measures["all_asked"]


def uneven(side: Side) -> float:
    """How far the background is from even."""
    return side.measures["uneven"]


EXPERIMENTS = {
    "text2image.predict_guidance": Experiment(
        tuple(Draw(FROG, guidance=guidance) for guidance in (0, 3, 20)),
        guided,
        lambda low, middle, high: asked(middle) >= 0.5 + asked(low) and uneven(high) > 3 * uneven(middle),
        sides=3,
    ),
    "text2image.predict_heldout": Experiment((Draw(NEW),), new, lambda side: asked(side) >= 0.5, sides=1),
    "text2image.predict_student": Experiment(
        (Draw(ABOVE, steps=1), Type(ABOVE, steps=1, count=4)),
        few,
        lambda teacher, student: asked(student) >= 0.5 + asked(teacher),
    ),
    "text2image.predict_strength": Experiment(
        tuple(Redraw(strength=strength) for strength in (0.1, 0.75)),
        pictures,
        lambda little, much: asked(little) < asked(much),
    ),
}
