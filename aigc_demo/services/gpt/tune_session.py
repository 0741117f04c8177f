"""A GPT that learns a text of somebody's own, update by update; and where such trainings are kept for a while.

B batch, T tokens, V vocabulary.
"""

import copy
import math
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.personal import Personal
from aigc_demo.data.own_text import Corpus, Dropped
from aigc_demo.models.gpt import GPT
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.gpt.requests import Tune

WINDOW, BATCH = 64, 8  # characters that are seen at once, and pieces of an update
WARM = 10  # updates in which the rate rises
JUDGED = 32  # held-out pieces that are read
WRITTEN = 100  # characters of a sample
POINTS, SAMPLES = 300, 12  # of the curve and samples that are kept
RUNAWAY = 4.0  # times the loss of a guess that knows nothing


class Sampled(Protocol):
    """What of a request says how samples are written."""

    @property
    def prompt(self) -> str: ...
    @property
    def temperature(self) -> float: ...
    @property
    def seed(self) -> int: ...


class Pressed(Sampled, Protocol):
    """What of a request says what a press does."""

    @property
    def minutes(self) -> float: ...
    @property
    def rate(self) -> float: ...
    @property
    def every(self) -> int: ...


@dataclass(frozen=True)
class Sample:
    """What a model wrote at a moment of its training."""

    step: int
    text: str


@dataclass(frozen=True)
class Tuned:
    """A training on a text of one's own, under way or finished."""

    token: str  # by which it is found again; empty where it is not kept
    model: GPT  # as it is now; a training that goes on changes it
    step: int
    seconds: float  # of training, all presses together
    speed: float  # characters a second
    curve: tuple[tuple[int, float], ...]  # step, running mean of the loss in nats per character
    held: tuple[tuple[int, float], ...]  # step, loss on the part that is held out
    samples: tuple[Sample, ...]
    train: int  # characters to learn from
    test: int  # held out
    dropped: Dropped
    repeated: float  # share of what is held out that stands in the other part, too
    random: float  # loss of a guess that knows nothing, ln V
    own: str = ""  # checkpoint by which other use cases find the model as of the newest sample, where it is lent


class Training:
    """A copy of a GPT, its optimiser, and what became of it so far. `lock` is held by whoever uses it.

    start: what it begins from, see `start_of`.
    """

    def __init__(
        self, base: GPT, corpus: Corpus, start: tuple[Any, ...], seed: int, window: int = WINDOW, batch: int = BATCH
    ):
        self.start, self.corpus, self.lock = start, corpus, threading.Lock()
        self.model = copy.deepcopy(base).requires_grad_(True)
        self.optimiser = self.optimised()
        self.random = torch.Generator().manual_seed(seed)
        self.window, self.batch = min(window, base.config.context, len(corpus.test) - 1), batch
        self.own = ""
        self.step, self.seconds, self.mean = 0, 0.0, math.nan
        self.curve: list[tuple[int, float]] = []
        self.held: list[tuple[int, float]] = []
        self.samples: list[Sample] = []

    def optimised(self) -> Any:
        """The optimiser of the weights, whose rate `set_rate` sets."""
        return torch.optim.AdamW(self.model.parameters(), betas=(0.9, 0.99), weight_decay=0.01, fused=True)

    def set_rate(self, rate: float) -> None:
        """The learning rate of the next update, as the request counts it."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    @property
    def random_loss(self) -> float:
        """What a guess that knows nothing costs, ln V."""
        return math.log(self.model.config.vocabulary)

    def pieces(self) -> Tensor:
        """Pieces of the text to learn from, each from a place drawn by chance, (B, T + 1)."""
        starts = torch.randint(len(self.corpus.train) - self.window, (self.batch, 1), generator=self.random)
        return self.corpus.train[starts + torch.arange(self.window + 1)]

    def advance(self, rate: float) -> None:
        """One update; BadRequestError when the loss runs away."""
        began = time.perf_counter()
        self.set_rate(rate * min(1.0, (self.step + 1) / WARM))
        self.model.train()
        loss = self.cost(self.pieces())
        self.model.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.model.eval()
        value = loss.item()
        if not value < RUNAWAY * self.random_loss:
            raise BadRequestError("tune_diverged")
        self.step += 1
        self.mean = value if math.isnan(self.mean) else 0.9 * self.mean + 0.1 * value
        self.curve = [*thinned(self.curve), (self.step, self.mean)]
        self.seconds += time.perf_counter() - began

    def cost(self, pieces: Tensor) -> Tensor:
        """Mean cost of the next character in nats; pieces (B, T + 1)."""
        pieces = pieces.to(self.model.embed.weight.device)
        return F.cross_entropy(self.model(pieces[:, :-1]).flatten(0, 1).float(), pieces[:, 1:].flatten())

    def look(self, request: Sampled) -> None:
        """The loss on what is held out, and a sample."""
        self.measure()
        self.write(request)

    @torch.no_grad()
    def measure(self) -> None:
        """The loss on what is held out, unless it is known."""
        if self.held and self.held[-1][0] == self.step:
            return
        self.model.eval()
        whole = self.corpus.test[: 1 + self.window * ((len(self.corpus.test) - 1) // self.window)]
        held = whole.unfold(0, self.window + 1, self.window)[:JUDGED]
        cost = self.cost(held).item()
        if not cost < RUNAWAY * self.random_loss:
            raise BadRequestError("tune_diverged")
        self.held = [*thinned(self.held), (self.step, cost)]

    @torch.no_grad()
    def write(self, request: Sampled) -> None:
        """A sample, unless there is one of this moment."""
        if self.samples and self.samples[-1].step == self.step:
            return
        sample = Sample(self.step, self.sample(request))
        self.samples = [*self.samples[:1], *self.samples[1:][-(SAMPLES - 2) :], sample]

    def sample(self, request: Sampled) -> str:
        """What the model writes now, from the beginning that the request names, else where the held-out part begins."""
        known = self.model.config.characters
        begun = [known.index(character) for character in request.prompt if character in known]
        tokens = torch.tensor([begun or self.corpus.test[:16].tolist()], device=self.model.embed.weight.device)
        picks = write(self.model, tokens, Sampling(request.temperature), chances(request.seed, WRITTEN))
        return "".join(known[int(pick.token)] for pick in picks)

    def tuned(self, token: str) -> Tuned:
        return Tuned(
            token=token,
            model=self.model,
            step=self.step,
            seconds=self.seconds,
            speed=self.step * self.batch * self.window / max(self.seconds, 1e-9),
            curve=tuple(self.curve),
            held=tuple(self.held),
            samples=tuple(self.samples),
            train=len(self.corpus.train),
            test=len(self.corpus.test),
            dropped=self.corpus.dropped,
            repeated=self.corpus.repeated,
            random=self.random_loss,
            own=self.own,
        )


def thinned(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Every other point, once there are too many."""
    return points if len(points) < POINTS else points[::2]


def start_of(request: Tune) -> tuple[str, str, int]:
    """What a training begins from: another one is another training."""
    return request.model, request.text, request.seed


Trainings = Personal[Training]
