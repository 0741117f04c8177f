"""What the questions of the training room do, and the claims that they prove."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, course, stored
from aigc_demo.services.training.requests import Augment, Horses, Parity, Race, Selfsup

if TYPE_CHECKING:
    from aigc_demo.services.training.augment import Augmented
    from aigc_demo.services.training.horses import Reading
    from aigc_demo.services.training.parity import Twin  # a page is served without torch
    from aigc_demo.services.training.race import Moment
    from aigc_demo.services.training.selfsup import Learned

EDGE = 180  # pixels of a lane in an answer


def differing_layers(store: Store, request: Any, made: "tuple[Twin, ...]") -> Sequence[Side]:
    """The denoising network as it is, and with its attention scaled wrongly: layers before the first that differs."""
    network = made[0]
    wrong = next(mistake for mistake in network.mistakes if mistake.name == "wrong_scaling")
    names = [ours for ours, *_ in network.layers]
    first = len(names) if wrong.first is None else wrong.first
    agree, differ = names[:first], names[first:]
    return [
        Side(
            {"layers_agree": len(names) if network.first is None else network.first},
            text=" · ".join(names),
            name="experiment.as_it_is",
        ),
        Side(
            {"layers_agree": first, "layers_differ": len(differ)},
            text=" · ".join([*agree, *(f"✗ {x}" for x in differ)]),
            name="experiment.with_mistake",
        ),
    ]


def lanes(store: Store, request: Any, made: "Moment") -> Sequence[Side]:
    """Every lane, how often it was updated, and how far it is from the points."""
    from aigc_demo.services.training.race import pane

    sides = []
    for look in made.lanes:
        picture = np.asarray(pane(made.real, look).resize((EDGE, EDGE)), np.float32) / 127.5 - 1
        measures = {"lane_updates": float(look.step), "lane_distance": look.distance}
        sides.append(Side(measures, picture.transpose(2, 0, 1)[None], name=f"training.{look.name}"))
    return sides


def read(store: Store, request: Any, made: "Reading") -> Sequence[Side]:
    """What the law says of the place that was asked for."""
    now = made.now
    words = f"{now.parameters / 1e3:.0f} k × {now.tokens / 1e6:.1f} M"
    return [Side({"law_loss": now.loss}, text=words)]


def read_rightly(store: Store, request: Any, made: "Augmented") -> Sequence[Side]:
    """What the classifier was shown, and the share of held-out digits that it reads rightly in the end."""
    course = made.augmented
    assert course is not None, "an experiment trains"
    return [Side({"held_out_read": 100 * course.right[-1][1]}, made.after, 4)]


def read_without_labels(store: Store, request: Any, made: "Learned") -> Sequence[Side]:
    """The task as the network does it in the end, and the share of held-out digits that its features let one read."""
    measures = {"held_out_read": 100 * made.probe[-1][1], "random_read": 100 * made.probe[0][1]}
    pictures = np.concatenate(made.rows[-2:])  # what it sees and what it makes of that, or two views
    return [Side(measures, pictures, len(made.rows[0]), name=f"training.objective_{request.objective}")]


NOTHING = Augment(crop=0, rotate=0, scale=0)


def overfitted(store: Store, request: None, made: None) -> Sequence[Side]:
    """The stored training on few pictures: its loss, and the loss on pictures that are held out."""
    told = stored("training_train")["value"]
    held = [loss for _, loss in told["other"]]
    measures = {"held_lowest": min(held), "held_last": held[-1], "pictures_learned": told["learned"]}
    return [course([told["curve"], told["other"]], "learned_held", "update", measures)]


def from_nothing(store: Store, request: None, made: None) -> Sequence[Side]:
    """The stored training of a GPT on Shakespeare: its loss, and the loss on what is held out."""
    training = stored("training_gpt")["value"]
    measures = {"held_start": training["held"][0][1], "held_end": training["held"][-1][1]}
    return [course((training["curve"], training["held"]), "nats_axis", "update", measures)]


EXPERIMENTS = {
    "training.predict_minute": Experiment(
        (),
        from_nothing,
        lambda side: side.measures["held_start"] > 4.0 and 1.7 < side.measures["held_end"] < 2.4,
        sides=1,
        kind="lines",
    ),
    "training.predict_held": Experiment(
        (),
        overfitted,
        lambda side: side.measures["held_last"] > side.measures["held_lowest"] + 0.02,
        sides=1,
        kind="lines",
    ),
    "training.predict_twice": Experiment(
        (Horses(), Horses(tokens=2000), Horses(parameters=400)),
        read,
        lambda now, data, size: (
            now.measures["law_loss"] - data.measures["law_loss"]
            > 2 * (now.measures["law_loss"] - size.measures["law_loss"])
            > 0
        ),
        sides=3,
        kind="text",
    ),
    "training.predict_updates": Experiment(
        (Race(wgan_gp=True, vae=False, seconds=2),),
        lanes,
        lambda gan, wgan_gp, diffusion, flow: (
            2 * wgan_gp.measures["lane_updates"] < gan.measures["lane_updates"]
            and 1.2 * gan.measures["lane_updates"] < min(side.measures["lane_updates"] for side in (diffusion, flow))
            and wgan_gp.measures["lane_distance"] > 1.5 * flow.measures["lane_distance"]
        ),
        sides=4,
    ),
    "training.predict_augment": Experiment(
        (NOTHING, replace(NOTHING, rotate=180), Augment()),
        read_rightly,
        lambda nothing, spun, usual: (
            usual.measures["held_out_read"] > nothing.measures["held_out_read"] + 15
            and usual.measures["held_out_read"] > spun.measures["held_out_read"] + 15
        ),
        sides=3,
    ),
    "training.predict_unlabelled": Experiment(
        (Selfsup(objective="masked"), Selfsup(objective="next"), Selfsup()),
        read_without_labels,
        lambda masked, following, views: (
            min(masked.measures["held_out_read"], following.measures["held_out_read"])
            > masked.measures["random_read"] + 5
            and views.measures["held_out_read"]
            > max(masked.measures["held_out_read"], following.measures["held_out_read"]) + 5
        ),
        sides=3,
    ),
    "parity.predict_where": Experiment(
        (Parity(model="diffusion-digits"),),
        differing_layers,
        lambda right, wrong: (
            0 < wrong.measures["layers_agree"] < right.measures["layers_agree"]
            and "✗ down.1.attentions.0" in wrong.text
            and wrong.text.index("✗") == wrong.text.index("✗ down.1.attentions.0")
            and wrong.measures["layers_differ"] > 10
        ),
        kind="text",
    ),
}
