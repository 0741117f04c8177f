"""The power law of loss, fitted to a grid of trainings that assets/scaling holds.

    L(N, D) = E + A / N^a + B / D^b                                     (Hoffmann et al., 2022, arXiv:2203.15556, eq. 2)

N parameters, D tokens seen, L nats per character of held-out text. For given exponents E, A and B are a linear least
squares problem, weighted by 1 / L; exponents are searched on a grid that is made finer (variable projection: Golub &
Pereyra, 1973). How sure the fit is comes from drawing its residuals anew (Efron, 1979): SAMPLES fits of their own.
Beyond the grid that is too narrow: of 12 made-up grids with noise of 1 %, 7 had the truth of the check in their range.
Seconds of a core follow t = D (u + v N), by least squares in relative error.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aigc_demo.core.errors import NotFoundError
from aigc_demo.services.page_values import Array

FILE = "scaling/gpt-shakespeare.json"
SAMPLES = 200
SEED = 0
ROUNDS, SIDE = 9, 15  # the grid of exponents is made finer so often, and has so many values each way
LEAST, MOST = 0.03, 1.5  # exponents
TINY = 1e-12  # keeps exponents that make two columns alike from being singular
SPREAD = (5, 95)  # percentiles that are shown


@dataclass(frozen=True)
class Run:
    """One training, as training/scaling.py writes it."""

    parameters: int
    tokens: int
    seconds: float
    loss: float
    check: bool  # kept out of the fit


@dataclass(frozen=True)
class Law:
    """Floor E, factors A and B, exponents a and b."""

    floor: float
    size: float
    size_exponent: float
    data: float
    data_exponent: float

    def __call__(self, parameters: float, tokens: float) -> float:
        """Loss in nats per character of held-out text."""
        return self.floor + self.size / parameters**self.size_exponent + self.data / tokens**self.data_exponent


@dataclass(frozen=True)
class Fit:
    """What the grid says: the law, others that fit resampled residuals, and seconds of a core by size and tokens."""

    runs: tuple[Run, ...]
    check: Run
    law: Law
    others: tuple[Law, ...]
    start: float  # seconds of a token whatever the size, u
    pace: float  # seconds of a token and parameter, v
    command: str
    hardware: str

    def seconds(self, parameters: float, tokens: float) -> float:
        """Of one core, as long as the grid's trainings took."""
        return tokens * (self.start + self.pace * parameters)

    def tokens(self, parameters: float, seconds: float) -> float:
        """That so many seconds are enough for."""
        return seconds / (self.start + self.pace * parameters)

    def band(self, parameters: float, tokens: float) -> tuple[float, float]:
        """Between which losses nine in ten of the resampled laws are."""
        low, high = np.percentile([law(parameters, tokens) for law in self.others], SPREAD)
        return float(low), float(high)


def fitted(parameters: Array, tokens: Array, losses: Array) -> list[Law]:
    """The laws that fit losses (K, M) of M runs best, one for each row."""
    weights = 1 / losses.mean(0)
    laws = []
    for row in losses:
        low, high = np.full(2, np.log(LEAST)), np.full(2, np.log(MOST))
        for _ in range(ROUNDS):
            sides = [np.exp(np.linspace(*ends, SIDE)) for ends in zip(low, high, strict=True)]
            a, b = (grid.ravel() for grid in np.meshgrid(*sides, indexing="ij"))
            parts = [np.ones((len(a), len(row))), scaled(parameters, a), scaled(tokens, b)]
            matrix = np.stack(parts, -1) * weights[:, None]  # (SIDE^2, M, 3)
            target = (row * weights)[None, :, None]
            turned = matrix.swapaxes(1, 2)
            found = np.linalg.solve(turned @ matrix + TINY * np.eye(3), turned @ target)  # (SIDE^2, 3, 1)
            errors = ((matrix @ found - target) ** 2).sum((1, 2))
            errors[(found[:, :, 0] < 0).any(1)] = np.inf  # nothing gets better by less data or fewer parameters
            best = int(errors.argmin())
            centre, half = np.log([a[best], b[best]]), (high - low) / 4
            low, high = centre - half, centre + half
        floor, size, data = (float(value) for value in found[best, :, 0])
        exponents = float(a[best]), float(b[best])
        sizes = size * float(parameters.min()) ** exponents[0], data * float(tokens.min()) ** exponents[1]
        laws.append(Law(floor, sizes[0], exponents[0], sizes[1], exponents[1]))
    return laws


def scaled(values: Array, exponents: Array) -> Array:
    """(least value / value)^exponent, (exponents, values): of order 1, whatever the unit."""
    return (values.min() / values)[None] ** exponents[:, None]


def fit(runs: Sequence[Run], command: str = "", hardware: str = "") -> Fit:
    """The law of a grid of runs, one of which is the check."""
    grid = tuple(run for run in runs if not run.check)
    (check,) = (run for run in runs if run.check)
    parameters, tokens, seconds, losses = (
        np.array([getattr(run, name) for run in grid], float) for name in ("parameters", "tokens", "seconds", "loss")
    )
    (law,) = fitted(parameters, tokens, losses[None])
    told = np.array([law(*place) for place in zip(parameters, tokens, strict=True)])
    random = np.random.default_rng(SEED)
    left = (losses - told) / told * np.sqrt(len(grid) / (len(grid) - 5))  # five numbers were fitted to them
    drawn = told * (1 + random.choice(left, (SAMPLES, len(grid))))
    matrix = np.stack([tokens, tokens * parameters], 1) / seconds[:, None]
    start, pace = np.linalg.lstsq(matrix, np.ones(len(grid)), rcond=None)[0]
    return Fit(grid, check, law, tuple(fitted(parameters, tokens, drawn)), float(start), float(pace), command, hardware)


@functools.lru_cache(maxsize=2)
def shipped(assets: Path) -> Fit:
    """The fit of the grid that ships with the project; NotFoundError where it is not there."""
    file = assets / FILE
    if not file.is_file():
        raise NotFoundError("no_grid", file=FILE)
    found = json.loads(file.read_text(encoding="utf-8"))
    return fit([Run(**run) for run in found["runs"]], found["command"], found["hardware"])
