#!/usr/bin/env bash
# gguf: weights of a millionth are all zero in Q8_0, the eight-bit type, and are kept by Q4_0, the four-bit one.
#
# Both types keep a block of 32 weights as whole numbers and one scale in float16. In Q8_0 the scale is the largest
# weight divided by 127, in Q4_0 divided by 8. Float16 has nothing below 2 to the -24th, so that a block of Q8_0 whose
# largest weight is under 127 x 2 to the -25th (0.0000038) gets the scale 0, and one of Q4_0 only under 0.00000024. One
# expects more bits to lose less. Above the edge they do not at once: a scale of one or two units of 2 to the -24th is
# rounded by up to a half. The format fixes the float16; nothing is raised or printed by quantize. Matrices that begin
# at zero and have learned little (the second of a LoRA, the zero convolutions of a ControlNet) can be that small; BF16
# keeps them. Multiplying such a matrix up, and the factor beside it down, is a way around.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile gguf==0.19.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from importlib.metadata import version

import numpy
from gguf import GGMLQuantizationType as Kind
from gguf import quants

KINDS = (Kind.Q8_0, Kind.Q5_0, Kind.Q4_0, Kind.BF16)
weights = numpy.random.default_rng(0).standard_normal((8, 512)).astype(numpy.float32)


def lost(size, kind):
    given = weights * numpy.float32(size)
    back = quants.dequantize(quants.quantize(given, kind), kind)
    error = numpy.sqrt(numpy.mean((back - given) ** 2) / numpy.mean(given**2))
    return float(error), float(numpy.mean(back == 0))


print("gguf", version("gguf"), "numpy", numpy.__version__)
found = {}
for size in (1.0, 1e-3, 1e-5, 3e-6, 1e-6):
    found[size] = {kind.name: lost(size, kind) for kind in KINDS}
    print(f"deviation {size:g}: error (share of zeros)", end="")
    print("".join(f", {name} {error:.3f} ({zeros:.0%})" for name, (error, zeros) in found[size].items()))
assert found[1.0]["Q8_0"][0] < 0.01 < 0.05 < found[1.0]["Q4_0"][0]
assert found[1e-6]["Q8_0"][1] > 0.98, "Q8_0 keeps small weights now"
assert found[1e-6]["Q8_0"][0] > 0.95 and found[1e-6]["Q4_0"][0] < 0.15
edge = 127 * 2.0**-25
for factor in (0.999, 1.001):
    block = numpy.full((1, 32), edge * factor, numpy.float32)
    back = quants.dequantize(quants.quantize(block, Kind.Q8_0), Kind.Q8_0)
    print(f"a block of {edge * factor:.4g} comes back as {back[0, 0]:.4g}")
    assert (back.any()) == (factor > 1)
PYTHON
