#!/usr/bin/env bash
# torch: set_flush_denormal(True) acts on the thread that calls it, so that half of one tensor is flushed and half is not.
#
# The switch is a register of a thread. Threads that are begun later take it over; the workers of torch that are already
# there do not, and its documentation does not speak of threads. After one parallel operation, the call returns True and
# the next product has zeros in the part that the calling thread computes and denormal numbers (which are slow) in the
# rest. Called before the first parallel operation it acts on all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=2 "$folder/venv/bin/python" - <<'PYTHON'
import subprocess
import sys

program = """
import sys, torch
torch.set_num_threads(2)
if sys.argv[1] == "late":
    torch.zeros(1 << 20) + 1  # the workers begin
assert torch.set_flush_denormal(True)
tiny = torch.full((1 << 20,), 1e-310, dtype=torch.float64)
print(float(((tiny * 0.5) == 0).double().mean()))
"""
import torch

print("torch", torch.__version__, "says of threads:", "thread" in torch.set_flush_denormal.__doc__.lower())
share = {}
for when in ("early", "late"):
    share[when] = float(subprocess.run([sys.executable, "-c", program, when], check=True, capture_output=True, text=True).stdout)
    print(f"called {when:5}: {share[when]:.0%} of the denormal products are flushed to zero")
assert share["early"] == 1.0 and share["late"] == 0.5, "the switch reaches other threads now"
PYTHON
