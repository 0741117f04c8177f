#!/usr/bin/env bash
# torch.onnx: scatter_reduce with reduce="mean" is exported as "the last one wins", with no word said.
#
# It is the usual way to average by group: patches into words, points into cells, frames into notes. ONNX has no such
# reduction for ScatterElements. The translation in onnxscript names "none" in its place, which lets the sources
# overwrite what is there; a comment says that "mean" is not supported, but nothing is raised and the checks of the
# exporter pass. Sum, maximum, minimum and product are right, and so is a mean that is written as two sums and a
# quotient. Groups of one element agree as well, so that a small example may hide it.
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
GROUPS = torch.tensor([0, 0, 0, 1, 1, 2])
VALUES = torch.tensor([1.0, 2.0, 6.0, 10.0, 30.0, 7.0])


class Reduced(torch.nn.Module):
    def __init__(self, reduction):
        super().__init__()
        self.reduction = reduction

    def forward(self, values, groups):
        return torch.zeros(3).scatter_reduce(0, groups, values, self.reduction, include_self=False)


class Divided(torch.nn.Module):
    def forward(self, values, groups):
        sums = torch.zeros(3).scatter_add(0, groups, values)
        return sums / torch.zeros(3).scatter_add(0, groups, torch.ones_like(values))


def both(module):
    """What torch and ONNX Runtime make of it."""
    program = torch.onnx.export(module, (VALUES, GROUPS), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    theirs = session.run(None, dict(zip(names, (VALUES.numpy(), GROUPS.numpy()))))[0]
    return module(VALUES, GROUPS).tolist(), theirs.tolist()


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
modules = {name: Reduced(name) for name in ("sum", "amax", "amin", "prod", "mean")} | {"two sums": Divided()}
for name, module in modules.items():
    ours, theirs = both(module)
    print(f"{name:9} torch {ours}, ONNX Runtime {theirs}")
    if name == "mean":
        assert ours == [3.0, 20.0, 7.0] and theirs == [6.0, 30.0, 7.0], "the mean is exported in another way now"
    else:
        assert ours == theirs
PYTHON
