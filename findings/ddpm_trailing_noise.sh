#!/usr/bin/env bash
# diffusers: with timestep_spacing="trailing" and variance_type="fixed_large" a DDPMScheduler ends in a noisy picture.
#
# The last timestep of "trailing" is not 0 (49 of 1000 for 20 steps), and fresh noise is left out at timestep 0 alone. With
# the larger variance the noise added after the last prediction has the deviation sqrt(1 - alpha_bar_49), about 0.17 of a
# picture's range from -1 to 1. "leading" ends at 0 and is clean; with "fixed_small" the last variance is 0 by itself.
# Here the network is perfect: it always predicts the true picture, which is 0 everywhere, so that any rest is noise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 diffusers==0.42.1 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import diffusers
import torch
from diffusers import DDPMScheduler

print("diffusers", diffusers.__version__, "torch", torch.__version__)
rest = {}
for spacing in ("leading", "trailing"):
    for variance in ("fixed_small", "fixed_large"):
        scheduler = DDPMScheduler(timestep_spacing=spacing, variance_type=variance, prediction_type="sample")
        scheduler.set_timesteps(20)
        chance = torch.Generator().manual_seed(0)
        picture = torch.randn(1, 3, 64, 64, generator=chance)
        for t in scheduler.timesteps:
            picture = scheduler.step(torch.zeros_like(picture), t, picture, generator=chance).prev_sample
        rest[spacing, variance] = float(picture.std())
        print(f"{spacing:9}{variance:12} last timestep {int(scheduler.timesteps[-1]):2}, left: {picture.std():.4f}")
expected = float((1 - scheduler.alphas_cumprod[49]) ** 0.5)
print(f"sqrt(1 - alpha_bar_49) = {expected:.4f}")
noisy = rest.pop(("trailing", "fixed_large"))
assert abs(noisy - expected) < 0.01, "the last step no longer adds its noise"
assert max(rest.values()) < 1e-6, "another combination is noisy now"
PYTHON
