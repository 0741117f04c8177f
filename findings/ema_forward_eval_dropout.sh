#!/usr/bin/env bash
# ema-pytorch: EMA.forward_eval, made to run the averaged network in evaluation mode, runs it in training mode.
#
# A comment in its source calls it a way to invoke the average "with no grad + eval". It remembers the mode, calls the
# network, and restores the mode, but sets none in between. The average is a copy of a network that is being trained,
# and so is itself in training mode: dropout is drawn anew at every call, and every batch that is looked at moves the
# running statistics of BatchNorm, which belong to the average. No error, only grainy samples and figures that differ
# by call. ema.ema_model.eval() before it (or ema.eval(), which returns that network) gives what was meant.
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
from ema_pytorch import EMA

print("ema-pytorch", version("ema-pytorch"), "torch", torch.__version__)
print("forward_eval:", next(line.strip() for line in inspect.getsource(EMA.forward_eval).splitlines() if "#" in line))
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.BatchNorm1d(8), torch.nn.Dropout(0.5))
average = EMA(network)
x = torch.randn(64, 8) + 3
first, second = average.forward_eval(x), average.forward_eval(x)
mean = average.ema_model[0].running_mean.mean().item()
dropped = (first == 0).double().mean().item()
print(f"dropped: {dropped:.0%}; two calls agree: {torch.equal(first, second)}; running mean, 0 before: {mean:.3f}")
average.ema_model.eval()
third, fourth = average.forward_eval(x), average.forward_eval(x)
kept = average.ema_model[0].running_mean.mean().item()
print(f"after ema_model.eval(): dropped {(third == 0).double().mean().item():.0%}, running mean {kept:.3f}")
assert torch.equal(third, fourth) and kept == mean
assert 0.4 < dropped < 0.6 and not torch.equal(first, second) and mean > 0.3, "forward_eval evaluates now"
PYTHON
