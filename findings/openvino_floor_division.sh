#!/usr/bin/env bash
# OpenVINO: whole numbers divided with floor are rounded toward zero on a CPU, so that -1 // 2 is 0.
#
# torch's // and rounding_mode="floor" round down, as Python does. OpenVINO's operator Divide has an attribute for just
# that (m_pythondiv, on by default), and the converter from torch relies on it, by tracing and by torch.export alike.
# What the CPU runs truncates, as C does. A constant that OpenVINO folds itself, before anything runs, is rounded down,
# so that one graph holds both answers. Floats are right, and so is the remainder, which no longer fits the quotient:
# 2 * (-1 // 2) + (-1) % 2 is 1. Places counted from the middle, distances to the left and buckets of relative positions
# are off by one wherever they are negative, and two cells on either side of zero become one. Dividing floats and
# rounding down by torch.floor is converted as it stands.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 openvino==2026.4.1 packaging==26.4
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import numpy
import openvino
import torch
from openvino import opset13

PLACES = torch.arange(-5, 6, dtype=torch.int32)


class Applied(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, places):
        return self.function(places)


def run(model, places):
    return openvino.Core().compile_model(model, "CPU")([places.numpy()])[0].tolist()


def both(function, places):
    """The answers of a model that was traced and of one that was exported."""
    module = Applied(function).eval()
    traced = openvino.convert_model(module, example_input=(places,))
    exported = openvino.convert_model(torch.export.export(module, (places,)))
    return run(traced, places), run(exported, places)


print("openvino", openvino.__version__, "torch", torch.__version__)
down, toward_zero = [place // 2 for place in range(-5, 6)], [int(place / 2) for place in range(-5, 6)]
print("numbers        ", PLACES.tolist())
print("Python, // 2   ", down)
halves = {
    "// 2": lambda places: places // 2,
    'div, "floor"': lambda places: torch.div(places, 2, rounding_mode="floor"),
}
for name, half in halves.items():
    assert half(PLACES).tolist() == down
    for way, theirs in zip(("traced", "exported"), both(half, PLACES)):
        print(f"{name}, {way}: {theirs}")
        assert theirs == toward_zero, "whole numbers are rounded down now"
assert both(lambda places: places // 2.0, PLACES.float()) == (down, down)
assert both(lambda places: torch.floor(places / 2).int(), PLACES) == (down, down)
rest = both(lambda places: places % 2, PLACES)
print("% 2            ", rest[0])
assert rest == ([place % 2 for place in range(-5, 6)],) * 2

two = opset13.constant(numpy.full(11, 2, dtype=numpy.int32))
given = opset13.parameter([11], numpy.int32)
computed = opset13.divide(given, two)
folded = opset13.divide(opset13.constant(PLACES.numpy()), two)
print("Divide says of itself:", computed.get_attributes())
answers = [
    run(openvino.Model([opset13.add(part, opset13.multiply(given, opset13.constant(numpy.int32(0))))], [given]), PLACES)
    for part in (computed, folded)
]
print("Divide, computed", answers[0])
print("Divide, folded  ", answers[1])
assert answers == [toward_zero, down]
PYTHON
