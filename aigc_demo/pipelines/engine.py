"""Run a network of ours in ONNX Runtime, where that package is installed (requirements-onnx.txt); else as it is.

A network is exported once, in a thread behind the page, and kept in the cache under a hash of its weights. The copy is
taken where its output is within TOLERANCE of ours and where it is quicker by measurement; otherwise PyTorch goes on.
A session has one thread: large batches go in parts side by side (sampling/predict.py), as they do in PyTorch.
"""

import hashlib
import importlib.util
import inspect
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from aigc_demo.core import threads

logger = logging.getLogger(__name__)
PYTORCH, ONNX = "PyTorch", "ONNX Runtime"
TOLERANCE = 1e-4  # absolute, in float32
FORM = 1  # of the files; another number makes them anew
TRIES = 5
Network = Callable[..., Tensor]


def is_installed() -> bool:
    """Whether ONNX Runtime is on this machine."""
    return importlib.util.find_spec("onnxruntime") is not None


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


def export(network: nn.Module, example: Sequence[Tensor], path: Path) -> None:
    """Write the network, which takes tensors like `example`, as an ONNX file for batches of any size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(inspect.signature(network.forward).parameters)[: len(example)]
    unfinished = path.with_suffix(f".{os.getpid()}")
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        warnings.simplefilter("ignore")  # of the exporter that needs no further package it says that it will go
        torch.onnx.export(
            network,
            tuple(example),
            str(unfinished),
            dynamo=False,
            input_names=names,
            output_names=["output"],
            dynamic_axes={name: {0: "batch"} for name in (*names, "output")},
        )
    unfinished.replace(path)


def key(network: nn.Module) -> str:
    """A hash of the network's class and weights."""
    found = hashlib.sha256(f"{FORM} {type(network).__qualname__} {torch.__version__}".encode())
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


def opened(network: nn.Module, example: Sequence[Tensor], folder: Path) -> Session | None:
    """The network in ONNX Runtime; None where it says something else, or takes longer."""
    path = folder / f"{key(network)}.onnx"
    if not path.is_file():
        export(network, example, path)
    session = Session(path)
    with torch.inference_mode():
        gap = float((session(*example) - network(*example)).abs().max())
    one = [x[:1] for x in example]
    if not gap <= TOLERANCE or seconds(session, one) >= seconds(network, one):
        return None
    return session


class Engines:
    """Which engine each network runs in. `folder` keeps the exported files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._known: WeakKeyDictionary[nn.Module, Session | None] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def network(self, network: nn.Module, example: Sequence[Tensor]) -> Network:
        """What to call in the place of `network`: the same numbers, from the quickest engine that is ready.

        `example`: inputs of the kinds that it gets, two of each.
        """
        if not is_installed() or next(network.parameters()).device.type != "cpu":
            return network
        with self._lock:
            if network not in self._known:
                self._known[network] = None
                threading.Thread(target=self.prepare, args=(network, example), name="engine", daemon=True).start()
        return self._known[network] or network

    def prepare(self, network: nn.Module, example: Sequence[Tensor]) -> None:
        """Open the network in ONNX Runtime, exported before where there is no file of it yet."""
        try:
            session = opened(network, example, self.folder)
        except Exception as error:  # an exporter or a runtime of another release may raise anything: PyTorch goes on
            logger.warning("ONNX Runtime is not used: %s", str(error).partition("\n")[0])
            session = None
        with self._lock:
            self._known[network] = session

    def name(self, network: nn.Module) -> str:
        """The engine that `network` runs in now."""
        return ONNX if self._known.get(network) else PYTORCH
