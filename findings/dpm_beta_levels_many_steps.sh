#!/usr/bin/env bash
# diffusers: with use_beta_sigmas=True the solvers run up to 31 steps; from 32 on they fail in the very last one.
#
# The levels of "beta" lie so close at both ends that neighbours belong to one timestep once it is rounded. The solvers
# (DPMSolverMultistep, DPMSolverSinglestep, UniPC, DEIS) do round it, and look up where they are by the timestep alone:
# of two equal ones they take the second. If the first two are equal they start one step late, skip the first, and
# leave the list at its end: an IndexError that names no option (UniPC: an AssertionError without a word), after all the
# work is done. Euler's scheduler keeps the fractions and runs. scheduler.set_begin_index(0) before the loop mends it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 diffusers==0.42.1 numpy==2.4.6 scipy==1.17.1
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import diffusers
import torch
from diffusers import (
    DEISMultistepScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSinglestepScheduler,
    EulerDiscreteScheduler,
    UniPCMultistepScheduler,
)


def run(kind, steps, told=False):
    """How far it comes: the number of steps done, and the error that ended it."""
    scheduler = kind(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", use_beta_sigmas=True)
    scheduler.set_timesteps(steps)
    if told:
        scheduler.set_begin_index(0)
    picture = torch.zeros(1, 1, 2, 2)
    for done, t in enumerate(scheduler.timesteps):
        try:
            picture = scheduler.step(torch.zeros_like(picture), t, picture).prev_sample
        except Exception as error:
            return done, f"{type(error).__name__}: {error}".strip(": ")[:70]
    return steps, "finished"


diffusers.logging.set_verbosity_error()
print("diffusers", diffusers.__version__, "torch", torch.__version__)
SOLVERS = (
    DPMSolverMultistepScheduler,
    DPMSolverSinglestepScheduler,
    DEISMultistepScheduler,
    UniPCMultistepScheduler,
)
for kind in SOLVERS:
    for steps in (20, 31, 32, 50):
        done, ended = run(kind, steps)
        _, mended = run(kind, steps, told=True)
        print(f"{kind.__name__}, {steps} steps: {done} done, {ended}; with set_begin_index(0) {mended}")
        assert mended == "finished"
        assert (ended == "finished") == (steps < 32), "it runs for other numbers of steps now"
assert run(EulerDiscreteScheduler, 50) == (50, "finished")
scheduler = DPMSolverMultistepScheduler(beta_schedule="scaled_linear", use_beta_sigmas=True)
scheduler.set_timesteps(50)
print("the first of 50 timesteps:", scheduler.timesteps[:4].tolist())
PYTHON
