"""What the question of the couplets does, and the claim that it proves."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side
from aigc_demo.services.seq2seq.requests import Pair


def likeliest(store: Store, request: Pair, made: Any) -> list[Side]:
    """The likeliest lower line and that of the poet, with what a character of it costs."""
    lines = (("model", made.replies[0]), ("poet", made.truth.reply))
    return [
        Side({"nats": line.cost}, text=f"{made.upper}\n{line.text}", name=f"experiment.pair_{name}")
        for name, line in lines
    ]


EXPERIMENTS = {
    "seq2seq.predict_pair": Experiment(
        (Pair(),),
        likeliest,
        lambda model, poet: model.measures["nats"] < 0.75 * poet.measures["nats"] and model.text != poet.text,
        kind="text",
    ),
}
