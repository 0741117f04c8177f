"""Train on points of the plane, live. A press goes on for so many turns, and a minute at most."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services.gan import pictures, scripts
from aigc_demo.services.gan.frames import Watcher
from aigc_demo.services.gan.live import Training
from aigc_demo.services.gan.requests import MOST, Points
from aigc_demo.services.gan.results import Frame, Moment, Saved
from aigc_demo.services.saving import encode, versions

SECONDS = 60.0  # of one press, at most
PERIOD = 1 / 15  # seconds from frame to frame
BUSY = 0.75  # share of it that may go to training; the rest leaves the core to others
TURNS = 20  # between two frames, at most, so that there is something to watch on a fast machine
ALONE = 10  # turns of one side alone that a press makes
KEPT = 60  # frames of a training that are kept, evenly thinned out

Rates = Callable[[], tuple[float, float]]  # the rates of generator and critic, as they are now


class PointTraining:
    """Begins from random weights: no checkpoint takes part."""

    def __init__(self, config: PointGANConfig | None = None):
        self.config = config or PointGANConfig()

    def begin(self, request: Points) -> Moment:
        """The two networks before any training."""
        training = Training(request, self.config)
        return moment(training, Watcher(training).frame((math.nan, math.nan)), (), True, 0.0)

    def train(
        self, request: Points, saved: Saved | None = None, rates: Rates | None = None, seconds: float = SECONDS
    ) -> Iterator[Step[Moment]]:
        """So many turns more, from the seed or from where `saved` stands; yields what there is to see, 15 a second.

        `rates` is asked before every frame: they may be changed on the way.
        """
        training, watcher, frames, plain = self.resumed(request, saved)
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

    def alone(self, request: Points, side: str, saved: Saved | None = None) -> Moment:
        """A few turns in which only the generator, or only the critic, learns."""
        training, watcher, frames, _ = self.resumed(request, saved)
        losses = mean_losses([training.advance(side) for _ in range(ALONE)])
        return moment(training, watcher.frame(losses), frames, False, 0.0)

    def points(self, request: Points) -> Iterator[Step[Frame]]:
        """A whole training from the seed."""
        for step in self.train(request):
            yield Step(step.done, step.total, step.value.frame)

    def resumed(self, request: Points, saved: Saved | None) -> tuple[Training, Watcher, tuple[Frame, ...], bool]:
        """The training to go on with: that of `saved` where the request still means it, else a new one."""
        training = Training(request, self.config)
        if saved is None or saved.start != request.start:
            return training, Watcher(training), (), True
        training.load(saved)
        return training, Watcher(training), saved.frames, saved.plain

    def parameters(self) -> int:
        """Numbers that are trained, of both networks."""
        training = Training(Points(), self.config)
        models = (training.generator, training.critic)
        return sum(part.numel() for model in models for part in model.parameters())

    def facts(self) -> dict[str, Any]:
        """What a badge says about every result."""
        return {"device": "cpu", "parameters": self.parameters()}

    def warm(self) -> None:
        """The first update of a process takes long; make it before anybody waits."""
        for _ in self.train(Points(turns=2)):
            pass

    def python(self, request: Points) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, with plain torch."""
        return scripts.python(request, self.config)

    def save(self, request: Points, format: str, saved: Saved | None = None) -> Iterator[Step[bytes | None]]:
        """The training so far as a png, gif, mp4 or json file with its run card; without one it is made first."""
        frames: Sequence[Frame] = saved.frames if saved is not None and saved.start == request.start else ()
        if not frames and format != "json":
            for step in self.train(request):
                frames = step.value.saved.frames
                yield Step(step.done, step.total + 1, None)
        if saved is not None and frames:
            request = dataclasses.replace(request, turns=frames[-1].step or request.turns)
        card = Card("gan_points", dataclasses.asdict(request), "", "", versions())
        yield Step(1, 1, encode(pictures.film(frames, format), format, card))


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
