"""The experiments behind the questions of the page: what is run, what is put side by side, and the claim they prove.

`services/<family>/experiments.py` has EXPERIMENTS: key of the question's text -> Experiment. The page runs one on
"Show me"; tests/test_cards_claims.py runs all of them on the shipped weights, and fails where a claim does not hold.

Pictures are float32 (N, C, H, W) in [-1, 1], with one or three channels.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.services import first_results
from aigc_demo.services.page_values import Array, tiles
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json

PARTS = 100  # into which the progress of every request is divided
JUDGE = "judge-digits"


@dataclass(frozen=True)
class Side:
    """One of the things that are put side by side: pictures, a text or curves, and what was measured on them."""

    measures: Mapping[str, float] = field(default_factory=dict)  # texts experiment.<name> say what each number is
    pictures: Array | None = None
    columns: int = 1
    text: str = ""
    lines: Sequence[tuple[str, Sequence[tuple[float, float]]]] = ()  # (colour of theme.py, points)
    axes: tuple[str, str] = ("", "")  # keys of what stands along the curves' axes
    name: str = ""  # key of what it is called; empty: by what its request sets otherwise than the others

    def value(self) -> Json:
        """As the page draws it; `bytes` are a PNG file."""
        if self.pictures is not None:
            kind = "grey" if self.pictures.shape[1] == 1 else "colour"
            return tiles(self.pictures, kind=kind, columns=self.columns)
        if self.lines:
            return {"lines": [{"kind": kind, "points": [list(point) for point in line]} for kind, line in self.lines]}
        return {"text": self.text}


@dataclass(frozen=True)
class Experiment:
    """What "Show me" does.

    requests: run in this order; with none, `look` is asked once, for what is stored. look: (store, request, result) ->
    what is shown of one of them. holds: the claim, of all that is shown. sets: what the controls of the tab are set to
    afterwards, by default the last request.
    """

    requests: tuple[Request, ...]
    look: Callable[[Store, Any, Any], Sequence[Side]]
    holds: Callable[..., bool]
    sides: int = 2
    kind: str = "pictures"  # or "text", "lines"
    sets: Request | None = None


def use_case_of(request: Request) -> str:
    """gan.requests.Draw() -> "gan_draw"."""
    family = type(request).__module__.split(".")[-2]
    return f"{family}_{type(request).__name__.lower()}"


def of_family(family: str, part: str) -> dict[str, Any]:
    """What services/<family>/<part>.py declares under its own name in capitals; nothing where there is no such file."""
    name = f"aigc_demo.services.{family}.{part}"
    return dict(getattr(import_module(name), part.upper())) if find_spec(name) else {}


def experiments_of(family: str) -> dict[str, Experiment]:
    """Key of a question -> its experiment."""
    return of_family(family, "experiments")


def differing(requests: Sequence[Request]) -> list[str]:
    """The fields that all requests have, and in which they are not alike."""
    if not requests:
        return []
    names = [part.name for part in fields(requests[0]) if all(hasattr(request, part.name) for request in requests)]
    return [name for name in names if len({getattr(request, name) for request in requests}) > 1]


def perform(service: Service, experiment: Experiment) -> Iterator[Step[tuple[Side, ...]]]:
    """Everything that there is to see so far, whenever a request is through."""
    shown: tuple[Side, ...] = ()
    if not experiment.requests:
        yield Step(1, 1, tuple(experiment.look(service.store, None, None)))
    total = PARTS * len(experiment.requests)
    for place, request in enumerate(experiment.requests):
        result = None
        for step in service.run(use_case_of(request), request):
            result = step.value if step.value is not None else result
            if step.done < step.total:
                yield Step(round(PARTS * (place + step.done / step.total)), total, shown)
        shown = (*shown, *experiment.look(service.store, request, result))
        yield Step(PARTS * (place + 1), total, shown)


# what is measured


def ink(pictures: Array) -> float:
    """Mean share of ink, 0 to 1."""
    return float((pictures.mean() + 1) / 2)


def variety(pictures: Array) -> float:
    """How far pictures are from their mean, as a share of the way from no ink to full ink: root of the mean square."""
    return float(np.sqrt(pictures.var(axis=0).mean()) / 2)


def gap(one: Array, other: Array) -> float:
    """Mean absolute difference of two pictures, as a share of the way from no ink to full ink."""
    return float(np.abs(one - other).mean() / 2)


def read(store: Store, pictures: Array) -> list[int]:
    """The digits that the judge reads in pictures of 28 or 32 pixels."""
    return [int(row.argmax()) for row in judged(store, pictures)]


def judged(store: Store, pictures: Array) -> Array:
    """How sure the judge is of each digit, (N, 10)."""
    import torch  # here, since a page is served without it
    import torch.nn.functional as F

    edge = (32 - pictures.shape[-1]) // 2
    with torch.inference_mode():
        x = F.pad(torch.from_numpy(np.ascontiguousarray(pictures)), (edge,) * 4, value=-1.0).to(store.device)
        found: Array = store.load(JUDGE)(x).softmax(1).cpu().numpy()
    return found


# what is shown


def layers(made: Any, name: str = "", limit: float = 1e-4) -> Side:
    """A mark for each layer of a comparison with a library, ✗ where it is more than `limit` apart, and how far the
    results are."""
    parts: dict[str, str] = {}  # of the network, in their order -> a mark for each of its layers
    for label, _, gap, _ in made.layers:
        part = label.partition(".")[0]
        parts[part] = parts.get(part, "") + ("✓" if gap <= limit else "✗")
    first = len(made.layers) if made.first is None else made.first
    text = "\n".join(f"{part}  {marks}" for part, marks in parts.items())
    return Side({"layers_agree": first, "apart": made.maximum}, text=text, name=name)


def course(points: Sequence[Any], up: str, across: str, measures: Mapping[str, float]) -> Side:
    """A stored training as one or two curves, lists of (x, y); `up`, `across`: names of the axes."""
    lines = list(zip(("glow", "water"), points, strict=False))
    return Side(measures, lines=lines, axes=(f"experiment.{across}", f"experiment.{up}"), name=f"experiment.{up}")


def scatter(real: Array, fake: Array, side: int = 96) -> Array:
    """Points in [-1.4, 1.4] as a picture (1, 3, S, S): made ones red over grey real ones."""
    picture = np.ones((1, 3, side, side), np.float32)
    for points, colour in ((real, (0.4, 0.4, 0.4)), (fake, (0.57, -0.46, -0.66))):
        places = ((points / 1.4 + 1) / 2 * (side - 1)).round().astype(int)
        for x, y in places[(places >= 0).all(axis=1) & (places < side - 1).all(axis=1)]:
            picture[0, :, side - 2 - y : side - y, x : x + 2] = np.array(colour)[:, None, None]
    return picture


def by_column(values: Array) -> float:
    """Share of the variance inside the rows (R, C) that columns explain; 1 / R on average where they mean nothing."""
    centred = values - values.mean(axis=1, keepdims=True)
    return float((centred.mean(axis=0) ** 2).mean() / (centred**2).mean())


def stored(name: str) -> Json:
    """What ships as assets/examples/<name>.json: a first result, or the course of a training."""
    return dict(json.loads((first_results.EXAMPLES / f"{name}.json").read_text("utf-8")))
