#!/usr/bin/env bash
# ONNX Runtime: a picture of bytes that is resized linearly gets darker, by half a grey level each time.
#
# Resize takes uint8. What comes out between two pixels, say 63.75, is 64 by torch, by Pillow and by the reference
# evaluator of the onnx package; ONNX Runtime on a CPU cuts it to 63. The operator's text tells neither. So the picture
# is 0.5 too dark on the mean, and one that goes through a pyramid of such steps loses one level after the other: ten
# times up and down take some ten levels off, beyond what the resizing itself does. A model exported from torch with a
# picture of bytes as its input (interpolate of torch takes them) has it. Resizing in float and rounding has not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  onnx==1.23.2 onnxruntime==1.32.0 torch==2.13.0 pillow==12.3.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import numpy
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from PIL import Image

TYPES = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT}


def model(kind):
    node = helper.make_node("Resize", ["picture", "", "", "sizes"], ["resized"], mode="linear")
    sizes = helper.make_tensor_value_info("sizes", TensorProto.INT64, [4])
    picture, resized = (helper.make_tensor_value_info(name, TYPES[kind], [None] * 4) for name in ("picture", "resized"))
    graph = helper.make_graph([node], "resize", [picture, sizes], [resized])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    onnx.checker.check_model(made, full_check=True)
    return made


models = {kind: model(kind) for kind in TYPES}
sessions = {
    kind: onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    for kind, made in models.items()
}


def given(picture, side):
    return {"picture": picture[None, None], "sizes": numpy.array([1, 1, side, side])}


def by_runtime(picture, side):
    return sessions["uint8"].run(None, given(picture, side))[0][0, 0]


def by_runtime_in_float(picture, side):
    resized = sessions["float32"].run(None, given(picture.astype(numpy.float32), side))[0]
    return resized[0, 0].round().astype(numpy.uint8)


def by_reference(picture, side):
    return ReferenceEvaluator(models["uint8"]).run(None, given(picture, side))[0][0, 0]


def by_torch(picture, side):
    return F.interpolate(torch.from_numpy(picture)[None, None], size=(side, side), mode="bilinear")[0, 0].numpy()


def by_pillow(picture, side):
    return numpy.array(Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR))


print("ONNX Runtime", onnxruntime.__version__, "onnx", onnx.__version__, "torch", torch.__version__)
picture = numpy.random.default_rng(0).integers(0, 256, (32, 32), dtype=numpy.uint8)
exact = F.interpolate(torch.from_numpy(picture).double()[None, None], size=(45, 45), mode="bilinear").mean().item()
off = {}
for function in (by_runtime, by_runtime_in_float, by_reference, by_torch, by_pillow):
    off[function.__name__] = float(function(picture, 45).mean()) - exact
    print(f"{function.__name__:20} 45 of 32 pixels: {off[function.__name__]:+.3f} levels from the exact mean", end="")
    if function is not by_reference:
        again = picture
        for _ in range(10):
            again = function(function(again, 45), 32)
        moved = float(again.mean()) - float(picture.mean())
        off[function.__name__, 10] = moved
        print(f"; ten times up and down: {moved:+.2f}", end="")
    print()
assert off["by_runtime"] < -0.4 and off["by_runtime", 10] < off["by_runtime_in_float", 10] - 8, "bytes are rounded now"
assert max(abs(off[name]) for name in ("by_runtime_in_float", "by_reference", "by_torch", "by_pillow")) < 0.1
PYTHON
