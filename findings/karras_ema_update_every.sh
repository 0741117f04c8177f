#!/usr/bin/env bash
# ema-pytorch: KarrasEMA and PostHocEMA with update_every=100 (the default) hardly leave the weights they began with.
#
# update_every is there "to save on compute": the average is updated at every n-th call only. One expects the same
# average as before, sampled more coarsely, so that sigma_rel keeps its meaning. But the decay of one update is that
# of one step, (1 - 1 / t)^(gamma + 1), whatever the number of steps since the last update: with n = 100 it forgets a
# hundred times too slowly. sigma_rel=0.1 then holds two thirds of the untrained network after 10,000 steps, and
# longer trainings barely help, for the share falls with a small power of the step. update_every=1 has the profile of
# the paper (arXiv 2312.02696); the decay for n steps would be (1 - n / t)^(gamma + 1). PostHocEMA is made of such
# averages, and its solver takes their profiles to be the paper's. Here the weight is the number of the step: the mean
# of the paper's profile is then (gamma + 1) / (gamma + 2) of the last.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile ema-pytorch==0.8.3 torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import inspect
from importlib.metadata import version

import torch
from ema_pytorch import KarrasEMA

STEPS = 10_000


def averaged(value, every):
    """The average after all steps of a network of one weight, which is value(step) at a step."""
    network = torch.nn.Linear(1, 1, bias=False)
    average = KarrasEMA(network, sigma_rel=0.1, update_every=every)
    for step in range(1, STEPS + 1):
        network.weight.data.fill_(value(step))
        average.update()
    return float(average.ema_model.weight), average.gamma


print("ema-pytorch", version("ema-pytorch"), "torch", torch.__version__)
usual = inspect.signature(KarrasEMA).parameters["update_every"].default
print("update_every is by default", usual)
centre, untrained = {}, {}
for every in (1, 10, usual):
    last, gamma = averaged(lambda step: step / STEPS, every)
    centre[every], expected = last, (gamma + 1) / (gamma + 2)
    untrained[every] = averaged(lambda step: float(step == 1), every)[0]
    print(
        f"update_every {every:3}: centre of the average {centre[every]:.3f} of all steps, the paper's {expected:.3f};"
        f" share of the first weights {untrained[every]:.2g}"
    )
assert abs(centre[1] - expected) < 0.01 and untrained[1] < 1e-6
assert usual == 100 and centre[usual] < 0.1 and untrained[usual] > 0.6, "update_every no longer slows the average"
PYTHON
