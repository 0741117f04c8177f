"""One network for many runs at once: calls that come while a batch is computed are the next batch.

Whoever finds nobody computing takes all calls that wait, at most MOST pictures, and computes them as one batch; then
the oldest call that has come meanwhile does the same. A run joins and leaves with any step, so a long one is a row of
the batch beside the short ones, never in front of them, and each is streamed and stopped by itself.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from aigc_demo.core import threads

T = TypeVar("T")
Network = Callable[..., Tensor]
MOST = 64  # pictures of a batch
SMALLEST = 4  # pictures that a part of a batch has at least
LINGER = 0.25  # share of the time of the last batch that the next one waits for runs that have not called yet


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

    def __init__(self, x: Tensor, times: Tensor, label: Tensor):
        self.given = (x, times, label)
        self.output: Tensor | None = None
        self.error: BaseException | None = None
        self.woken = threading.Event()

    def answer(self, output: Tensor | None, error: BaseException | None = None) -> None:
        self.output, self.error = output, error
        self.woken.set()


class Together:
    """A network for the runs that are its members, from any thread."""

    def __init__(self, network: Network):
        self.network = network
        self.members = 0
        self.took = 0.0  # seconds of the last batch
        self.largest = 0  # calls that were computed as one so far
        self.turn = threading.Lock()  # of the runs between two calls: many threads of small operators slow each other
        self._waiting: list[Call] = []
        self._computing = False
        self._came = threading.Condition()

    def run(self, steps: Callable[[Network], Iterator[T]]) -> Iterator[T]:
        """What `steps` yields, given the network that it is to call: x (B, C, H, W), t (B,), label (B,)."""
        with self._came:
            self.members += 1
        try:
            run = steps(self._call)
            while True:
                with self.turn:
                    step = next(run, None)
                if step is None:
                    return
                yield step
        finally:
            with self._came:
                self.members -= 1
                self._came.notify()

    def _call(self, x: Tensor, times: Tensor, label: Tensor) -> Tensor:
        self.turn.release()
        try:
            return self._answer(Call(x, times, label))
        finally:
            self.turn.acquire()

    def _answer(self, call: Call) -> Tensor:
        with self._came:
            self._waiting.append(call)
            leads, self._computing = not self._computing, True
            self._came.notify()
        if not leads:
            call.woken.wait()
        if call.output is None and call.error is None:
            self._compute(call)
        if call.error is not None:
            raise call.error
        assert call.output is not None
        return call.output

    def _compute(self, mine: Call) -> None:
        """Answer `mine` and what waits beside it, then let the next call compute."""
        try:
            with self._came:
                self._came.wait_for(lambda: len(self._waiting) >= self.members, self.took * LINGER)
                batch = self._batch(mine)
            self.largest = max(self.largest, len(batch))
            began = time.perf_counter()
            answer(self.network, batch)
            self.took = time.perf_counter() - began
        finally:
            with self._came:
                self._computing = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].woken.set()

    def _batch(self, mine: Call) -> list[Call]:
        """`mine` and the oldest calls of one picture size, taken from those that wait."""
        batch, pictures = [mine], len(mine.given[0])
        for call in self._waiting:
            x = call.given[0]
            if call is not mine and x.shape[1:] == mine.given[0].shape[1:] and pictures + len(x) <= MOST:
                batch.append(call)
                pictures += len(x)
        self._waiting = [call for call in self._waiting if call not in batch]
        return batch


def answer(network: Network, batch: Sequence[Call]) -> None:
    """Compute all calls as one batch, and give each its part of the output or the error."""
    try:
        x, times, label = (torch.cat(parts) for parts in zip(*(call.given for call in batch), strict=True))
        outputs = torch.split(spread(network, x, times, label), [len(call.given[0]) for call in batch])
    except BaseException as error:
        for call in batch:
            call.answer(None, error)
    else:
        for call, output in zip(batch, outputs, strict=True):
            call.answer(output)


_lock = threading.Lock()
_open: WeakValueDictionary[int, Together] = WeakValueDictionary()


def together(network: Network) -> Together:
    """The one Together of a network, for as long as somebody has it."""
    with _lock:
        found = _open.get(id(network))
        if found is None:
            found = _open[id(network)] = Together(network)
        return found
