"""Run a network of ours in ONNX Runtime, where that is installed (requirements-onnx.txt); else as it is.

A network is exported once, in a thread behind the page, and kept in the cache under a hash of its weights. The copy is
taken where its output is within TOLERANCE of ours and where it is quicker by measurement; otherwise PyTorch goes on.

A session has one thread: large batches go in parts side by side (sampling/together.py), as they do in PyTorch. With two
threads, which spin while they wait, a step of the digit U-Net took 11.3 ms in place of 5.4 beside one busy process.

Files are written by torch's exporter that traces, which needs the package onnx alone: 2.8 s for the digit U-Net with
torch 2.13. The newer one needs onnxscript as well, and took 22.5 s.
"""

import hashlib
import importlib.util
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet

import torch
from torch import Tensor, nn

from aigc_demo.core import threads

logger = logging.getLogger(__name__)
PYTORCH, ONNX = "PyTorch", "ONNX Runtime"
NEEDED = ("onnxruntime", "onnx")  # packages: the second one writes the files
TOLERANCE = 1e-4  # absolute, in float32
FORM = 2  # of the files; another number makes them anew
TRIES = 5
Network = Callable[..., Tensor]


def is_installed() -> bool:
    """Whether ONNX Runtime is on this machine, and AIGC_ENGINE does not ask for PyTorch."""
    asked = os.environ.get("AIGC_ENGINE", "").lower()
    return asked != PYTORCH.lower() and all(importlib.util.find_spec(name) for name in NEEDED)


class Session:
    """A network in ONNX Runtime: called as the network is, with tensors whose first dimension is the batch."""

    def __init__(self, path: Path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
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
            began = time.perf_counter()
            network(*example)
            best = min(best, time.perf_counter() - began)
    return best


def agree(session: Session, network: Network, example: Sequence[Tensor]) -> bool:
    """Whether both say the same of `example`."""
    with torch.inference_mode():
        return bool((session(*example) - network(*example)).abs().max() <= TOLERANCE)


def opened(network: nn.Module, example: Sequence[Tensor], folder: Path, part: str = "") -> Session | None:
    """The network in ONNX Runtime; None where it says something else. A file that is broken is written again."""
    path = folder / f"{key(network, part)}.onnx"
    if path.is_file():
        try:
            session = Session(path)
            if agree(session, part_of(network, part), example):
                return session
        except Exception as error:  # whatever this release says of a broken file
            logger.debug("%s", error)
        logger.warning("%s is broken and written again", path.name)
    export(network, example, path, part)
    session = Session(path)
    return session if agree(session, part_of(network, part), example) else None


@dataclass(frozen=True)
class Known:
    """A part of a network in ONNX Runtime, where that is to be had, and whether it is the quicker engine."""

    session: Session | None
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
        if network in self._left or not is_possible(network):
            return part_of(network, part)
        with self._lock:
            known = self._known.setdefault(network, {})
            if part not in known:
                known[part] = None
                threading.Thread(target=self.prepare, args=(network, example, part), name="engine", daemon=True).start()
            found = known[part]
        return found.session if found and found.session and found.is_quicker else part_of(network, part)

    def session(self, network: nn.Module, example: Sequence[Tensor], part: str = "") -> Session | None:
        """The network in ONNX Runtime even where that is slower, once it is ready; None where it is not to be had."""
        return self.prepare(network, example, part).session if is_possible(network) else None

    def prepare(self, network: nn.Module, example: Sequence[Tensor], part: str = "") -> Known:
        """Open the network in ONNX Runtime, exported before where there is no file of it yet."""
        with self._preparing:
            found = self._known.get(network, {}).get(part)
            if found is not None:
                return found
            try:
                session = opened(network, example, self.folder, part)
                quicker = session is not None and seconds(session, example) < seconds(part_of(network, part), example)
            except Exception as error:  # an exporter or a runtime of another release may raise anything
                logger.warning("ONNX Runtime is not used: %s", str(error).partition("\n")[0])
                session, quicker = None, False
            made = Known(session, quicker)
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
