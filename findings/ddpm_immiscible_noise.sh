#!/usr/bin/env bash
# denoising-diffusion-pytorch: with immiscible=True the network is asked for the noise of another picture.
#
# Immiscible diffusion (arXiv 2406.12303) pairs each picture of a batch with a near noise before they are mixed, so
# that paths cross less. q_sample does so: it reorders the noise that it was given, mixes, and keeps the order to
# itself. p_losses, which called it, goes on with the order from before: the target of "pred_noise" and the noise
# within the target of "pred_v" (the default) are those of whoever stood at that place. With "pred_noise" the perfect
# network has a loss of 2 and one that always answers 0 has 1, so that next to nothing is the best there is to learn.
# Shapes and sizes are as ever, and no word is said. "pred_x0" has no noise in its target and is right. Below the
# network is told the true pictures, and so knows the noise in what it is given exactly.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile denoising-diffusion-pytorch==2.3.4 torch==2.13.0 \
  torchvision==0.28.0 numpy==2.4.6 ema-pytorch==0.8.3 accelerate==1.15.0 einops==0.8.2 scipy==1.17.1 pillow==13.0.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import sys
from importlib.metadata import version

import torch

try:
    import torchvision
except RuntimeError:  # made for another build of torch, it lacks operators on boxes, which are not used here
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[name]
from denoising_diffusion_pytorch import GaussianDiffusion


class Perfect(torch.nn.Module):
    """Works out the answer from the pictures themselves."""

    channels, out_dim, self_condition = 1, 1, False

    def forward(self, mixed, times, _=None):
        share = self.diffusion.alphas_cumprod[times][:, None, None, None]
        noise = (mixed - share.sqrt() * self.pictures) / (1 - share).sqrt()
        answers = {
            "pred_noise": noise,
            "pred_v": share.sqrt() * noise - (1 - share).sqrt() * self.pictures,
            "pred_x0": self.pictures,
        }
        return answers[self.diffusion.objective] * self.strength


def loss(objective, immiscible, strength):
    torch.manual_seed(0)
    network = Perfect()
    diffusion = GaussianDiffusion(network, image_size=8, objective=objective, immiscible=immiscible)
    object.__setattr__(network, "diffusion", diffusion)
    network.pictures, network.strength = torch.rand(64, 1, 8, 8) * 2 - 1, strength
    times = torch.full((64,), 500)
    return (diffusion.p_losses(network.pictures, times) / diffusion.loss_weight[500]).item()


print("denoising-diffusion-pytorch", version("denoising-diffusion-pytorch"), "torch", torch.__version__)
for objective in ("pred_noise", "pred_v", "pred_x0"):
    usual, paired = loss(objective, False, 1.0), loss(objective, True, 1.0)
    silent = loss(objective, True, 0.0)
    print(f"{objective}: loss of the perfect network {usual:.4f}, with immiscible {paired:.4f}; of zeros {silent:.4f}")
    assert usual < 1e-4
    if objective == "pred_x0":
        assert paired < 1e-4
    else:
        assert paired > 1.3 * silent, "the target has the noise that was mixed in now"
PYTHON
