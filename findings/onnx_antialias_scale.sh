#!/usr/bin/env bash
# torch.onnx: a picture reduced by scale_factor with antialias=True comes out shifted after the export, on odd sizes.
#
# 13 pixels times 0.5 are 6. With scale_factor=0.5 torch lays those 6 two pixels apart, and leaves the thirteenth out;
# with size=6 it lays them 13 / 6 apart. The exporter keeps the two apart, by writing the scales or the sizes, but only
# without antialias. With it, bilinear and bicubic are always written with sizes: the translation in onnxscript says
# that "based on experimentation" torch ignores the scales there. It does not. So the exported picture is stretched:
# nothing at one edge, nearly a whole pixel at the other, which no check of shapes shows. At even sizes all agree.
# recompute_scale_factor=True, or size= in place of scale_factor=, means the same before and after.
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


class Resized(torch.nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.options = options

    def forward(self, picture):
        return F.interpolate(picture, **self.options)


def both(side, **options):
    """The middle row by torch and by ONNX Runtime, of a picture in which every pixel holds its column."""
    picture = torch.arange(float(side)).expand(1, 1, side, side).contiguous()
    module = Resized(**options).eval()
    program = torch.onnx.export(module, (picture,), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = torch.from_numpy(session.run(None, {session.get_inputs()[0].name: picture.numpy()})[0])
    return module(picture)[0, 0, side // 4], theirs[0, 0, side // 4]


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
for mode in ("bilinear", "bicubic"):
    for side, antialias, by in ((12, True, "scale"), (13, False, "scale"), (13, True, "size"), (13, True, "scale")):
        size = {"scale_factor": 0.5} if by == "scale" else {"size": side // 2}
        ours, theirs = both(side, mode=mode, antialias=antialias, **size)
        apart = (ours - theirs).abs().max().item()
        print(f"{mode}, {side} pixels by {by:5}, antialias {antialias!s:5}: off by {apart:.3f} pixels")
        if (side, antialias, by) == (13, True, "scale"):
            print("  columns by torch       ", " ".join(f"{column:5.2f}" for column in ours.tolist()))
            print("  columns by ONNX Runtime", " ".join(f"{column:5.2f}" for column in theirs.tolist()))
            assert apart > 0.5, "the scales are exported now"
        else:
            assert apart < 1e-4
PYTHON
