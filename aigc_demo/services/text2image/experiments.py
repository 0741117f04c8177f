"""What the questions of the text-to-image family do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, gap, layers
from aigc_demo.services.text2image.requests import Attention, Beside, Draw, Inpaint, Redraw, Type, Upscale, Walk

FROG = "a frog on the right, yellow background"
ABOVE = "a dog above a house, purple background"
NEW = "a watermelon on a blue background"  # of the pairs that are held out, see data/scenes.py

EARLY, BRIGHT = 1, 0.03  # the second map of a word; the share of its pixels that counts as its brightest part
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


def lit(store: Store, request: Attention, made: Any) -> list[Side]:
    """The maps of the two animals at an early step, and how much of their brightest part lies in the left half."""
    sides = []
    for word in ("dog", "cat"):
        seen = made.maps[made.words.index(word)][EARLY]
        bright = seen > np.quantile(seen, 1 - BRIGHT)
        share = float(bright[:, : seen.shape[1] // 2].sum() / bright.sum())
        picture = (2 * seen / seen.max() - 1).astype(np.float32)[None, None]
        sides.append(Side({"in_left": share}, picture, 1, name=f"experiment.map_{word}"))
    return sides


def stops(store: Store, request: Walk, pictures: Any) -> list[Side]:
    """Every stop, and in how many the detector finds what the one and what the other sentence says, or neither."""
    from aigc_demo.services.text2image.drawing import detector_of, read  # here, since a page is served without torch
    from aigc_demo.services.text2image.words import claimed

    detector = detector_of(store)
    found = [
        sum(one.right["all"] for one in read(detector, pictures, claimed(prompt)))
        for prompt in (request.prompt, request.prompt_to)
    ]
    measures = {"as_first": found[0], "as_last": found[1], "neither": len(pictures) - sum(found)}
    return [Side(measures, pictures, len(pictures), name="experiment.way_of_sentences")]


def kept(store: Store, request: Inpaint, frame: Any) -> list[Side]:
    """Before and after, and how much changed in the half that was kept and in the one that was painted again."""
    from aigc_demo.services.text2image.drawing import Models, drawn

    models = Models(store)
    before = models.decode(drawn(models, request.source, request.seed, request.steps, request.guidance))
    middle = before.shape[-1] // 2
    measures = {
        "changed_left": gap(before[..., : middle - 2], frame.x0[..., : middle - 2]),
        "changed_right": gap(before[..., middle + 2 :], frame.x0[..., middle + 2 :]),
    }
    return [Side({}, before, 1, name="experiment.before"), Side(measures, frame.x0, 1, name="experiment.after")]


def sharper(store: Store, request: Upscale, made: Any) -> list[Side]:
    """Bicubic and the network's picture, and how near each is to the truth."""
    measures = {"psnr_bicubic": made.psnr_bicubic, "psnr_network": made.psnr}
    return [Side(measures, np.stack([made.interpolated, made.upscaled]), 2)]


def nearer(side: Side) -> float:
    """Decibels that the network is nearer to the truth than bicubic interpolation."""
    return side.measures["psnr_network"] - side.measures["psnr_bicubic"]


def table(store: Store, request: Beside, made: Any) -> list[Side]:
    return [layers(made)]


EXPERIMENTS = {
    "text2image.predict_where": Experiment(
        (Attention(),), lit, lambda dog, cat: dog.measures["in_left"] > 0.8 > 0.2 > cat.measures["in_left"]
    ),
    "text2image.predict_way": Experiment(
        (Walk(frames=7),), stops, lambda way: way.measures["neither"] <= 1 < 3 <= way.measures["as_last"], sides=1
    ),
    "text2image.predict_kept": Experiment(
        (Inpaint(),),
        kept,
        lambda before, after: (
            after.measures.get("changed_left", 1) < 0.02 < 0.05 < after.measures.get("changed_right", 0)
        ),
    ),
    "text2image.predict_upscale": Experiment(
        tuple(Upscale(origin=origin) for origin in ("rendered", "rebuilt")),
        sharper,
        lambda clean, rebuilt: nearer(clean) > 3 > nearer(rebuilt) > 0,
    ),
    "text2image.predict_mistake": Experiment(
        (Beside(steps=5), Beside(steps=5, mistake="no_cross_attention")),
        table,
        lambda right, wrong: (
            0 < wrong.measures["layers_agree"] < right.measures["layers_agree"] and wrong.measures["apart"] > 1
        ),
        kind="text",
    ),
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
