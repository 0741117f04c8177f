#!/usr/bin/env bash
# torchmetrics: SSIM averages over borders that it made up, so that an empty rim counts as a likeness.
#
# The measure slides a window over both pictures, where it fits, and averages. torchmetrics continues the pictures by
# mirroring, so that the window fits everywhere, and does not leave these places out again (from the contrast beside
# it, in the same function, it does). With the usual window of 11 that is a fifth of the places at 96 pixels and six in
# ten at 28: a digit on an empty ground that is all wrong in the middle gets 0.71 for a rim of nothing, and 0.41 by
# scikit-image, which leaves the rim out. The documentation does not speak of borders. Small pictures are no longer
# comparable with published figures, nor sizes with each other; return_full_image=True gives what can be cut.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 torchmetrics==1.9.0 scikit-image==0.26.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import skimage
import torch
import torchmetrics
from skimage.metrics import structural_similarity
from torchmetrics.functional.image import structural_similarity_index_measure

REACH = 5  # of the usual window, to each side


def of(wrong, right, **options):
    return structural_similarity_index_measure(wrong[None, None], right[None, None], data_range=1.0, **options)


documentation = structural_similarity_index_measure.__doc__.lower()
print("torchmetrics", torchmetrics.__version__, "scikit-image", skimage.__version__, "torch", torch.__version__)
print("its documentation speaks of borders:", any(word in documentation for word in ("border", "edge", "pad", "valid")))
chance = torch.Generator().manual_seed(0)
for side in (28, 96):
    right, wrong = torch.zeros(2, side, side, dtype=torch.float64)
    middle = slice(side // 4, side - side // 4)
    right[middle, middle], wrong[middle, middle] = torch.rand(2, side // 2, side // 2, generator=chance).double()
    theirs, everywhere = of(wrong, right, return_full_image=True)
    inside = everywhere[0, 0, REACH:-REACH, REACH:-REACH]
    other = structural_similarity(
        wrong.numpy(), right.numpy(), data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    print(
        f"{side} pixels, the middle all wrong: torchmetrics {theirs:.3f}, scikit-image {other:.3f},"
        f" torchmetrics without the border {inside.mean():.3f}; border {1 - inside.numel() / side**2:.0%} of the places"
    )
    assert abs(inside.mean() - other) < 1e-6
    assert theirs - other > (0.2 if side == 28 else 0.02), "the border is left out now"
PYTHON
