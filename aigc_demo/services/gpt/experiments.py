"""What the questions of the language models of characters do, and the claims that they prove."""

import math
from collections import Counter
from statistics import fmean
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, stored
from aigc_demo.services.gpt.requests import Attention, Beside, Cache, Lstm, Poem, Surgery, Write
from aigc_demo.services.page_values import Array

BEGUN = "ROMEO:\nBut soft, what light through yonder window "
HEADS = ("春夏秋冬", "春江花月")  # the same first character
SOON, LATE = 20, 80  # characters behind a name


def written(store: Store, request: Write, made: Any) -> list[Side]:
    """A text, how often its commonest line stands in it, and how surprising its characters are."""
    lines = Counter(made.text.split("\n"))
    nats = -float(np.mean([math.log(max(token.p, 1e-9)) for token in made.tokens]))
    return [Side({"same_line": max(lines.values()), "surprise": nats}, text=made.text)]


def rows(store: Store, request: Surgery, odds: Any) -> list[Side]:
    """The odds of the model and the tempered ones."""
    columns = odds.candidates
    lines = [
        ("water", [(place, column.softmax) for place, column in enumerate(columns, 1)]),
        ("glow", [(place, column.tempered) for place, column in enumerate(columns, 1)]),
    ]
    measures = {"softmax_top": columns[0].softmax, "tempered_top": columns[0].tempered}
    return [Side(measures, lines=lines, axes=("experiment.candidate", "experiment.odds"))]


def looks(store: Store, request: Attention, made: Any) -> list[Side]:
    """Four heads of the last two layers, over the part that both texts share."""
    shared = len(BEGUN)
    row, column = np.tril_indices(len(made.text))
    maps = np.zeros((*made.weights.shape[:2], len(made.text), len(made.text)), np.float32)
    maps[:, :, row, column] = made.weights / 255
    shown = maps[-2:, :2, :shared, :shared].reshape(4, 1, shared, shared)
    return [Side({"shared": shared}, shown * 2 - 1, 2, name=f"experiment.ends_{request.prompt[shared:]}")]


def heads(store: Store, request: Poem, made: Any) -> list[Side]:
    lines = ["".join(sign.text for sign in line) for line in made.lines]
    return [Side({}, text="\n".join(lines))]


def felt(store: Store, request: Lstm, made: Any) -> list[Side]:
    """How far the odds still move when the name at the start is another."""
    found = (("gpt", "glow", made.fading.gpt), ("lstm", "water", made.fading.lstm))
    return [
        Side(
            {"felt_soon": 1000 * fmean(moves[:SOON]), "felt_late": 1000 * fmean(moves[LATE:])},
            lines=[(kind, [(place, 1000 * share) for place, share in enumerate(moves, 1)])],
            axes=("experiment.behind", "experiment.draws_axis"),
            name=f"experiment.{name}",
        )
        for name, kind, moves in found
    ]


def reread(store: Store, request: Cache, made: Any) -> list[Side]:
    """Milliseconds of every character by both ways, and how many characters are read without a cache."""
    count = sum(len(made.prompt) + place for place in range(len(made.without)))
    lines = [
        ("water", list(enumerate(made.without, 1))),
        ("glow", list(enumerate(made.with_cache, 1))),
    ]
    measures = {"read_in_all": count, "per_character": count / len(made.without)}
    return [Side(measures, lines=lines, axes=("experiment.place", "experiment.milliseconds"))]


def agreeing(store: Store, request: Beside, made: Any) -> list[Side]:
    """The text, and how far the logits are from those of the library."""
    return [Side({"same_start": made.both.same, "off": made.both.maximum}, text=made.ours)]


def early(store: Store, request: None, made: None) -> list[Side]:
    """Two stored moments of the training: at the line of frequencies, and the last one."""
    training = stored("gpt-shakespeare-training")
    moments = training["snapshots"]
    first = min(moments, key=lambda moment: abs(moment["nats"] - training["unigram"]))
    return [
        Side(
            {"nats": moment["nats"], "frequencies": training["unigram"]},
            text=moment["text"],
            name=f"experiment.{name}",
        )
        for name, moment in (("early", first), ("late", moments[-1]))
    ]


