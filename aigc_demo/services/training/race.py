"""A race: several models learn the same points of the plane, each with the same seconds of a processor core.

They take turns of SLICE seconds, measured as the time that their thread computes (`time.thread_time`), so that nobody
gains by what else the machine does. Looking at a model costs it nothing. How far one gets in its seconds depends on the
machine: the same seed begins alike and draws the same points, but ends after more or fewer updates.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from PIL import Image, ImageDraw

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import points
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.gan.frames import REACH, SAMPLES, SHOWN, distance, modes
from aigc_demo.services.gan.pictures import ARROW, GLOW, INK, PAPER, SIZE, WATER, dot, heat, known, packed, small, spot
from aigc_demo.services.page_values import Array, newest
from aigc_demo.services.training import lanes
from aigc_demo.services.training.requests import Race
from aigc_demo.services.use_case import Json, UseCase

SLICE = 0.03  # seconds of a turn
PARTS = 1000  # of the progress
FEWEST = 3  # points of a drawing
FRAMES = 40  # of the race that ships, and of a film
CROWDED = 1.8  # power of time: early frames, in which most happens, stand closer
PANE = 300  # pixels of a lane in a saved picture


@dataclass(frozen=True)
class Look:
    """A lane at one moment. N points; the field as lanes.py has it."""

    name: str
    kind: str  # of the field, see lanes.py
    step: int  # updates so far
    seconds: float  # of a core so far
    fake: Array  # (N, 2), always of the same noise
    field: Array
    distance: float  # sliced Wasserstein distance from the real points
    modes: int  # clouds of the grid that are reached; -1 for other sets
    on_target: float  # share of points that lie in one of them; -1 for other sets


@dataclass(frozen=True)
class Moment:
    """All lanes at one moment, after a turn of each."""

    real: Array  # (N, 2), the same in every moment
    floor: float  # distance between two samples of real points
    lanes: tuple[Look, ...]


@dataclass
class Runner:
    """A lane and the seconds that it has used."""

    name: str
    lane: lanes.Lane
    seconds: float = 0.0

    def train(self, until: float) -> None:
        """Updates until so many seconds are used, at least one."""
        while True:
            began = time.thread_time()
            self.lane.advance()
            self.seconds += time.thread_time() - began
            if self.seconds >= until:
                break
        if not self.lane.healthy():
            raise BadRequestError("diverged")


class Watcher:
    """Looks at lanes with the same noise and the same real points at every moment."""

    def __init__(self, request: Race):
        random = torch.Generator().manual_seed(SHOWN)
        drawn = torch.tensor(points.parse(request.drawing)) if request.data == "drawn" else None
        self.data = request.data
        self.real = points.draw(request.data, SAMPLES, random, drawn)
        self.floor = distance(self.real, points.draw(request.data, SAMPLES, random, drawn))
        self.noise = torch.randn(SAMPLES, 2, generator=random)
        self.spread = torch.randn(SAMPLES, 2, generator=random)

    @torch.no_grad()
    def look(self, runner: Runner) -> Look:
        """A lane as it is now."""
        fake = runner.lane.points(self.noise, self.spread)
        field = runner.lane.field(self.real, fake)
        count, target = modes(fake) if self.data == "grid" else (-1, -1.0)
        found = distance(fake, self.real)
        return Look(
            runner.name, runner.lane.kind, runner.lane.step, runner.seconds, fake.numpy(), field, found, count, target
        )

    def moment(self, runners: Sequence[Runner]) -> Moment:
        """All lanes as they are now."""
        return Moment(self.real.numpy(), self.floor, tuple(self.look(runner) for runner in runners))


def start(request: Race) -> list[Runner]:
    """All lanes before any training; BadRequestError for a drawing of too few points."""
    if request.data == "drawn" and len(set(points.parse(request.drawing))) < FEWEST:
        raise BadRequestError("few_points", least=FEWEST)
    return [Runner(name, lanes.begin(name, request)) for name in request.lanes]


def race(store: Store, request: Race) -> Iterator[Step[Moment]]:
    """A Moment after every turn of all lanes, the untrained lanes first."""
    runners, watcher = start(request), Watcher(request)
    yield Step(0, PARTS, watcher.moment(runners))
    for until in turns(request.seconds):
        with threads.using(1):  # one core each, whatever the machine has
            for runner in runners:
                if runner.seconds < until:
                    runner.train(until)
            made = watcher.moment(runners)
        yield Step(round(PARTS * until / request.seconds), PARTS, made)


def turns(seconds: float) -> Iterator[float]:
    """The seconds that a lane may have used after every turn."""
    count = max(1, round(seconds / SLICE))
    return (seconds * (turn + 1) / count for turn in range(count))


# as it is looked at, told and saved


def value(request: Race, now: Moment) -> Json:
    """A moment as the page draws it; another `run` begins the page's curves anew."""
    run = hashlib.sha256(repr(request).encode()).hexdigest()[:12]
    return {"run": run, "budget": request.seconds, **still(now), **wire(now)}


