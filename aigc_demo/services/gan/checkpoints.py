"""Which checkpoint answers a request. Free of torch, as the page names them too."""

from typing import Any

from aigc_demo.services.gan.requests import DIGIT_MODELS, Classes, Compare, Morph, Points

JUDGE = "judge-digits"


def of_model(model: str) -> str:
    """The checkpoint of a model of MODELS."""
    return "gan-colour" if model == "colour" else f"gan-digits-{model}"


def used(request: Any) -> tuple[str, ...]:
    """Every checkpoint that takes part; a run card names the first. A training on points needs none."""
    if isinstance(request, Points):
        return ()
    if isinstance(request, Compare):
        return (*map(of_model, DIGIT_MODELS), JUDGE)
    return (of_model("conditional" if isinstance(request, Classes | Morph) else request.model),)
