"""Run a network of ours in ONNX Runtime, where that is installed (requirements-onnx.txt); else as it is.

A network is exported once, in a thread behind the page, and kept in the cache under a hash of its weights. The copy is
taken where its output is within TOLERANCE of ours and where it is quicker by measurement; otherwise PyTorch goes on.

A session has one thread: large batches go in parts side by side (sampling/together.py), as they do in PyTorch. With two
threads, which spin while they wait, a step of the digit U-Net took 11.3 ms in place of 5.4 beside one busy process.

Files are written by torch's exporter that traces, which needs the package onnx alone: 2.8 s for the digit U-Net with
torch 2.13. The newer one needs onnxscript as well, and took 22.5 s.
"""

import atexit
import hashlib
import importlib.util
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

import torch
from torch import Tensor, nn

from aigc_demo.core import threads
from aigc_demo.pipelines import gpt_onnx
from aigc_demo.pipelines.onnx_session import open_session

logger = logging.getLogger(__name__)
PYTORCH, ONNX = "PyTorch", "ONNX Runtime"
NEEDED = ("onnxruntime", "onnx")  # packages: the second one writes the files
TOLERANCE = 1e-4  # absolute, in float32
NATS = 0.05  # between chances, where weights are rounded: SmolLM2 with 8 bits is 0.01 off, with 4 bits 0.7
FORM = 3  # of the files; another number makes them anew
TRIES = 5
TOKEN = "token"  # the part of a GPT that writes
Network = Callable[..., Tensor]
S = TypeVar("S")
_running: WeakSet[threading.Thread] = WeakSet()  # threads that prepare
_ending = threading.Event()  # the program is over


class EndingError(Exception):
    """The program is over: nothing more is prepared."""


@atexit.register
def end() -> None:
    """Wait for what is being prepared, which goes no step further: a thread that computes while Python ends aborts."""
    _ending.set()
    for thread in list(_running):
        thread.join()


def go_on() -> None:
    """EndingError where the program is over."""
    if _ending.is_set():
        raise EndingError


def is_installed() -> bool:
    """Whether ONNX Runtime is on this machine, and AIGC_ENGINE does not ask for PyTorch."""
    asked = os.environ.get("AIGC_ENGINE", "").lower()
    return asked != PYTORCH.lower() and all(importlib.util.find_spec(name) for name in NEEDED)


class Session:
    """A network in ONNX Runtime: called as the network is, with tensors whose first dimension is the batch."""

    def __init__(self, path: Path):
        self.session = open_session(path)
        self.inputs = [given.name for given in self.session.get_inputs()]

    def __call__(self, *given: Tensor) -> Tensor:
        feed = {name: x.contiguous().numpy() for name, x in zip(self.inputs, given, strict=True)}
        return torch.from_numpy(self.session.run(None, feed)[0])


class Part(nn.Module):
    """A part of a network, a method or a module of it, as a network of its own."""

    def __init__(self, network: nn.Module, name: str):
        super().__init__()
        self.network, self.name = network, name

    def forward(self, *given: Tensor) -> Tensor:
        """Whatever the part takes -> what it gives."""
        output: Tensor = part_of(self.network, self.name)(*given)
        return output


def part_of(network: nn.Module, name: str) -> Network:
    """A method or a module of a network; the network itself where the name is empty."""
    found: Network = getattr(network, name) if name else network
    return found


def export(network: nn.Module, example: Sequence[Tensor], path: Path, part: str = "") -> None:
    """Write the network, which takes tensors like `example`, as an ONNX file for batches of any size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [f"input{place}" for place in range(len(example))]
    unfinished = path.with_suffix(f".{os.getpid()}")
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        warnings.simplefilter("ignore")  # of the exporter that needs no further package it says that it will go
        torch.onnx.export(
            Part(network, part).eval(),
            tuple(x.clone() for x in example),  # outside of inference mode
            str(unfinished),
            dynamo=False,
            input_names=names,
            output_names=["output"],
            dynamic_axes={name: {0: "batch"} for name in (*names, "output")},
        )
    unfinished.replace(path)


def key(network: nn.Module, part: str = "") -> str:
    """A hash of the network's class, settings and weights, and of the part of it."""
    made = f"{FORM} {type(network).__qualname__} {getattr(network, 'config', '')} {part} {torch.__version__}"
    found = hashlib.sha256(made.encode())
    for name, tensor in network.state_dict().items():
        found.update(f"{name} {tuple(tensor.shape)}".encode())
        found.update(tensor.detach().contiguous().numpy().tobytes())
    return found.hexdigest()[:32]


def seconds(network: Network, example: Sequence[Tensor]) -> float:
    """What the best of a few calls takes, in one thread."""
    best = float("inf")
    with threads.using(1), torch.inference_mode():
        for _ in range(TRIES):
            go_on()
            began = time.perf_counter()
            network(*example)
            best = min(best, time.perf_counter() - began)
    return best


def agree(session: Network, network: Network, example: Sequence[Tensor]) -> bool:
    """Whether both say the same of `example`."""
    with torch.inference_mode():
        return bool((session(*example) - network(*example)).abs().max() <= TOLERANCE)


def agree_roughly(session: Network, network: Network, example: Sequence[Tensor]) -> bool:
    """Whether both give about the same chances to what is next: a mean Kullback-Leibler divergence within NATS."""
    with torch.inference_mode():
        ours, theirs = (way(*example).log_softmax(-1) for way in (network, session))
        return bool((ours.exp() * (ours - theirs)).sum(-1).mean() <= NATS)


