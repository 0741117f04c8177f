#!/usr/bin/env bash
# torch: torch.optim.Muon orthogonalises in bfloat16, whatever the type of the weights; its documentation does not say so.
#
# Weights of float64 get updates that have 8 bits of precision: every entry of the update is a number of bfloat16, and the
# update is off by a part in a hundred from the same five iterations computed in the weights' own type.
# (On a CPU without bfloat16 units it is also many times slower than those iterations in float32; that is printed, not
# checked.) Seen where a training of a few small matrices spent most of its time in the optimiser.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import time

import torch

print("torch", torch.__version__)
documentation = torch.optim.Muon.__doc__.lower()
print("its documentation names bfloat16:", "bfloat16" in documentation or "bf16" in documentation)
torch.manual_seed(0)
size = 256
weight = torch.nn.Parameter(torch.zeros(size, size, dtype=torch.float64))
weight.grad = torch.randn(size, size, dtype=torch.float64)
optimiser = torch.optim.Muon([weight], lr=1.0, weight_decay=0.0, momentum=0.0, nesterov=False)
began = time.perf_counter()
optimiser.step()
theirs = time.perf_counter() - began
update = -weight.detach()


def iterations(x, steps=5, a=3.4445, b=-4.775, c=2.0315):
    """The published quintic iteration, in the type of x."""
    x = x / x.norm()
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


exact = iterations(weight.grad)
narrow = weight.grad.float()
began = time.perf_counter()
iterations(narrow)
print(f"time of a step / of the iterations in float32: {theirs / (time.perf_counter() - began):.1f}")
rounded = bool((update.to(torch.bfloat16).double() == update).all())
off = float((update - exact).abs().max() / exact.abs().max())
print("all entries of the float64 update are numbers of bfloat16:", rounded)
print(f"largest difference to the iterations in float64, as a share of the largest entry: {off:.3f}")
assert rounded and off > 0.005, "the update is computed in another type now"
PYTHON
