#!/usr/bin/env bash
# torch.onnx: x.mean(1, dtype=torch.float32) of integers is cut to whole numbers after the export.
#
# The mean of integers needs dtype= in torch, whose documentation says that the input is cast to it before the
# operation. Over all elements the exporter does so. Over given dimensions it writes the mean first and the cast second,
# and ReduceMean of integers is an integer in ONNX: a brightness of 127.6 becomes 127.0, and the share of ones in a mask
# of integers becomes 0. The result has the right shape and type, nothing is raised, and a mean that happens to be whole
# agrees. x.float().mean(1) is right, and so is sum(1, dtype=), which has the same pair of arguments.
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

logging.disable(logging.WARNING)


class Called(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def both(function, x):
    """What torch and ONNX Runtime make of it, and the operators of the exported graph."""
    program = torch.onnx.export(Called(function).eval(), (x,), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]
    return function(x).tolist(), theirs.tolist(), ", ".join(node.op_type for node in program.model_proto.graph.node)


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
print("documented:", "before the operation" in torch.mean.__doc__)
mask = torch.tensor([[1, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 1]])
functions = {
    "mean(1, dtype=float32)": lambda x: x.mean(1, dtype=torch.float32),
    "mean(dtype=float32)": lambda x: x.mean(dtype=torch.float32),
    "sum(1, dtype=float32)": lambda x: x.sum(1, dtype=torch.float32),
    "float().mean(1)": lambda x: x.float().mean(1),
}
for name, function in functions.items():
    ours, theirs, operators = both(function, mask)
    print(f"{name}, exported as {operators}: torch {ours}, ONNX Runtime {theirs}")
    if name == "mean(1, dtype=float32)":
        assert ours == [0.75, 1.0, 0.25] and theirs == [0.0, 1.0, 0.0], "the mean of integers is cast first now"
    else:
        assert ours == theirs
PYTHON
