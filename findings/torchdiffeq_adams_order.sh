#!/usr/bin/env bash
# torchdiffeq: explicit_adams, with its defaults, blows up where Euler is at ease, and loses its order on uneven times.
#
# Both Adams methods go up to order 12 by themselves (max_order=12, a default that the documentation does not tell). So
# high an explicit one is stable for extremely small steps only: y' = -y from 0 to 4, which Euler gets right to 0.007
# with 20 steps, ends at 2,000 with 20 steps and at 10^24 with 640. And both use coefficients that hold for equal
# steps, whatever the steps are: on times that are closer together at one end, as the noise levels of a diffusion model
# are, the error falls with the square of the number of steps and not with its fourth power or more, and rk4 is far
# ahead. Nothing is said. max_order=4 mends the first; against the second give evenly spaced times, or integrate over a
# variable in which they are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 scipy==1.17.1 torchdiffeq==0.2.5
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import math
from importlib.metadata import version

import torch
from torchdiffeq import odeint

START, END = torch.ones(1, dtype=torch.float64), 4.0


def error(method, steps, uneven=False, **options):
    """The error of y' = -y, y(0) = 1, at its end."""
    places = torch.linspace(0, 1, steps + 1, dtype=torch.float64)
    times = END * (places**2 if uneven else places)
    found = odeint(lambda t, y: -y, START, times, rtol=1e-13, atol=1e-13, method=method, options=options)
    return abs(found[-1].item() - math.exp(-END))


def order(method, uneven, **options):
    """The power of the number of steps with which the error falls, from 80 to 160."""
    return math.log2(error(method, 80, uneven, **options) / error(method, 160, uneven, **options))


print("torchdiffeq", version("torchdiffeq"), "torch", torch.__version__)
for steps in (20, 160, 640):
    euler, adams = error("euler", steps), error("explicit_adams", steps)
    limited = error("explicit_adams", steps, max_order=4)
    print(f"{steps} even steps: error of euler {euler:.1e}, explicit_adams {adams:.1e}, with max_order=4 {limited:.1e}")
    assert limited < euler < 0.01
    assert adams > 1e3, "explicit_adams is stable by default now"
CASES = {"rk4": {}, "explicit_adams": {"max_order": 5}, "implicit_adams": {"max_order": 5, "max_iters": 50}}
for method, options in CASES.items():
    even, uneven = order(method, False, **options), order(method, True, **options)
    last = error(method, 160, True, **options)
    print(f"{method} {options}: order {even:.1f} on even times, {uneven:.1f} on uneven ones, error there {last:.1e}")
    assert even > 3.5
    assert (uneven > 3.5) if method == "rk4" else (uneven < 2.5), f"{method} keeps its order on uneven times now"
PYTHON
