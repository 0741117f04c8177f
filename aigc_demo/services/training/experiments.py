"""What the questions of the training room do, and the claims that they prove."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side
from aigc_demo.services.training.requests import Parity

if TYPE_CHECKING:
    from aigc_demo.services.training.parity import Twin  # a page is served without torch


def differing_layers(store: Store, request: Any, made: "tuple[Twin, ...]") -> Sequence[Side]:
    """The denoising network as it is, and with its attention scaled wrongly: layers before the first that differs."""
    network = made[0]
    wrong = next(mistake for mistake in network.mistakes if mistake.name == "wrong_scaling")
    names = [ours for ours, *_ in network.layers]
    first = len(names) if wrong.first is None else wrong.first
    agree, differ = names[:first], names[first:]
    return [
        Side({"layers_agree": len(names) if network.first is None else network.first}, text=" · ".join(names)),
        Side(
            {"layers_agree": first, "layers_differ": len(differ)},
            text=" · ".join([*agree, *(f"✗ {x}" for x in differ)]),
        ),
    ]


EXPERIMENTS = {
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
