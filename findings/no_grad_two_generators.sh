#!/usr/bin/env bash
# torch: two generators with `with torch.no_grad():` around their yields can leave a thread without gradients for good.
#
# Such a block is entered by the generator but acts on the whole thread: while the generator waits, whoever reads it has
# no gradients. With two of them, closed in the order in which they were begun, the second one restores what it found
# when it began, which is "off": both are closed, no block is open, and autograd stays off with no word said. The same
# functions with `@torch.no_grad()` above them behave: the decorator leaves the mode at every yield.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import torch

print("torch", torch.__version__)


def inside():
    with torch.no_grad():
        yield 1
        yield 2


@torch.no_grad()
def above():
    yield 1
    yield 2


def after(function):
    """Whether gradients are on while two generators wait, and after both are closed."""
    first, second = function(), function()
    next(first), next(second)
    waiting = torch.is_grad_enabled()
    first.close(), second.close()
    closed = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    return waiting, closed


print("`with` inside:    on while they wait: {}, after both are closed: {}".format(*after(inside)))
print("decorator above:  on while they wait: {}, after both are closed: {}".format(*after(above)))
assert after(inside) == (False, False), "a block inside a generator no longer outlives it"
assert after(above) == (True, True), "the decorator no longer leaves the mode at a yield"
PYTHON
