#!/usr/bin/env bash
# diffusers: EMAModel(decay=0.9999, use_ema_warmup=False) does warm up, for 90,000 steps.
#
# The documentation calls decay "the decay factor" and use_ema_warmup whether to warm up, and False is the default.
# One expects 0.9999 from the first step on. But False only chooses another ramp: (1 + step) / (10 + step), with decay
# as its upper end, which 0.9999 reaches after 89,991 steps. A training of 5,000 steps never comes near: its average
# reaches back some 500 steps, not 4,000, and 0.999, 0.9999 and 0.99999 give one and the same average. So runs that
# compare decays compare nothing, and nothing is said. True is a ramp that lies lower still. min_decay=decay gives the
# constant factor (after the first step, which copies); torch.optim.swa_utils has no ramp.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 diffusers==0.42.1 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import diffusers
import torch
from diffusers.training_utils import EMAModel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

STEPS = 5_000


def behind(decay, **options):
    """How many steps the average of the step's number lies behind at the end, and its last factor."""
    weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    average = EMAModel([weight], decay=decay, **options)
    for step in range(1, STEPS + 1):
        weight.data.fill_(step)
        average.step([weight])
    return STEPS - float(average.shadow_params[0]), average.cur_decay_value


def behind_torch(decay):
    network = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(decay))
    for step in range(1, STEPS + 1):
        network.weight.data.fill_(step)
        average.update_parameters(network)
    return STEPS - average.module.weight.item()


print("diffusers", diffusers.__version__, "torch", torch.__version__)
found = {}
for decay in (0.99, 0.999, 0.9999, 0.99999):
    lag, factor = found[decay] = behind(decay)
    constant, _ = behind(decay, min_decay=decay)
    print(
        f"decay {decay}: {lag:6.1f} steps behind after {STEPS}, last factor {factor:.6f};"
        f" with min_decay {constant:6.1f}, torch's average {behind_torch(decay):6.1f}"
    )
    assert abs(constant - behind_torch(decay)) < 1
lag, factor = behind(0.9999, use_ema_warmup=True)
print(f"decay 0.9999 with use_ema_warmup=True: {lag:.1f} steps behind, last factor {factor:.6f}")
ramp = EMAModel([], decay=0.9999)
reached = next(step for step in range(1, 200_000) if ramp.get_decay(step) >= 0.9999)
print("without a warmup a decay of 0.9999 is reached at step", reached)
assert found[0.9999] == found[0.99999] and found[0.9999][0] < 600 and reached > 80_000, "decay holds at once now"
PYTHON
