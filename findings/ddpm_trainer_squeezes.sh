#!/usr/bin/env bash
# denoising-diffusion-pytorch: its Trainer squeezes pictures that are not square, where it once cut a square out.
#
# The data set of the Trainer resizes a picture, cuts the square out of its middle, and is written for a number: given
# one, torchvision's Resize brings the shorter side to it and keeps the proportions. GaussianDiffusion(image_size=64)
# now keeps the pair (64, 64), for pictures that are not square, and the Trainer hands on the pair. For a pair Resize
# gives just that size, whatever the proportions, and the cut that follows has nothing left to cut. Faces and wheels
# of a 2 : 1 photograph are learned half as wide as they are, and generated so. The FID that the Trainer prints is
# computed against the same squeezed pictures, and does not tell. Pictures cut to a square beforehand are safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile denoising-diffusion-pytorch==2.3.4 torch==2.13.0 \
  torchvision==0.28.0 numpy==2.4.6 ema-pytorch==0.8.3 accelerate==1.15.0 einops==0.8.2 scipy==1.17.1 pillow==13.0.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import pathlib
import sys
from importlib.metadata import version

import torch
from PIL import Image, ImageDraw

try:
    import torchvision
except RuntimeError:  # made for another build of torch, it lacks operators on boxes, which are not used here
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[name]
from denoising_diffusion_pytorch import GaussianDiffusion, Trainer, Unet
from denoising_diffusion_pytorch.denoising_diffusion_pytorch import Dataset

photographs = pathlib.Path("photographs")
photographs.mkdir()
for number in range(100):
    photograph = Image.new("RGB", (200, 100))
    ImageDraw.Draw(photograph).ellipse((60, 10, 139, 89), fill="white")
    photograph.save(photographs / f"{number}.png")


def wheel(pictures):
    """Width and height of the white circle in the first picture."""
    light = pictures[0].mean(0) > 0.5
    return light.any(0).sum().item(), light.any(1).sum().item()


diffusion = GaussianDiffusion(Unet(dim=8, dim_mults=(1, 2)), image_size=64)
trainer = Trainer(diffusion, str(photographs), calculate_fid=False)
print("denoising-diffusion-pytorch", version("denoising-diffusion-pytorch"), "torchvision", version("torchvision"))
print("image_size=64 is kept as", trainer.image_size)
print("what is done:", " ".join(str(trainer.ds.transform).split()))
squeezed, cut = wheel(trainer.ds), wheel(Dataset(str(photographs), 64))
print("a circle of 80 x 80 pixels in a picture of 200 x 100, as the Trainer reads it:", squeezed)
print("the same by the data set itself, given 64:", cut)
assert cut[0] == cut[1] and squeezed[1] == cut[1]
assert squeezed[0] < 0.55 * squeezed[1], "the Trainer cuts a square out now"
PYTHON
