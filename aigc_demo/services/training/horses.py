"""Algorithm, compute, data: what a law fitted to small trainings says that more of each would buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.training.law import Fit, shipped
from aigc_demo.services.training.requests import Horses
from aigc_demo.services.use_case import Json, UseCase

THOUSAND = 1000
SIZES = np.geomspace(5_000, 1_000_000, 120)  # parameters that a split of seconds is chosen from
CURVE = 40  # points of a drawn curve
TOKENS, PARAMETERS, SECONDS = (1e5, 1e7), (5e3, 1e6), (2.0, 1e3)  # ends of the curves


@dataclass(frozen=True)
class Place:
    """A training that may never have been run, as the law sees it."""

    parameters: float
    tokens: float
    loss: float  # nats per character of held-out text
    low: float  # nine in ten of the resampled laws say between this
    high: float  # and this
    seconds: float  # of one core


@dataclass(frozen=True)
class Reading:
    """What was asked, and what more of each would change."""

    fit: Fit
    now: Place
    more_data: Place  # twice the tokens
    more_size: Place  # twice the parameters
    best: Place  # for the seconds asked for
    best_twice: Place  # for twice as many
    check: Place  # the run that was kept out of the fit, as the law predicts it


def place(fit: Fit, parameters: float, tokens: float) -> Place:
    """What the law says of so many parameters and tokens."""
    low, high = fit.band(parameters, tokens)
    return Place(parameters, tokens, fit.law(parameters, tokens), low, high, fit.seconds(parameters, tokens))


def best(fit: Fit, seconds: float) -> Place:
    """The split of so many seconds of a core with the least loss."""
    size = min(map(float, SIZES), key=lambda size: fit.law(size, fit.tokens(size, seconds)))
    return place(fit, size, fit.tokens(size, seconds))


def horses(store: Store, request: Horses) -> Reading:
    """The law at the place that is asked for, and around it."""
    fit = shipped(Path(store.assets))
    parameters, tokens = THOUSAND * request.parameters, THOUSAND * request.tokens
    return Reading(
        fit=fit,
        now=place(fit, parameters, tokens),
        more_data=place(fit, parameters, 2 * tokens),
        more_size=place(fit, 2 * parameters, tokens),
        best=best(fit, request.budget),
        best_twice=best(fit, 2 * request.budget),
        check=place(fit, fit.check.parameters, fit.check.tokens),
    )


# as it is looked at, told and saved


def numbers(request: Horses, made: Reading) -> Json:
    """The law with what resampled residuals say of it, all places, and the run that was kept out of the fit."""
    law, others = made.fit.law, made.fit.others
    names = ("floor", "size_exponent", "data_exponent")
    sure = {name: np.percentile([getattr(other, name) for other in others], (5, 95)).tolist() for name in names}
    places = {name: getattr(made, name) for name in ("now", "more_data", "more_size", "best", "best_twice", "check")}
    return plain({"law": law, "between": sure, **places, "measured": made.fit.check.loss})


def value(request: Horses, made: Reading) -> Json:
    """As `numbers`, with every run and the curves through the place that is asked for."""
    fit, now = made.fit, made.now
    data = [(float(x), fit.law(now.parameters, float(x))) for x in np.geomspace(*TOKENS, CURVE)]
    size = [(float(x), fit.law(float(x), now.tokens)) for x in np.geomspace(*PARAMETERS, CURVE)]
    time = [(float(x), best(fit, float(x)).loss) for x in np.geomspace(*SECONDS, CURVE)]
    runs = [[run.parameters, run.tokens, run.seconds, run.loss] for run in fit.runs]
    last = fit.check
    more: Json = plain({"data": data, "size": size, "time": time, "runs": runs})
    return {
        **numbers(request, made),
        **more,
        "kept_out": [last.parameters, last.tokens, last.seconds, last.loss],
        "made_by": [fit.command, fit.hardware],
    }


def document(request: Horses, run: Sequence[Reading]) -> Document:
    """The law and the places, a line each."""
    made = run[-1]
    law, check = made.fit.law, made.fit.check
    lines = [
        f"L(N, D) = {law.floor:.3f} + {law.size:.4g} / N^{law.size_exponent:.3f} "
        f"+ {law.data:.4g} / D^{law.data_exponent:.3f}\n"
    ]
    for name in ("now", "more_data", "more_size", "best", "best_twice", "check"):
        one: Place = getattr(made, name)
        lines.append(
            f"{name}: N {one.parameters:.0f}, D {one.tokens:.0f}, {one.seconds:.0f} s: "
            f"{one.loss:.4f} nats ({one.low:.4f} to {one.high:.4f})\n"
        )
    lines.append(f"measured at the check: {check.loss:.4f} nats\n")
    return Document("scaling", tuple(Part(line, given=True) for line in lines))


USE_CASE: UseCase[Horses, Reading] = UseCase(
    run=horses,
    page=each(value),
    numbers=numbers,
    file=document,
    formats=TEXT,
    parameters=lambda store, request: THOUSAND * request.parameters,
    device="CPU",
    first=Horses(),
    warm=Horses(),
)
