"""What the questions of the text autoencoders do, and the claims that they prove."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, course, stored
from aigc_demo.services.textvae.requests import VERSE, Compare, Draw, Morph


def half_way(store: Store, request: Morph, made: Any) -> list[Side]:
    """Every step of the way, by code and by words; how many characters half-way stand at neither end."""
    ends = {*made.first.text, *made.last.text}
    ways = (("codes", [step.text for step in made.steps]), ("words", list(made.fade)))
    sides = []
    for name, lines in ways:
        middle = lines[len(lines) // 2]
        measures = {"new_characters": sum(character not in ends for character in middle), "length": len(middle)}
        sides.append(Side(measures, text="\n".join(lines), name=f"experiment.morph_{name}"))
    return sides


def different(store: Store, request: Draw, made: Any) -> list[Side]:
    """How many of the sentences are different."""
    lines = [sentence.text for sentence in made.sentences]
    return [Side({"different": len(set(lines))}, text="\n".join(lines))]


def in_code(store: Store, request: Compare, made: Any) -> list[Side]:
    """How much of a line stands in the code, and what the line costs altogether."""
    costs = {cost.model: cost for cost in made.costs}
    return [
        Side(
            {"in_code": costs[model].kl, "whole": costs[model].total},
            lines=[(kind, list(enumerate(costs[model].dimensions[:12], 1)))],
            axes=("experiment.dimension", "experiment.nats_axis"),
            name=f"textvae.model_{model}",
        )
        for model, kind in (("vae", "glow"), ("vae_inputless", "water"))
    ]


def stuffed(store: Store, request: None, made: None) -> list[Side]:
    """The stored training: how much of a line stands in the code, in the end and at most."""
    moments = stored(f"{VERSE}-training")["moments"]
    peak = max(moments, key=lambda one: one["kl"])
    measures = {
        "code_most": peak["kl"],
        "code_end": moments[-1]["kl"],
        "share_of_training": peak["minutes"] / moments[-1]["minutes"],
    }
    points = [(one["minutes"], one["kl"]) for one in moments]
    return [course([points], "code_nats", "minutes", measures)]


EXPERIMENTS = {
    "textvae.predict_training": Experiment(
        (),
        stuffed,
        lambda whole: (
            whole.measures["code_most"] > 1.4 * whole.measures["code_end"] and whole.measures["share_of_training"] < 0.1
        ),
        sides=1,
        kind="lines",
    ),
    "textvae.predict_morph": Experiment(
        (Morph(),),
        half_way,
        lambda codes, words: (
            codes.measures["new_characters"] > 2
            and words.measures["new_characters"] == 0
            and codes.measures["length"] == 5
        ),
        kind="text",
    ),
    "textvae.predict_draw": Experiment(
        (Draw(), Draw(spread=0)),
        different,
        lambda before, after: before.measures["different"] > 4 and after.measures["different"] == 1,
        kind="text",
    ),
    "textvae.predict_compare": Experiment(
        (Compare(),),
        in_code,
        lambda seeing, blind: seeing.measures["in_code"] < 0.5 * blind.measures["in_code"],
        kind="lines",
    ),
}
