"""Our networks in ONNX Runtime, in PyTorch and, where diffusers has the network too, in that: same weights and inputs.

Every side runs at the setting at which it is quickest here: one thread, all cores, or halves of the batch side by side.
The ratio is that of the target: diffusers for the U-Net, our own network in PyTorch for the others.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.engine import Engines, Network, is_installed, part_of
from benchmarks.measure import Result, Run, alternate, compare, median, stopwatch

REPEATS = 5  # of the work in one run
TRIES = 3  # of each setting, before
Work = Callable[[], Tensor]


@dataclass(frozen=True)
class Task:
    """A network, or a part of it, on inputs of one batch; `limit` is what the ratio is held to."""

    name: str
    checkpoint: str
    part: str
    inputs: Callable[[int], Sequence[Tensor]]
    batch: int
    limit: float
    has_library: bool = False


def unet(batch: int) -> Sequence[Tensor]:
    return torch.randn(batch, 4, 16, 16), torch.full((batch,), 500), torch.arange(batch) % 10


TASKS = (
    Task("onnx_unet_step", "diffusion-digits", "", unet, 1, 3.0, True),
    Task("onnx_unet_step_batch16", "diffusion-digits", "", unet, 16, 1.0, True),
    Task("onnx_vae_decode", "vae-digits-vae", "paint", lambda batch: (torch.randn(batch, 16),), 64, 1.5),
    Task("onnx_gan_draw", "gan-digits-r3", "generator", lambda batch: (torch.randn(batch, 100),), 64, 1.5),
)


def settings(network: Network, given: Sequence[Tensor]) -> dict[str, Work]:
    """The ways to compute this batch."""
    halves = list(zip(*(x.chunk(2) for x in given), strict=True))

    def on(count: int) -> Tensor:
        with threads.using(count), torch.inference_mode():
            return network(*given)

    def split() -> Tensor:
        return torch.cat(threads.side_by_side([lambda half=half: network(*half) for half in halves]))  # type: ignore[misc]

    ways: dict[str, Work] = {"1 thread": lambda: on(1), f"{threads.cores()} threads": lambda: on(threads.cores())}
    return ways | ({"side by side": split} if len(halves) > 1 else {})


def milliseconds(work: Work) -> Run:
    """Of a call, by the clock and of the processor."""
    taken = stopwatch(lambda: [work() for _ in range(REPEATS)])
    return {"ms": taken["seconds"] / REPEATS * 1000, "cpu_ms": taken["cpu_seconds"] / REPEATS * 1000}


def quickest(network: Network, given: Sequence[Tensor]) -> tuple[str, Work]:
    """The setting that takes least, and its name."""
    ways = settings(network, given)
    spent = {name: min(milliseconds(work)["ms"] for _ in range(TRIES)) for name, work in ways.items()}
    name = min(spent, key=lambda way: spent[way])
    return name, ways[name]


def measure(task: Task, store: Store, engines: Engines, rounds: int) -> Result:
    """One task, all sides in turns."""
    torch.manual_seed(0)
    model: Any = store.load(task.checkpoint)
    given = task.inputs(task.batch)
    session = engines.session(model, task.inputs(2), task.part)
    if session is None:
        raise RuntimeError(f"{task.name}: ONNX Runtime gives another result")
    networks = {"ours": session, "pytorch" if task.has_library else "peer": part_of(model, task.part)}
    if task.has_library:
        library = to_library(model)
        networks["peer"] = lambda x, t, label: library(x, t, class_labels=label, return_dict=False)[0]
    ways = {side: quickest(network, given) for side, network in networks.items()}
    made = {side: work() for side, (_, work) in ways.items()}
    runs = alternate({side: lambda work=work: milliseconds(work) for side, (_, work) in ways.items()}, rounds)  # type: ignore[misc]
    facts: dict[str, Any] = {
        "batch": task.batch,
        "settings": {side: name for side, (name, _) in ways.items()},
        "cpu_ms": {side: median(runs, f"{side}_cpu_ms") for side in ways},
        "largest_difference": {
            side: float((output - made["ours"]).abs().max()) for side, output in made.items() if side != "ours"
        },
    }
    if task.has_library:
        facts["pytorch"] = median(runs, "pytorch_ms")
        facts["pytorch_ratio"] = facts["pytorch"] / median(runs, "ours_ms")
    return compare(task.name, "ms per call", task.limit, runs, "ms", [facts])


def run(rounds: int = 15) -> Result:
    if not is_installed():
        raise SystemExit("ONNX Runtime is not installed: pip install -r requirements-onnx.txt -c constraints.txt")
    torch.set_flush_denormal(True)
    store = Store(Path(__file__).resolve().parent.parent / "assets", device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        first, *others = (measure(task, store, Engines(Path(folder)), rounds) for task in TASKS)
    told = ({key: value for key, value in result.to_plain().items() if key != "runs"} for result in others)
    more = [*first.more, *told]
    return Result(first.name, first.unit, first.ours, first.peer, first.ratio, first.limit, first.runs, more)
