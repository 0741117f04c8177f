#!/usr/bin/env bash
# torch.onnx: avg_pool2d with divisor_override is exported as the plain average.
#
# divisor_override=1 turns the pooling into a sum over windows: the way to count the pixels of a mask in each cell, to
# spread energies, or to divide by the true number of neighbours. ONNX's AveragePool has no such attribute. The
# translation in onnxscript takes the argument, has a comment on what it would need, and leaves it out without a word:
# a sum over 2 x 2 comes out as a quarter of it. avg_pool3d has the same gap. Pooling without the override, times the
# number of pixels, is exported as it stands.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import logging

import onnxruntime
import torch
import torch.nn.functional as F

logging.disable(logging.WARNING)
MASK = (torch.arange(16).reshape(1, 1, 4, 4) % 3 == 0).float()


class Called(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


functions = {
    "sum in 2D": lambda x: F.avg_pool2d(x, 2, divisor_override=1),
    "sum in 3D": lambda x: F.avg_pool3d(x[None], (1, 2, 2), divisor_override=1),
    "average times 4": lambda x: 4 * F.avg_pool2d(x, 2),
}
print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
for name, function in functions.items():
    program = torch.onnx.export(Called(function).eval(), (MASK,), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = torch.from_numpy(session.run(None, {session.get_inputs()[0].name: MASK.numpy()})[0])
    ours = function(MASK)
    print(f"{name}: torch {ours.flatten().tolist()}, ONNX Runtime {theirs.flatten().tolist()}")
    assert ours.flatten().tolist() == [1.0, 2.0, 2.0, 1.0]
    assert torch.equal(theirs, ours if "times" in name else ours / 4), "the divisor is exported, or refused, now"
PYTHON
