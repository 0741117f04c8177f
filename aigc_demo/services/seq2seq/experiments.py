"""What the questions of the couplets do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, course, stored
from aigc_demo.services.seq2seq.requests import Beside, Pair


def likeliest(store: Store, request: Pair, made: Any) -> list[Side]:
    """The likeliest lower line and that of the poet, with what a character of it costs."""
    lines = (("model", made.replies[0]), ("poet", made.truth.reply))
    return [
        Side({"nats": line.cost}, text=f"{made.upper}\n{line.text}", name=f"experiment.pair_{name}")
        for name, line in lines
    ]


def searched(store: Store, request: Beside, made: Any) -> list[Side]:
    """The line of the greedy choice and the best of beam search, with what a character of each costs."""
    from aigc_demo.services.seq2seq.pair import model_of, replies  # which need torch, as building the page does not

    lines = {"greedy": made.ours.greedy, "beam": made.ours.beam[0]}
    scored = replies(model_of(store), made.upper, list(lines.values()))
    return [
        Side({"nats": line.cost}, text=f"{made.upper}\n{line.text}", name=f"seq2seq.beside_{name}")
        for name, line in zip(lines, scored, strict=True)
    ]


def above(store: Store, request: None, made: None) -> list[Side]:
    """The stored training: how much of the looking goes to the character right above, and when that is half."""
    moments = stored("seq2seq-couplets-training")["moments"]
    shares = [
        float(np.mean([np.diag(np.array(answer["alignment"])).mean() for answer in moment["answers"]]))
        for moment in moments
    ]
    steps = [moment["step"] for moment in moments]
    at = next(step for step, share in zip(steps, shares, strict=True) if share > 0.5)
    points = list(zip(steps, shares, strict=True))
    return [course([points], "share_above", "update", {"half_at": at, "of_updates": steps[-1]})]


EXPERIMENTS = {
    "seq2seq.predict_beam": Experiment(
        (Beside(),),
        searched,
        lambda greedy, beam: greedy.measures["nats"] > 0.02 + beam.measures["nats"],
        kind="text",
    ),
    "seq2seq.predict_training": Experiment(
        (),
        above,
        lambda whole: whole.measures["half_at"] < 0.06 * whole.measures["of_updates"],
        sides=1,
        kind="lines",
    ),
    "seq2seq.predict_pair": Experiment(
        (Pair(),),
        likeliest,
        lambda model, poet: model.measures["nats"] < 0.75 * poet.measures["nats"] and model.text != poet.text,
        kind="text",
    ),
}
