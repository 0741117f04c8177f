#!/usr/bin/env bash
# torch: with one seed, randn(17) has hardly a number in common with randn(16), while rand(17) begins with rand(16).
#
# On a CPU fewer than 16 normal numbers are drawn one by one, 16 or more in blocks of 16 (eight pairs of uniform numbers),
# and where the count is no multiple of 16 the last 16 numbers are drawn again over what stood there. So "the same seed"
# at another size is another noise from the first number on (15 against 16), or all but the first (16 against 17), or
# only at its end (100 against 112). It decides whether a longer latent, a larger batch or a longer text goes on from the
# shorter one. Multiples of 16 go on from each other. The state that is left behind differs in the same way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import torch


def drawn(function, count):
    return function(count, generator=torch.Generator().manual_seed(0))


def common(function, fewer, more):
    """How many of the first `fewer` numbers are the same."""
    return int((drawn(function, fewer) == drawn(function, more)[:fewer]).sum())


print("torch", torch.__version__)
expected = {(8, 15): 8, (15, 16): 0, (16, 17): 1, (16, 32): 16, (17, 32): 1, (100, 112): 84, (48, 64): 48}
for (fewer, more), count in expected.items():
    found = common(torch.randn, fewer, more), common(torch.rand, fewer, more)
    print(f"{fewer:3} numbers against {more:3}: randn shares {found[0]:3}, rand {found[1]:3}")
    assert found == (count, fewer), "another count of numbers is shared now"
PYTHON
