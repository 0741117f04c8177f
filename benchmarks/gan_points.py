"""Turns a second of the live training on points, both sides, default networks, on one core; at least 400.

The peer is the same training in plain torch: networks, losses and optimisers as a tutorial has them, with
`loss.backward()` and `zero_grad()`. Both go through the same batches. Speeds are by processor time, which other work on
the machine disturbs less; here more is better, so the ratio is ours / peer.
"""

import statistics
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from aigc_demo.models.gan import LOSSES, SLOPE
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services.gan.live import BATCH, BETAS, Training
from aigc_demo.services.gan.requests import Points
from benchmarks.measure import Result, Run, alternate, median, stopwatch

LIMIT = 400.0  # turns a second
TURNS = 200  # of one run


def network(inputs: int, outputs: int, config: PointGANConfig) -> nn.Sequential:
    """Linear layers with leaky ReLUs between."""
    sizes = [inputs, *[config.width] * config.depth]
    layers: list[nn.Module] = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers, nn.Linear(config.width, outputs))


class Plain:
    """The relativistic loss with R1 and R2, one update of the critic and one of the generator a turn."""

    def __init__(self, request: Points):
        config = PointGANConfig()
        self.source = Training(request)  # for its real points and its noise only
        self.weight = LOSSES["relativistic"].slope_zero
        self.generator, self.critic = network(config.noise, 2, config), network(2, 1, config)
        self.adams = [
            torch.optim.Adam(model.parameters(), lr=rate, betas=BETAS)
            for model, rate in ((self.generator, request.rate_generator), (self.critic, request.rate_critic))
        ]

    def judged(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, and the mean squared length of their slopes."""
        x = x.detach().requires_grad_(True)
        score = self.critic(x)
        (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
        return score, slope.square().sum(1).mean()

    def advance(self) -> None:
        """A turn of both sides."""
        real = self.source.real()
        (true, r1), (false, r2) = self.judged(real), self.judged(self.generator(self.source.noise()))
        self.descend(1, softplus(false - true).mean() + self.weight / 2 * (r1 + r2))
        fake = self.critic(self.generator(self.source.noise()))
        self.descend(0, softplus(self.critic(self.source.real()) - fake).mean())

    def descend(self, side: int, loss: Tensor) -> None:
        """One step of one optimiser, and its loss as a number, which the page shows."""
        self.adams[side].zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.adams[side].step()
        loss.item()


def per_second(advance: Callable[[], object]) -> Run:
    """Turns a second, by the clock and by processor time."""
    taken = stopwatch(lambda: [advance() for _ in range(TURNS)])
    return {"by_clock": TURNS / taken["seconds"], "by_processor": TURNS / taken["cpu_seconds"]}


def run(rounds: int = 9) -> Result:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    ours, peer = Training(Points()), Plain(Points())
    sides: dict[str, Callable[[], Run]] = {
        "ours": lambda: per_second(ours.advance),
        "peer": lambda: per_second(peer.advance),
    }
    for side in sides.values():
        side()  # the first updates of a process take long
    runs = alternate(sides, rounds)
    torch.set_num_threads(threads)
    ratio = statistics.median(run["ours_by_processor"] / run["peer_by_processor"] for run in runs)
    mine, theirs = (median(runs, f"{side}_by_processor") for side in sides)
    unit, facts = "turns per second of processor time", {"batch": BATCH, "updates_per_turn": 2}
    return Result("gan_points", unit, mine, theirs, ratio, LIMIT, runs, [facts])
