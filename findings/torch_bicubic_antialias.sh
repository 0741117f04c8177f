#!/usr/bin/env bash
# torch: antialias=True changes a bicubic enlargement, where there is nothing to smooth: it is another cubic.
#
# interpolate(mode="bicubic") uses the cubic with a = -0.75; with antialias=True it uses a = -0.5, as Pillow does. The
# documentation tells neither. A picture that is made larger therefore differs by several grey levels between the two,
# where bilinear gives the same either way. It matters wherever "bicubic" is a base line (super-resolution) or the pixels
# that a network was trained on were resized by Pillow: antialias=True is the one that agrees, also for enlarging.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 pillow==12.3.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import numpy
import PIL
import torch
import torch.nn.functional as F
from PIL import Image

print("torch", torch.__version__, "Pillow", PIL.__version__, "cubic named:", "-0.75" in F.interpolate.__doc__)
picture = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
for mode, filter in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)):
    plain, smooth = (F.interpolate(picture, scale_factor=2, mode=mode, antialias=flag)[0, 0] for flag in (False, True))
    pillow = torch.from_numpy(numpy.array(Image.fromarray(picture[0, 0].numpy()).resize((64, 64), filter)))
    between, to_pillow = (plain - smooth).abs().max() * 255, (smooth - pillow).abs().max() * 255
    print(f"{mode}, twice as large: with and without differ by {between:.2f} of 255, Pillow and with by {to_pillow:.4f}")
    assert to_pillow < 0.01
    assert (between > 5) == (mode == "bicubic"), "the two cubics are one now"
PYTHON
