#!/usr/bin/env bash
# OpenVINO: the Resize of an ONNX file leaves its antialias out, so that fine stripes come back as coarse ones.
#
# antialias=1 came to ONNX with operator set 18: whoever makes a picture smaller averages over all the pixels that go
# into a new one, in place of the nearest two. torch.onnx writes it for interpolate(antialias=True). OpenVINO accepts
# the operator, reads the other attributes, and runs the plain one, the same as with antialias=0.
# ONNX Runtime reads it. Nothing is raised, sizes are right, smooth pictures hardly differ: it shows in hair, text and
# grids, and in what a network that was trained on smoothed pictures makes of them. exclude_outside is left out in the
# same way. Of the same module, taken from torch directly by openvino.convert_model, the smoothing is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0 openvino==2026.4.1
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import logging

import numpy
import onnxruntime
import openvino
import torch
from torch.nn.functional import interpolate

logging.disable(logging.WARNING)
SETTINGS = {"INFERENCE_PRECISION_HINT": "f32"}


class Smaller(torch.nn.Module):
    def __init__(self, mode, antialias):
        super().__init__()
        self.options = {"size": (16, 16), "mode": mode, "antialias": antialias}

    def forward(self, pictures):
        return interpolate(pictures, **self.options)


def openvino_runs(model, pictures):
    return openvino.Core().compile_model(model, "CPU", SETTINGS)([pictures])[0]


def ways(mode, antialias, pictures):
    """The smaller picture of torch, ONNX Runtime, OpenVINO from the ONNX file, and OpenVINO from torch."""
    module = Smaller(mode, antialias).eval()
    proto = torch.onnx.export(module, (pictures,), dynamo=True, verbose=False).model_proto
    assert antialias == any(
        part.name == "antialias" and part.i for node in proto.graph.node for part in node.attribute
    )
    file = proto.SerializeToString()
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    given = pictures.numpy()
    return (
        module(pictures).numpy(),
        session.run(None, {session.get_inputs()[0].name: given})[0],
        openvino_runs(openvino.Core().read_model(file), given),
        openvino_runs(openvino.convert_model(module, example_input=(pictures,)), given),
    )


print("openvino", openvino.__version__, "ONNX Runtime", onnxruntime.__version__, "torch", torch.__version__)
places = torch.arange(66)
stripes = (places % 2).float().repeat(66, 1)[None, None]
print("stripes of one pixel, 66 pixels to 16; the deviation of the result, which should be near 0:")
for mode in ("bilinear", "bicubic"):
    ours, runtime, theirs, direct = ways(mode, True, stripes)
    plain = ways(mode, False, stripes)[2]
    names = ("torch", "ONNX Runtime", "OpenVINO from ONNX", "OpenVINO from torch", "OpenVINO without antialias")
    far, near = abs(theirs - ours).max(), abs(theirs - plain).max()
    print(f"  {mode}, OpenVINO from ONNX differs by up to {far:.3f} from torch, by {near:.0e} from no antialias")
    for name, picture in zip(names, (ours, runtime, theirs, direct, plain)):
        print(f"  {mode}, {name}: {picture.std():.3f}")
    assert numpy.allclose(runtime, ours, atol=1e-3) and numpy.allclose(direct, ours, atol=1e-3)
    assert far > 0.2 and near < 1e-6, "antialias is read now"
PYTHON
