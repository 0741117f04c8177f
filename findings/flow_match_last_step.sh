#!/usr/bin/env bash
# diffusers: FlowMatchEulerDiscreteScheduler spends its last step on a thousandth of the way; of 2 steps only 1 is work.
#
# set_timesteps(n) spreads n noise levels evenly from 1 down to 0.001 (1 / num_train_timesteps), both included, and then
# appends 0. The last call of the network therefore moves the picture by 0.001 of its path, and n steps are as good as
# n - 1. The pipelines of Stable Diffusion 3 and Flux pass their own levels, 1 down to 1 / n, and are not affected; a
# pipeline or loop of one's own that calls set_timesteps(n) is. Passing sigmas=numpy.linspace(1, 1 / n, n) spreads them.
# Below the network is a perfect straight flow between a fixed noise and a curve, so that the error of n steps is known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 diffusers==0.42.1 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import diffusers
import numpy
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

print("diffusers", diffusers.__version__)


def walked(steps, sigmas=None):
    """Where dx/dsigma = 3 sigma^2 leads from x(1) = 1; the truth is 0 at sigma = 0."""
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(steps, sigmas=sigmas)
    x = torch.ones(1, dtype=torch.float64)
    for i, t in enumerate(scheduler.timesteps):
        velocity = torch.full((1,), 3 * float(scheduler.sigmas[i]) ** 2, dtype=torch.float64)
        x = scheduler.step(velocity, t, x).prev_sample
    return float(x), [round(float(sigma), 4) for sigma in scheduler.sigmas]


for steps in (2, 4, 8):
    error, levels = walked(steps)
    even, _ = walked(steps, numpy.linspace(1, 1 / steps, steps))
    one_fewer, _ = walked(steps - 1, numpy.linspace(1, 1 / (steps - 1), steps - 1))
    print(f"{steps} steps, levels {levels}: error {error:.4f}; {steps} even steps {even:.4f}, {steps - 1} {one_fewer:.4f}")
    assert levels[-2:] == [0.001, 0.0], "the last step is longer now"
    assert abs(error - one_fewer) < 0.01 < abs(error - even), "n steps are no longer as good as n - 1"
PYTHON
