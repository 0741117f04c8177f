#!/usr/bin/env bash
# OpenVINO: a traced model loses the decimals of torch.round, the beta of softplus and a correction above 1, in silence.
#
# convert_model with an example is the usual way from torch. The converter has a rule for each of these functions, and
# each rule reads the tensor and not all of the arguments: round(x, decimals=2) gives whole numbers, softplus(x, beta=5)
# is the one with beta 1 (its threshold goes too), and std and var with correction=2 divide by n - 1. Nothing is
# raised or logged, as it is for functions without a rule, and shapes agree. The defaults of all three are right, which
# is what a check mostly looks at. Of the same modules handed over by torch.export softplus is right and the other two
# are refused, in an error that names them: the better way. round(100 x) / 100 and softplus(5 x) / 5 can be written out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 openvino==2026.4.1 packaging==26.4
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import openvino
import torch
from torch.nn.functional import softplus

VALUES = torch.tensor([-1.26, 0.0, 0.123, 1.5])


class Applied(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, values):
        return self.function(values)


def traced(function):
    model = openvino.convert_model(Applied(function), example_input=(VALUES,))
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    return torch.from_numpy(openvino.Core().compile_model(model, "CPU", settings)([VALUES.numpy()])[0].copy())


def by_export(function):
    try:
        openvino.convert_model(torch.export.export(Applied(function).eval(), (VALUES,)))
    except Exception as error:
        assert "OpConversionFailure" in str(error), error
        return "refused"
    return "converted"


def text(tensor):
    return [round(value, 3) for value in tensor.reshape(-1).tolist()]


def check(name, function, default, written_out):
    """What is asked for, what the traced model gives, and what the function without the argument gives."""
    asked, theirs, plain = function(VALUES), traced(function), default(VALUES)
    print(f"{name}: torch {text(asked)}, OpenVINO {text(theirs)}, without the argument {text(plain)}")
    print(f"  by torch.export: {by_export(function)}; written out: {text(traced(written_out))}")
    assert not torch.allclose(asked, plain, atol=1e-2)
    assert torch.allclose(traced(default), plain, atol=1e-5) and torch.allclose(traced(written_out), asked, atol=1e-5)
    assert torch.allclose(theirs, plain, atol=1e-5), f"{name} is read now"


print("openvino", openvino.__version__, "torch", torch.__version__)
check("round, decimals=2", lambda x: torch.round(x, decimals=2), torch.round, lambda x: torch.round(x * 100) / 100)
check("softplus, beta=5", lambda x: softplus(x, beta=5), softplus, lambda x: softplus(x * 5) / 5)
check("softplus, threshold=-2", lambda x: softplus(x, threshold=-2), softplus, lambda x: x * 1)
for name in ("std", "var"):
    measure = getattr(torch, name)
    power = 0.5 if name == "std" else 1.0
    check(
        f"{name}, correction=2",
        lambda x, measure=measure: measure(x, dim=0, correction=2),
        lambda x, measure=measure: measure(x, dim=0),
        lambda x, measure=measure, power=power: measure(x, dim=0) * (3 / 2) ** power,
    )
PYTHON
