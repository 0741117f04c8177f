"""Draw 64 digits from a seed in one call, and with the same weights as plain torch layers in a row.

The peer is the generator of Radford et al., 2015, figure 1, cut for 28x28, as anybody would type it from the paper.
Beside it, what a whole request costs the server, from the seed to the PNG that travels to the browser.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.gan import GAN
from aigc_demo.services.gan.requests import Draw
from benchmarks.measure import Result, Run, alternate, at_best, compare, median, stopwatch

CHECKPOINT = "gan-digits-r3"
DIGITS = 64
TRIES = 10  # of each number of threads
REPEATS = 10  # of the work in one run, as one alone is too short to be timed
REQUEST_LIMIT = 60.0  # milliseconds of processor time


def plain(model: GAN) -> nn.Sequential:
    """The generator as layers of torch in a row, noise (B, Z) -> pictures (B, 1, 28, 28)."""
    noise, width = model.config.noise, model.config.width
    layers = nn.Sequential(
        nn.Unflatten(1, (noise, 1, 1)),
        nn.ConvTranspose2d(noise, 2 * width, 7, bias=False),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.ConvTranspose2d(width, 1, 4, stride=2, padding=1),
        nn.Tanh(),
    )
    for ours, theirs in zip(model.generator.layers.children(), layers[1:].children(), strict=True):
        theirs.load_state_dict(ours.state_dict())
    return layers.eval()


def per_call(work: Any) -> Run:
    """Milliseconds per call."""
    taken = stopwatch(lambda: [work() for _ in range(REPEATS)])
    return {"ms": taken["seconds"] / REPEATS * 1000, "cpu_ms": taken["cpu_seconds"] / REPEATS * 1000}


def request(store: Store, rounds: int) -> dict[str, Any]:
    """Processor time of a whole request: noise of every seed, generator, sheet as PNG."""
    from aigc_demo.services.service import Service

    service = Service(store)
    seeds = iter(range(0, 10**6, DIGITS))

    def work() -> bytes:
        (step,) = service.stream("gan_draw", Draw(seed=next(seeds), count=DIGITS))
        assert step.value is not None
        sheet: bytes = step.value["sheets"][0]
        return sheet

    size = len(work())
    runs = [per_call(work) for _ in range(rounds)]
    figures = {"ours": median(runs, "cpu_ms"), "limit": REQUEST_LIMIT, "bytes": size}
    return {"name": "gan_request", "unit": "ms of processor time", **figures}


def run(rounds: int = 15) -> Result:
    store = Store(Path(__file__).resolve().parent.parent / "assets", device="cpu")
    model: Any = store.load(CHECKPOINT)
    peer = plain(model)
    z = torch.randn(DIGITS, model.config.noise, generator=torch.Generator().manual_seed(0))

    @torch.inference_mode()
    def ours() -> Tensor:
        return model.generator(z)

    @torch.inference_mode()
    def theirs() -> Tensor:
        return peer(z)

    gap = float((ours() - theirs()).abs().max())  # also warms both up
    count, best = at_best(theirs, TRIES)
    runs = alternate({"ours": lambda: per_call(ours), "peer": lambda: per_call(best)}, rounds)
    threads = {"threads": torch.get_num_threads(), "threads_of_peer": count}
    facts = {"digits": DIGITS, **threads, "largest_difference": gap}
    return compare("gan_drawing", "ms per call", 1.0, runs, "cpu_ms", [facts, request(store, rounds)])
