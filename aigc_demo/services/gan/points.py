"""Train a generator against a critic on points of the plane, live. A run goes on for so many turns, a minute at most.

A training begins from random weights: no checkpoint takes part. The page keeps one per person between two presses, as
`Saved`, and goes on from it with `train`; a program's run begins from the seed.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.gan.frames import Frame, Watcher
from aigc_demo.services.gan.live import Training
from aigc_demo.services.gan.pictures import known, packed, paint, wire
from aigc_demo.services.gan.requests import MOST, Points
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import Json, UseCase

SECONDS = 60.0  # of one run, at most
PERIOD = 1 / 15  # seconds from frame to frame
BUSY = 0.75  # share of it that may go to training; the rest leaves the core to others
TURNS = 20  # between two frames, at most, so that there is something to watch on a fast machine
ALONE = 10  # turns of one side alone that a press makes
KEPT = 60  # frames of a training that are kept, evenly thinned out
COLOURS = 48  # of a GIF
FRAMES = 48  # of the training that ships
CROWDED = 1.6  # power of time: early frames, in which most happens, stand closer

Rates = Callable[[], tuple[float, float]]  # the rates of generator and critic, as they are now


@dataclass(frozen=True)
class Saved:
    """A training between two presses, without anything of torch."""

    start: tuple[str, str, str, int]  # what it began from, see Points.start
    step: int
    arrays: dict[str, npt.NDArray[np.generic]]  # weights, optimisers, random numbers
    frames: tuple[Frame, ...]  # seen so far, thinned out
    plain: bool = True  # whether its request makes it again: no rate was changed on the way, both sides took turns


@dataclass(frozen=True)
class Moment:
    """What is there to see, and what to go on from."""

    frame: Frame
    saved: Saved
    speed: float  # turns a second, 0 before the first


def points(store: Store, request: Points) -> Iterator[Step[Frame]]:
    """A training from the seed: what there is to see of it, 15 times a second."""
    for step in train(request):
        yield Step(step.done, step.total, step.value.frame)


def begin(request: Points) -> Moment:
    """The two networks before any training."""
    training = Training(request)
    return moment(training, Watcher(training).frame((math.nan, math.nan)), (), True, 0.0)


def train(
    request: Points, saved: Saved | None = None, rates: Rates | None = None, seconds: float = SECONDS
) -> Iterator[Step[Moment]]:
    """So many turns more, from the seed or from where `saved` stands; yields what there is to see, 15 times a second.

    `rates` is asked before every frame: they may be changed on the way.
    """
    training, watcher, frames, plain = resumed(request, saved)
    began = training.step
    total = min(request.turns, MOST - began)
    if total <= 0:
        raise BadRequestError("enough_steps", most=MOST)
    end, clock = time.monotonic() + seconds, Clock()
    if not frames:
        made = moment(training, watcher.frame((math.nan, math.nan)), frames, plain, 0.0)
        frames = made.saved.frames
        yield Step(0, total, made)
    while (done := training.step - began) < total and (not done or time.monotonic() < end):
        if rates is not None:
            plain = plain and rates() == (request.rate_generator, request.rate_critic)
            training.rates = rates()
        losses = clock.turns(training, min(TURNS, total - done))
        made = moment(training, watcher.frame(losses), frames, plain, clock.speed)
        frames = made.saved.frames
        yield Step(training.step - began, total, made)
        clock.rest()


def alone(request: Points, side: str, saved: Saved | None = None) -> Moment:
    """A few turns in which only the "generator", or only the "critic", learns."""
    training, watcher, frames, _ = resumed(request, saved)
    losses = mean_losses([training.advance(side) for _ in range(ALONE)])
    return moment(training, watcher.frame(losses), frames, False, 0.0)


def resumed(request: Points, saved: Saved | None) -> tuple[Training, Watcher, tuple[Frame, ...], bool]:
    """The training to go on with: that of `saved` where the request still means it, else a new one."""
    training = Training(request)
    if saved is None or saved.start != request.start:
        return training, Watcher(training), (), True
    training.load(saved.step, saved.arrays)
    return training, Watcher(training), saved.frames, saved.plain


class Clock:
    """Divides the time of a run between training, looking and leaving the core to others."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.speed = 0.0

    def turns(self, training: Training, most: int) -> tuple[float, float]:
        """At least one turn and at most so many, as long as this frame's share of time lasts; the mean losses."""
        self.began = time.monotonic()
        made = [training.advance()]
        while len(made) < most and time.monotonic() - self.began < BUSY * PERIOD:
            made.append(training.advance())
        spent = max(time.monotonic() - self.began, PERIOD)
        self.speed = len(made) / spent if not self.speed else 0.9 * self.speed + 0.1 * len(made) / spent
        return mean_losses(made)

    def rest(self) -> None:
        """Wait for the time of the next frame."""
        time.sleep(max(0.0, self.began + PERIOD - time.monotonic()))