def opened(
    path: Path, write: Callable[[Path], None], session: Callable[[Path], S], agrees: Callable[[S], bool]
) -> S | None:
    """What is in the file, written where it is missing or broken; None where that says something else than ours."""
    go_on()
    if path.is_file():
        try:
            found = session(path)
            if agrees(found):
                return found
        except Exception as error:  # whatever this release says of a broken file
            logger.debug("%s", error)
        logger.warning("%s is broken and written again", path.name)
    go_on()
    write(path)
    go_on()
    made = session(path)
    return made if agrees(made) else None


@dataclass(frozen=True)
class Known:
    """A part of a network in ONNX Runtime, where that is to be had, and whether it is the quicker engine."""

    session: Any  # a Session, or what writes in the place of a language model; None
    is_quicker: bool


class Engines:
    """Which engine each network runs in. `folder` keeps the exported files.

    `example` of the methods: inputs of the kinds that the network gets, as many of each as it usually gets at once.
    `part`: the method or module of the network that is meant; "" for the network itself.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._known: WeakKeyDictionary[nn.Module, dict[str, Known | None]] = WeakKeyDictionary()
        self._left: WeakSet[nn.Module] = WeakSet()
        self._lock = threading.Lock()
        self._preparing = threading.Lock()

    def leave(self, network: nn.Module) -> None:
        """Let a network run as it is: one that is a person's own must leave no file."""
        self._left.add(network)

    def network(self, network: nn.Module, example: Sequence[Tensor], part: str = "") -> Network:
        """What to call in the place of `network`: the same numbers, from the quickest engine that is ready."""
        return self._ready(network, part, self.prepare, network, example, part) or part_of(network, part)

    def writer(self, model: nn.Module) -> Any:
        """What is to write in the place of a language model: the same numbers, from the quickest that is ready."""
        return (self._ready(model, TOKEN, self.prepare_writer, model) if gpt_onnx.is_fit(model) else None) or model

    def other_writer(self, model: nn.Module) -> Any:
        """A language model in ONNX Runtime even where that is slower, once it is ready; None where there is no way."""
        possible = gpt_onnx.is_fit(model) and is_possible(model)
        return self.prepare_writer(model).session if possible else None

    def _ready(self, network: nn.Module, part: str, prepare: Callable[..., Known], *given: Any) -> Any:
        """The session where there is one and it is the quicker engine; prepared in a thread when first asked for."""
        if network in self._left or not is_possible(network):
            return None
        with self._lock:
            known = self._known.setdefault(network, {})
            if part not in known:
                known[part] = None
                thread = threading.Thread(target=prepare, args=given, name="engine", daemon=True)
                _running.add(thread)
                thread.start()
            found = known[part]
        return found.session if found and found.is_quicker else None

    def session(self, network: nn.Module, example: Sequence[Tensor], part: str = "") -> Session | None:
        """The network in ONNX Runtime even where that is slower, once it is ready; None where it is not to be had."""
        found: Session | None = self.prepare(network, example, part).session if is_possible(network) else None
        return found

    def prepare(self, network: nn.Module, example: Sequence[Tensor], part: str = "") -> Known:
        """Open the network in ONNX Runtime, exported before where there is no file of it yet."""

        def tried() -> Known:
            ours = part_of(network, part)
            session = opened(
                self.folder / f"{key(network, part)}.onnx",
                lambda path: export(network, example, path, part),
                lambda path: Session(path),
                lambda made: agree(made, ours, example),
            )
            return Known(session, session is not None and seconds(session, example) < seconds(ours, example))

        return self._prepared(network, part, tried)

    def prepare_writer(self, model: Any) -> Known:
        """Open the single tokens of a GPT in ONNX Runtime, as `prepare` does with other networks."""

        def tried() -> Known:
            tokens, ours = [gpt_onnx.example(model)], partial(gpt_onnx.by_token, model)
            same = agree_roughly if gpt_onnx.is_in_bytes(model) else agree
            quick = opened(
                self.folder / f"{key(model, TOKEN)}.onnx",
                partial(gpt_onnx.write, model),
                partial(gpt_onnx.QuickGPT, model),
                lambda made: same(partial(gpt_onnx.by_token, made), ours, tokens),
            )
            quicker = quick is not None and seconds(partial(gpt_onnx.by_token, quick), tokens) < seconds(ours, tokens)
            return Known(quick, quicker)

        return self._prepared(model, TOKEN, tried)

    def _prepared(self, network: nn.Module, part: str, tried: Callable[[], Known]) -> Known:
        with self._preparing:
            found = self._known.get(network, {}).get(part)
            if found is not None:
                return found
            try:
                made = tried()
            except EndingError:
                return Known(None, False)
            except Exception as error:  # an exporter or a runtime of another release may raise anything
                logger.warning("ONNX Runtime is not used: %s", str(error).partition("\n")[0])
                made = Known(None, False)
            with self._lock:
                self._known.setdefault(network, {})[part] = made
            return made

    def name(self, network: nn.Module) -> str:
        """The engine that `network`, or a part of it, runs in now."""
        known = self._known.get(network, {}).values()
        return ONNX if any(found is not None and found.is_quicker for found in known) else PYTORCH


def is_possible(network: nn.Module) -> bool:
    """Whether a network may run in ONNX Runtime here."""
    return is_installed() and next(network.parameters()).device.type == "cpu"