def still(now: Moment) -> Json:
    """What is the same in every moment."""
    return {"real": packed(now.real), "floor": known(now.floor), "names": [look.name for look in now.lanes]}


def wire(now: Moment) -> Json:
    """What changes: points in int16, fields in int8 but for the net's places."""
    return {
        "lanes": [
            {
                "step": look.step,
                "seconds": round(look.seconds, 2),
                "fake": packed(look.fake),
                look.kind: packed(look.field) if look.kind == "net" else small(look.field),
                "distance": known(look.distance),
                "modes": look.modes,
                "target": known(look.on_target),
            }
            for look in now.lanes
        ]
    }


def numbers(request: Race, now: Moment) -> Json:
    """Updates, seconds, distance, clouds reached and share of points in them, of every lane; the floor."""
    told = {
        look.name: {
            "updates": look.step,
            "seconds": round(look.seconds, 2),
            "distance": known(look.distance),
            "modes": look.modes,
            "on_target": known(look.on_target),
        }
        for look in now.lanes
    }
    return {"floor": known(now.floor), "lanes": told}


def film(request: Race, run: Sequence[Moment]) -> Pictures:
    """At most FRAMES moments, lanes side by side; the last one as a still."""
    places = np.unique(np.linspace(0, len(run) - 1, min(len(run), FRAMES)).round().astype(int))
    return Pictures((paint(run[place]) for place in places), paint(run[-1]), 64)


def paint(now: Moment) -> Image.Image:
    """All lanes in a row, PANE pixels each."""
    sheet = Image.new("RGB", (PANE * len(now.lanes), PANE))
    for place, look in enumerate(now.lanes):
        sheet.paste(pane(now.real, look).resize((PANE, PANE), Image.Resampling.LANCZOS), (place * PANE, 0))
    return sheet


def pane(real: Array, look: Look) -> Image.Image:
    """A lane: its field, real points in ink, its own in glow."""
    picture = heat(look.field) if look.kind == "critic" else Image.new("RGB", (SIZE, SIZE), PAPER)
    pen = ImageDraw.Draw(picture)
    if look.kind == "net":
        for line in (*look.field, *look.field.swapaxes(0, 1)):
            pen.line([place for point in line for place in spot(point)], fill=WATER, width=2)
    if look.kind == "arrows":
        for start, way in zip(places(len(look.field)), look.field.reshape(-1, 2), strict=True):
            pen.line([*spot(start), *spot(start + ARROW * way)], fill=WATER, width=2)
    for point in real:
        dot(pen, point, 2, INK)
    for point in look.fake:
        dot(pen, point, 3, GLOW)
    return picture


def places(side: int) -> Array:
    """The middles of side * side cells of the plane, (side * side, 2), x changing slowest."""
    axis = REACH * ((2 * np.arange(side) + 1) / side - 1)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)


def parameters(store: Store, request: Race) -> int:
    """Numbers that are trained, of all lanes, whatever their points."""
    plain = replace(request, data="grid", drawing="")
    return sum(lanes.size(lanes.begin(name, plain)) for name in plain.lanes)


def recorded(store: Store, request: Race) -> Json:
    """A whole race in a file of its own, as the page's script plays it."""
    runners, watcher = start(request), Watcher(request)
    made = [watcher.moment(runners)]
    with threads.using(1):
        for frame in range(1, FRAMES):
            until = request.seconds * (frame / (FRAMES - 1)) ** CROWDED
            for runner in runners:
                if runner.seconds < until:
                    runner.train(until)
            made.append(watcher.moment(runners))
    film = {"budget": request.seconds, **still(made[0]), "frames": [wire(now) for now in made]}
    return {"file": json.dumps({**film, "values": asdict(request)}).encode(), "race": True}


USE_CASE: UseCase[Race, Moment] = UseCase(
    run=race,
    page=newest(value),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    parameters=parameters,
    device="CPU",
    first=Race(),
    first_value=recorded,
    warm=Race(seconds=0.5),
)
