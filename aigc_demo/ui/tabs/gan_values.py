"""Results of the GANs that draw pictures, as the tabs' views take them: the shared sheet and numbers, and more."""

import base64
import time
from typing import Any

from aigc_demo.services import home
from aigc_demo.services.gan import sheets
from aigc_demo.services.gan.checkpoints import used
from aigc_demo.services.gan.requests import ANY, Classes, Mix, Morph, Walk
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import badge

STEM = "gan-digits"
CONDITIONAL = "conditional"  # the model that can be asked for a class
BY_YEAR = ("mlp", "dcgan", "wgan-clip", "wgan-gp", CONDITIONAL, "r3", "collapsed", "colour")


def live(result: Any) -> dict[str, Any]:
    """A result of any use-case as a value: its sheet inside the value, so that it needs no second request."""
    picture, facts = sheets.value(result)
    return {"sheets": [{"url": f"data:image/png;base64,{base64.b64encode(picture).decode()}"}], **facts}


def shipped(name: str) -> dict[str, Any] | None:
    """The first result of a use-case that ships; None when it is not there."""
    return home.shipped_run(STEM, use_case=name)


def live_badge(service: Any, request: Any, began: float) -> dict[str, Any]:
    """Device, time, number of weights and seed of what was just computed."""
    milliseconds = (time.perf_counter() - began) * 1000
    seed = next(getattr(request, name) for name in ("seed", "seed_from", "seed_a") if hasattr(request, name))
    return badge("live", ms=milliseconds, seed=seed, **service.facts(*used(request)))


def walk(value: dict[str, Any], request: Walk) -> dict[str, Any]:
    """With which ways there are, and what is to be said of them."""
    same = request.seed_from == request.seed_to
    says = "says_same" if same else "says_circle" if request.circle else "says"
    told = request.model == CONDITIONAL
    ways = ["arc"] if request.circle else ["straight", "arc"]
    return {**value, "ways": ways, "round": request.circle, "says": says, "told": told}


def mix(value: dict[str, Any], request: Mix) -> dict[str, Any]:
    """With the seeds of a, b and c."""
    return {**value, "seeds": [request.seed_a, request.seed_b, request.seed_c], "told": request.model == CONDITIONAL}


def classes(value: dict[str, Any], request: Classes) -> dict[str, Any]:
    """With the words around the table."""
    seeds = [str(seed) for seed in value["seeds"][: request.columns]]
    return {**value, "rows": [str(digit) for digit in range(10)], "columns": seeds, "notes": None}


def morph(value: dict[str, Any], request: Morph) -> dict[str, Any]:
    """With the two classes."""
    same = request.digit_from == request.digit_to
    ends = {"first": request.digit_from, "last": request.digit_to}
    return {**value, **ends, "ways": ["arc"], "says": "says_same" if same else "says"}


def model_choice(form: Form) -> None:
    """The models in the order in which they were thought of."""
    form.choice("model", options=[(form.option("model", name), name) for name in BY_YEAR])


def digit_choice(form: Form) -> None:
    """Ten classes, and each picture one of its own."""
    options = [(t("gan.digit_own"), ANY), *((str(digit), digit) for digit in range(10))]
    form.choice("digit", options=options, radio=True)
