#!/usr/bin/env bash
# torch.onnx and ONNX Runtime: the logarithm of a probability, -20 in torch, is minus infinity after the export.
#
# logsigmoid exists to be exact where the logarithm of a sigmoid is not, and the documentation of the cross entropy
# with logits gives numerical stability as its reason to be. The exporter writes both as just that, Sigmoid and then
# Log. ONNX Runtime's Sigmoid on a CPU is an approximation that is 0 from about -18 down, where float32 could go on to
# -87, and off by a seventh at -15 already. So a likelihood that is summed over pixels or tokens is infinite as soon
# as one of them is surprising, and the loss of a confident and right prediction is infinite too. -softplus(-x) is
# exported stably.
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
LOGITS = torch.tensor([-30.0, -20.0, -15.0, -5.0, 0.0, 5.0, 20.0])


class Called(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def both(function):
    """What torch and ONNX Runtime make of it, and the operators of the exported graph."""
    program = torch.onnx.export(Called(function), (LOGITS,), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = torch.from_numpy(session.run(None, {session.get_inputs()[0].name: LOGITS.numpy()})[0])
    return function(LOGITS), theirs, [node.op_type for node in program.model_proto.graph.node]


def shown(numbers):
    return " ".join(f"{number:.4g}" for number in numbers.tolist())


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
print("logits:", shown(LOGITS))
apart = {}
for name, function in {
    "logsigmoid": F.logsigmoid,
    "cross entropy, target 0": lambda x: F.binary_cross_entropy_with_logits(x, torch.zeros_like(x), reduction="none"),
    "-softplus(-x)": lambda x: -F.softplus(-x),
}.items():
    ours, theirs, operators = both(function)
    print(f"{name}, exported as {', '.join(operators)}:\n  torch        {shown(ours)}\n  ONNX Runtime {shown(theirs)}")
    apart[name] = (ours - theirs).abs()
assert apart["-softplus(-x)"].max() < 1e-4
assert apart["logsigmoid"][:2].isinf().all() and apart["logsigmoid"][2] > 0.05, "the logarithm is stable now"
assert apart["cross entropy, target 0"][:2].isinf().all(), "the cross entropy is stable now"
PYTHON
