#!/usr/bin/env bash
# torch.onnx: log1p, expm1, logaddexp and log_ndtr lose in the export what they exist for.
#
# The four are there because the plain formula fails: log(1 + x) and exp(x) - 1 of a small x are 0 in float32,
# log(exp(a) + exp(b)) overflows from a = 89 on, and log of the normal distribution's share is minus infinity. The
# exporter writes that plain formula. So log1p(1e-8) and expm1(1e-8) are 0 in ONNX Runtime, logaddexp(100, 99) is
# infinite, and log_ndtr(-100), -5005.5 in torch, is NaN. Nothing is raised; middle values agree. logsumexp over a stack
# of the two is exported as an operator of its own and is right, which is the way around for logaddexp.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import logging
import math

import onnxruntime
import torch

logging.disable(logging.WARNING)


class Called(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *x):
        return self.function(*x)


def both(function, *values):
    """What torch and ONNX Runtime make of it, and the operators of the exported graph."""
    given = tuple(torch.tensor([value]) for value in values)
    program = torch.onnx.export(Called(function).eval(), given, dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    fed = {place.name: value.numpy() for place, value in zip(session.get_inputs(), given, strict=True)}
    operators = ", ".join(node.op_type for node in program.model_proto.graph.node if node.op_type != "Constant")
    return function(*given).item(), session.run(None, fed)[0].item(), operators


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
cases = {
    "log1p": (torch.log1p, (1e-8,), (0.5,), lambda wrong: wrong == 0),
    "expm1": (torch.expm1, (1e-8,), (0.5,), lambda wrong: wrong == 0),
    "logaddexp": (torch.logaddexp, (100.0, 99.0), (1.0, 2.0), lambda wrong: wrong == math.inf),
    "log_ndtr": (torch.special.log_ndtr, (-100.0,), (0.5,), math.isnan),
}
for name, (function, hard, easy, fails) in cases.items():
    ours, theirs, operators = both(function, *hard)
    print(f"{name}{hard}, exported as {operators}: torch {ours:.6g}, ONNX Runtime {theirs:.6g}")
    assert math.isfinite(ours) and ours != 0 and fails(theirs), f"the exported {name} is exact now"
    ours, theirs, _ = both(function, *easy)
    assert math.isclose(ours, theirs, rel_tol=1e-4), name
ours, theirs, operators = both(lambda a, b: torch.logsumexp(torch.stack([a, b]), 0), 100.0, 99.0)
print(f"logsumexp of both, exported as {operators}: torch {ours:.6g}, ONNX Runtime {theirs:.6g}")
assert math.isclose(ours, theirs, rel_tol=1e-5)
PYTHON
