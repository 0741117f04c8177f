#!/usr/bin/env bash
# torch: GroupNorm of the same picture gives other numbers in channels_last, in bad cases 300 times too large.
#
# The memory format is to change the speed alone. On a CPU GroupNorm takes the variance of a channels_last picture as
# the mean of squares less the square of the mean, in float32; of two nearly equal numbers little is left. Where the
# mean of a group is a hundred times its deviation, results are off by some hundredths, at three hundred by tenths.
# From a thousand on the difference may be 0 or less, so that the division is by the root of eps alone (0.003) and a
# result of 4 becomes more than a thousand. The plain format stays right to three digits throughout, and BatchNorm in
# channels_last to two. Neither the page of GroupNorm nor a warning speaks of it. U-nets and VAEs normalise by groups
# everywhere, and channels_last is the advice for speed: flat pictures, and features with a large mean, are touched.
# x.contiguous() before the layer is the way around.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import numpy
import torch
import torch.nn.functional as F

GROUPS = 8
torch.set_num_threads(1)
chance = numpy.random.default_rng(0)
documentation = (torch.nn.GroupNorm.__doc__ + F.group_norm.__doc__).lower()
print("torch", torch.__version__, "numpy", numpy.__version__)
words = ("channels_last", "memory format", "precision", "cancel")
print("the documentation names the format:", [word for word in words if word in documentation])


def normalised(pictures):
    """GroupNorm by its definition, in float64."""
    groups = pictures.astype(numpy.float64).reshape(len(pictures), GROUPS, -1)
    groups = groups - groups.mean(2, keepdims=True)
    return (groups / numpy.sqrt(groups.var(2, keepdims=True) + 1e-5)).reshape(pictures.shape)


noise = chance.standard_normal((1, 32, 64, 64))
for ratio, least, most in ((1, 0, 1e-4), (100, 0.005, 1), (300, 0.05, 100), (1_000, 0.1, 2_000), (3_000, 100, 2_000)):
    pictures = (ratio + noise).astype(numpy.float32)
    plain = torch.from_numpy(pictures)
    last = plain.contiguous(memory_format=torch.channels_last)
    assert torch.equal(plain, last)
    right = torch.from_numpy(normalised(pictures))
    usual, other = F.group_norm(plain, GROUPS), F.group_norm(last, GROUPS)
    batch = F.batch_norm(last, None, None, training=True) - F.batch_norm(plain.double(), None, None, training=True)
    error, wrong = (usual - right).abs().max().item(), (other - right).abs().max().item()
    print(
        f"mean {ratio}, deviation 1: largest value {right.abs().max():.2f}; in channels_last {other.abs().max():.2f},"
        f" off by {wrong:.6f}; plain format off by {error:.6f}, BatchNorm in channels_last by {batch.abs().max():.6f}"
    )
    assert error < 1e-3 and batch.abs().max() < 0.05
    assert least <= wrong <= most, "it takes the variance otherwise now"
grey = chance.integers(250, 253, (1, 32, 64, 64)).astype(numpy.float32)
last = torch.from_numpy(grey).contiguous(memory_format=torch.channels_last)
wrong = (F.group_norm(last, GROUPS) - torch.from_numpy(normalised(grey))).abs().max().item()
print(f"grey levels of 250 to 252: in channels_last off by {wrong:.3f}, as a double by", end=" ")
double = (F.group_norm(last.double(), GROUPS) - torch.from_numpy(normalised(grey))).abs().max().item()
print(f"{double:.0e}")
assert wrong > 0.05 and double < 1e-6
PYTHON
