"""Encode and decode 256 digits with our network, and with the same weights as plain torch layers in a row.

Beside it, what one click on the plane costs the server when four models answer it: the page itself asks the browser.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.vae import VAE
from benchmarks.measure import Result, Run, alternate, at_best, compare, median, stopwatch

CHECKPOINT = "vae-digits-vae"
DIGITS = 256
TRIES = 20  # of each number of threads
REPEATS = 20  # of the work in one run, as one alone is too short to be timed
CLICK_LIMIT = 60.0  # milliseconds of processor time


class FirstHalf(nn.Module):
    """The means out of means and log variances side by side."""

    def forward(self, moments: Tensor) -> Tensor:
        """moments (B, 2D) -> (B, D)."""
        return moments.chunk(2, dim=1)[0]


def plain(model: VAE) -> nn.Sequential:
    """The same network as layers of torch in a row: encoder with both heads in one layer, decoder, sigmoid."""
    assert model.log_variance is not None
    heads = nn.Linear(model.mean.in_features, 2 * model.config.latent)
    heads.weight.data = torch.cat([model.mean.weight, model.log_variance.weight]).detach()
    heads.bias.data = torch.cat([model.mean.bias, model.log_variance.bias]).detach()
    layers: list[nn.Module] = [nn.Flatten(), *model.encoder, heads, FirstHalf(), *model.decoder, nn.Sigmoid()]
    return nn.Sequential(*layers).eval()


def per_batch(work: Any) -> Run:
    """Milliseconds per batch."""
    taken = stopwatch(lambda: [work() for _ in range(REPEATS)])
    return {"ms": taken["seconds"] / REPEATS * 1000, "cpu_ms": taken["cpu_seconds"] / REPEATS * 1000}


def click(store: Store, rounds: int) -> dict[str, Any]:
    """Processor time of one point decoded by all four models of the plane."""
    from aigc_demo.services.service import Service
    from aigc_demo.services.vae.requests import Plane

    service = Service(store)
    service.result("vae_plane", Plane())
    runs = [per_batch(lambda: service.result("vae_plane", Plane(x=0.5, y=-0.5))) for _ in range(rounds)]
    return {"name": "plane_click", "unit": "ms of processor time", "ours": median(runs, "cpu_ms"), "limit": CLICK_LIMIT}


def run(rounds: int = 15) -> Result:
    store = Store(Path(__file__).resolve().parent.parent / "assets", device="cpu")
    model: Any = store.load(CHECKPOINT)
    peer = plain(model)
    x = torch.rand(DIGITS, *model.config.picture, generator=torch.Generator().manual_seed(0))

    @torch.inference_mode()
    def ours() -> Tensor:
        return model.paint(model.encode(x).mean)

    @torch.inference_mode()
    def theirs() -> Tensor:
        return peer(x).view_as(x)

    gap = float((ours() - theirs()).abs().max())  # also warms both up
    count, best = at_best(theirs, TRIES)
    runs = alternate({"ours": lambda: per_batch(ours), "peer": lambda: per_batch(best)}, rounds)
    threads = {"threads": torch.get_num_threads(), "threads_of_peer": count}
    facts = {"digits": DIGITS, **threads, "largest_difference": gap}
    return compare("autoencoder", "ms per batch", 1.0, runs, "ms", [facts, click(store, rounds)])
