#!/usr/bin/env bash
# torch: histc and histogram stop counting at 16,777,216 in float32, and at 256 in bfloat16.
#
# Both count on a CPU in the type of the data, by adding ones. Float32 has no number between 2 to the 24th and two more,
# so that one more changes nothing: a bin keeps 16,777,216 however many follow, and no warning is given. The training
# pictures of MNIST hold 38 million black points, a picture of 5,000 by 5,000 pixels can do it alone. In float16 a bin
# ends at 2,048 and in bfloat16 at 256: four unequal shares of ten thousand numbers come out equal. With several threads
# each one counts to the end by itself, so that a result depends on their number. The documentation of neither names
# a limit; bincount of whole numbers, or a histogram of float64, is right. Who compares the grey levels of pictures or
# looks at the spread of weights in 16 bits is touched.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import numpy
import torch

torch.set_num_threads(1)
documentation = (torch.histc.__doc__ + torch.histogram.__doc__).lower()
print("torch", torch.__version__, "numpy", numpy.__version__)
limits = ("16777216", "2^24", "precision", "overflow", "saturat", "accumulat")
print("the documentation speaks of a limit:", any(word in documentation for word in limits))
ENDS = {torch.float64: None, torch.float32: 2**24, torch.float16: 2048, torch.bfloat16: 256}


def counted(values):
    low, high = float(values.min()), float(values.max()) + 1
    plain = torch.histc(values, 2, low, high)
    other = torch.histogram(values, 2, range=(low, high)).hist
    return [[int(count) for count in counts] for counts in (plain, other)]


for kind, end in ENDS.items():
    dark, bright = (2**24 + 2_000_000, 1_000) if kind in (torch.float32, torch.float64) else (9_000, 200)
    values = torch.cat([torch.zeros(dark, dtype=kind), torch.ones(bright, dtype=kind)])
    right = torch.bincount(values.long()).tolist()
    assert right == [dark, bright] == numpy.histogram(values.float().numpy(), 2)[0].tolist()
    plain, other = counted(values)
    print(f"{str(kind)[6:]}: {dark:,} zeros and {bright:,} ones; histc {plain}, histogram {other}, bincount {right}")
    wanted = [dark if end is None else end, bright]
    assert plain == other == wanted, "the counts go on now"
chance = torch.Generator().manual_seed(0)
skewed = torch.rand(10_000, generator=chance).square()
for kind in (torch.float32, torch.bfloat16):
    shares = torch.histc(skewed.to(kind), 4, 0, 1)
    print(f"squares of 10,000 random numbers in four bins, {str(kind)[6:]}: {[int(count) for count in shares]}")
assert len(set(shares.tolist())) == 1, "bfloat16 is counted now"
for threads in (1, 2):
    torch.set_num_threads(threads)
    print(f"float32, 33,554,432 zeros, threads {threads}: {int(torch.histc(torch.zeros(2**25), 1, -1, 1)):,}")
PYTHON
