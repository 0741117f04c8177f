"""One network for many runs at once: calls that come while a batch is computed are the next batch.

Whoever finds nobody computing takes all calls that wait, at most MOST pictures or texts, and computes them as one
batch; then the oldest call that has come meanwhile does the same. A run joins and leaves with any step, so a long one
is a row of the batch beside the short ones, never in front of them, and each is streamed and stopped by itself.

`pictures(network)` and `texts(model)` are the Together of a network, one for all who have it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from aigc_demo.core import threads
from aigc_demo.sampling.writing import Pick, Wish, pick_each

T = TypeVar("T")
Network = Callable[..., Tensor]
MOST = 64  # pictures or texts of a batch
SMALLEST = 4  # pictures that a part of a batch has at least
LINGER = 0.25  # share of the time of the last batch that the next one waits for runs that have not called yet
LINGER_BRIEFLY = 4.0  # the same, of brief batches


def spread(network: Network, x: Tensor, *rest: Tensor | None) -> Tensor:
    """The network's output for inputs of B rows each; of a large batch on a CPU, parts are computed side by side."""
    parts = min(threads.cores(), len(x) // SMALLEST)
    if x.is_cuda or parts < 2 or not torch.is_inference_mode_enabled():
        with threads.small():
            return network(x, *rest)
    split = [[None] * parts if given is None else given.tensor_split(parts) for given in (x, *rest)]
    pieces = zip(*split, strict=True)
    return torch.cat(threads.side_by_side([lambda piece=piece: network(*piece) for piece in pieces]))  # type: ignore[misc]


class Call:
    """Inputs of one call, and what came of them. `woken`: there is an output or an error, or it is to compute."""

    def __init__(self, given: tuple[Any, ...]):
        self.given = given
        self.output: Any = None
        self.error: BaseException | None = None
        self.answered = False
        self.woken = threading.Event()

    def answer(self, output: Any, error: BaseException | None = None) -> None:
        self.output, self.error, self.answered = output, error, True
        self.woken.set()


class Together:
    """A network for the runs that are its members, from any thread.

    network: what computes the calls, kept alive by this.
    compute: outputs of several calls, given their inputs.
    shape: of a call's inputs; only calls of one shape are computed as one.
    brief: a batch takes no longer than what the runs do between two calls. Then nobody works beside it, which would
        only slow both, and it waits for all runs that are about to call.
    """

    def __init__(
        self,
        network: object,
        compute: Callable[[Sequence[Any]], Sequence[Any]],
        shape: Callable[..., object] = lambda *_: None,
        brief: bool = False,
    ):
        self.network, self.compute, self.shape, self.brief = network, compute, shape, brief
        self.members = 0
        self.active = 0  # members that have been asked for their next step
        self.took = 0.0  # seconds of the last batch
        self.largest = 0  # calls that were computed as one so far
        self.turn = threading.Lock()  # of the runs between two calls: many threads of small operators slow each other
        self._waiting: list[Call] = []
        self._computing = False
        self._came = threading.Condition()

    def run(self, steps: Callable[[Callable[..., Any]], Iterator[T]]) -> Iterator[T]:
        """What `steps` yields, given what it is to call in place of the network."""
        with self._came:
            self.members += 1
        try:
            run = steps(self._call)
            while True:
                self._asked(1)
                try:
                    with self.turn:
                        step = next(run, None)
                finally:
                    self._asked(-1)
                if step is None:
                    return
                yield step
        finally:
            with self._came:
                self.members -= 1
                self._came.notify()

    def _asked(self, more: int) -> None:
        with self._came:
            self.active += more

    def _call(self, *given: Any) -> Any:
        self.turn.release()
        try:
            return self._answer(Call(given))
        finally:
            self.turn.acquire()

    def _answer(self, call: Call) -> Any:
        with self._came:
            self._waiting.append(call)
            leads, self._computing = not self._computing, True
            self._came.notify()
        if not leads:
            call.woken.wait()
        if not call.answered:
            self._compute(call)
        if call.error is not None:
            raise call.error
        return call.output

    def _compute(self, mine: Call) -> None:
        """Answer `mine` and what waits beside it, then let the next call compute.

        A thread that is ended meanwhile takes only its own call with it.
        """
        batch: list[Call] = []
        try:
            with self._came:
                if self.brief:
                    self._came.wait_for(lambda: len(self._waiting) >= self.active, self.took * LINGER_BRIEFLY)
                else:
                    self._came.wait_for(lambda: len(self._waiting) >= self.members, self.took * LINGER)
                batch = self._batch(mine)
            self.largest = max(self.largest, len(batch))
            with self.turn if self.brief else nullcontext():
                began = time.perf_counter()
                answer(self.compute, batch)
                self.took = time.perf_counter() - began
        finally:
            with self._came:
                self._waiting = [call for call in batch if call is not mine and not call.answered] + self._waiting
                self._computing = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].woken.set()

    def _batch(self, mine: Call) -> list[Call]:
        """`mine` and the oldest calls of its shape, taken from those that wait."""
        batch, rows, shape = [mine], len(mine.given[0]), self.shape(*mine.given)
        for call in self._waiting:
            more = len(call.given[0])
            if call is not mine and self.shape(*call.given) == shape and rows + more <= MOST:
                batch.append(call)
                rows += more
        self._waiting = [call for call in self._waiting if call not in batch]
        return batch


def answer(compute: Callable[[Sequence[Any]], Sequence[Any]], batch: Sequence[Call]) -> None:
    """Compute all calls as one batch, and give each its output or the error."""
    try:
        outputs = compute([call.given for call in batch])
    except Exception as error:
        for call in batch:
            call.answer(None, error)
    else:
        for call, output in zip(batch, outputs, strict=True):
            call.answer(output)


_lock = threading.Lock()
_open: WeakValueDictionary[int, Together] = WeakValueDictionary()


def shared(network: object, make: Callable[[], Together]) -> Together:
    """The one Together of a network, for as long as somebody has it."""
    with _lock:
        found = _open.get(id(network))
        if found is None:
            found = _open[id(network)] = make()
        return found


def pictures(network: Network) -> Together:
    """Steps of pictures: x (B, C, H, W), t (B,), label (B,) -> as x."""

    def compute(calls: Sequence[tuple[Tensor, Tensor, Tensor]]) -> Sequence[Tensor]:
        x, times, label = (torch.cat(parts) for parts in zip(*calls, strict=True))
        return torch.split(spread(network, x, times, label), [len(call[0]) for call in calls])

    return shared(network, lambda: Together(network, compute, lambda x, times, label: x.shape[1:]))


class SideBySide(Protocol):
    """A language model that takes the next tokens (1, 1) of B texts at once, each with its own state -> (B, V)."""

    def side_by_side(self, tokens: Sequence[Tensor], states: Sequence[Any]) -> Tensor: ...


def texts(model: SideBySide) -> Together:
    """Tokens of texts: one (1, 1), the text's state, a Wish for the next -> logits (1, V) and the Pick from them."""

    def compute(calls: Sequence[tuple[Tensor, Any, Wish]]) -> Sequence[tuple[Tensor, Pick]]:
        tokens, states, wishes = zip(*calls, strict=True)
        with threads.small():
            logits = model.side_by_side(tokens, states)
            return list(zip(torch.split(logits, 1), pick_each(logits, wishes), strict=True))

    return shared(model, lambda: Together(model, compute, brief=True))