def mean_losses(losses: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The mean of each side's losses."""
    generator, critic = (sum(side) / len(losses) for side in zip(*losses, strict=True))
    return generator, critic


def moment(training: Training, frame: Frame, before: tuple[Frame, ...], plain: bool, speed: float) -> Moment:
    """A frame with what is needed to go on; BadRequestError when a weight is no number any more."""
    if not training.healthy():
        raise BadRequestError("diverged")
    frames = (*before, frame)
    if len(frames) > KEPT:
        frames = (*frames[:-1:2], frame)
    return Moment(frame, Saved(training.request.start, training.step, training.save(), frames, plain), speed)


# as it is looked at, told and saved


def value(request: Points, frame: Frame) -> Json:
    """A frame with what it is beside; another `run` begins the page's curves anew."""
    run = hashlib.sha256(repr(request.start).encode()).hexdigest()[:12]
    return {"run": run, "real": packed(frame.real), "floor": known(frame.floor), **wire(frame)}


def moment_value(request: Points, now: Moment) -> Json:
    """A frame of a person's own training, with its speed."""
    return {**value(request, now.frame), "speed": round(now.speed), "plain": now.saved.plain}


def numbers(request: Points, frame: Frame) -> Json:
    """Turns so far, mean losses since the last frame, distance from the real points and what it is compared with."""
    losses = {"loss_generator": known(frame.loss_generator), "loss_critic": known(frame.loss_critic)}
    distances = {"distance": known(frame.distance), "floor": known(frame.floor)}
    return {"step": frame.step, **losses, **distances, "modes": frame.modes, "on_target": known(frame.on_target)}


def film(request: Points, run: Sequence[Frame]) -> Pictures:
    """At most KEPT frames of a training, the last one as a still."""
    places = np.unique(np.linspace(0, len(run) - 1, min(len(run), KEPT)).round().astype(int))
    return Pictures((paint(run[place]) for place in places), paint(run[-1]), COLOURS)


def on_page(store: Store, request: Points, saved: Saved | None) -> Iterator[Step[Frame]]:
    """The frames kept of what stands on the page; where that is another training, this one is made first."""
    if saved is None or saved.start != request.start:
        yield from points(store, request)
        return
    for place, frame in enumerate(saved.frames):
        yield Step(place + 1, len(saved.frames), frame)


def parameters(store: Store, request: Points) -> int:
    """Numbers that are trained, of both networks, whatever their points."""
    return Training(Points()).parameters()


def stops(turns: int) -> list[int]:
    """The turns after which a frame of the training that ships is kept, the untrained one first."""
    return sorted({round(turns * (i / (FRAMES - 1)) ** CROWDED) for i in range(FRAMES)})


def recorded(store: Store, request: Points) -> Json:
    """A whole training in a file of its own, as the page's script plays it."""
    training = Training(request)
    watcher = Watcher(training)
    made = [watcher.frame((math.nan, math.nan))]
    for stop in stops(request.turns)[1:]:
        made.append(watcher.frame(mean_losses([training.advance() for _ in range(stop - training.step)])))
    frames = [wire(frame) for frame in made]
    film = {"real": packed(made[0].real), "floor": known(made[0].floor), "frames": frames, "values": asdict(request)}
    return {"file": json.dumps(film).encode(), "panes": []}


USE_CASE: UseCase[Points, Frame] = UseCase(
    run=points,
    page=each(value),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    shown=on_page,
    parameters=parameters,
    device="CPU",
    first=Points(),
    first_value=recorded,
    warm=Points(turns=2),
)