def overfitted(store: Store, request: None, made: None) -> list[Side]:
    """The stored training on a short text: its loss, and the loss on what is held out."""
    training = stored("gpt_tune")["value"]
    held = [nats for _, nats in training["held"]]
    return [
        Side(
            {
                "held_start": held[0],
                "held_least": min(held),
                "held_end": held[-1],
                "train_end": training["curve"][-1][1],
            },
            lines=[("glow", training["curve"]), ("water", training["held"])],
            axes=("experiment.update", "experiment.nats_axis"),
            name="experiment.losses",
        )
    ]


def same_first_line(one: Side, other: Side) -> bool:
    """Two poems with the same first head, of which the others differ."""
    first, second = (side.text.split("\n") for side in (one, other))
    return first[0] == second[0] and first[1:] != second[1:]


def no_look_ahead(one: Side, other: Side) -> bool:
    """The maps over the shared part are the same, to the last bit."""
    pictures: list[Array] = [side.pictures for side in (one, other) if side.pictures is not None]
    return bool((pictures[0] == pictures[1]).all())


EXPERIMENTS = {
    "gpt.predict_cold": Experiment(
        (Write(), Write(temperature=0)),
        written,
        lambda before, after: before.measures["same_line"] < 3 <= after.measures["same_line"],
        kind="text",
    ),
    "gpt.predict_hot": Experiment(
        (Write(length=200), Write(temperature=2, length=200)),
        written,
        lambda before, after: after.measures["surprise"] > 2 * before.measures["surprise"],
        kind="text",
    ),
    "gpt.predict_surgery": Experiment(
        (Surgery(), Surgery(temperature=2)),
        rows,
        lambda before, after: (
            before.measures["softmax_top"] == after.measures["softmax_top"]
            and after.measures["tempered_top"] < 0.6 * before.measures["tempered_top"]
        ),
        kind="lines",
    ),
    "poem.predict": Experiment(tuple(Poem(words) for words in HEADS), heads, same_first_line, kind="text"),
    "inside.predict_attention": Experiment(
        tuple(Attention(f"{BEGUN}{word}") for word in ("breaks", "sleeps")), looks, no_look_ahead
    ),
    "inside.predict_lstm": Experiment(
        (Lstm(),),
        felt,
        lambda gpt, lstm: (
            gpt.measures["felt_late"] > 5 * lstm.measures["felt_late"]
            and lstm.measures["felt_soon"] > 20 * lstm.measures["felt_late"]
            and gpt.measures["felt_soon"] < 100
        ),
        kind="lines",
    ),
    "inside.predict_cache": Experiment(
        (Cache(length=60), Cache(length=120)),
        reread,
        lambda short, long: 3.4 < long.measures["read_in_all"] / short.measures["read_in_all"] < 4,
        kind="lines",
    ),
    "inside.predict_beside": Experiment(
        (Beside(length=60), Beside(length=60, mistake="positions_shifted")),
        agreeing,
        lambda right, shifted: shifted.text == right.text and shifted.measures["off"] < 1e-3,
        kind="text",
    ),
    "inside.predict_tune": Experiment(
        (),
        overfitted,
        lambda side: (
            side.measures["held_least"] < 0.95 * side.measures["held_start"]
            and side.measures["held_end"] > 1.05 * side.measures["held_least"]
            and side.measures["train_end"] < 0.6 * side.measures["held_end"]
        ),
        sides=1,
        kind="lines",
    ),
    "inside.predict_training": Experiment(
        (),
        early,
        lambda first, last: 1.5 * last.measures["nats"] < first.measures["nats"] < 0.95 * first.measures["frequencies"],
        kind="text",
    ),
}
