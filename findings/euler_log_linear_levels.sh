#!/usr/bin/env bash
# diffusers: with interpolation_type="log_linear" EulerDiscreteScheduler tells the network levels that it does not use.
#
# The documentation offers "linear" and "log_linear" as two ways to compute the noise levels between those of
# training. With "log_linear" the levels are spaced evenly in their logarithm over the whole range, but the timesteps
# stay where they were, evenly spaced in time. In the middle of the usual schedule of Stable Diffusion the picture is
# prepared for a level of 0.65, and the network is told timestep 473, which is 1.48: it takes out noise that is not
# there. The neighbours (use_karras_sigmas, use_exponential_sigmas, use_beta_sigmas) turn their levels into timesteps,
# this one does not. use_exponential_sigmas=True gives the levels that were asked for with the timesteps that belong
# to them. Below the network is perfect for pixels drawn from a normal distribution, so that mean and deviation of the
# result are known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 diffusers==0.42.1 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import diffusers
import numpy
import torch
from diffusers import EulerDiscreteScheduler

MEAN, DEVIATION, STEPS = 0.5, 0.3, 100


def sampled(**options):
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", **options)
    scheduler.set_timesteps(STEPS)
    kept = scheduler.alphas_cumprod.double().numpy()
    trained = ((1 - kept) / kept) ** 0.5
    chance = torch.Generator().manual_seed(0)
    picture = torch.randn(1, 1, 128, 128, generator=chance) * scheduler.init_noise_sigma
    apart = 1.0
    for i, t in enumerate(scheduler.timesteps):
        # what training means by t, its logarithm interpolated as the scheduler itself does
        level = float(numpy.exp(numpy.interp(float(t), range(len(trained)), numpy.log(trained))))
        apart = max(apart, level / float(scheduler.sigmas[i]))
        noisy = scheduler.scale_model_input(picture, t) * (1 + level**2) ** 0.5
        clean = MEAN + DEVIATION**2 / (DEVIATION**2 + level**2) * (noisy - MEAN)  # the best guess at this level
        picture = scheduler.step((noisy - clean) / level, t, picture).prev_sample
    return float(picture.mean()), float(picture.std()), apart


print("diffusers", diffusers.__version__, "torch", torch.__version__)
found = {}
for name, options in {
    "linear": {},
    "log_linear": {"interpolation_type": "log_linear"},
    "exponential": {"use_exponential_sigmas": True},
}.items():
    mean, deviation, apart = found[name] = sampled(**options)
    print(f"{name:12} mean {mean:.3f} of {MEAN}, deviation {deviation:.3f} of {DEVIATION}, told / used {apart:.2f}")
for name in ("linear", "exponential"):
    assert abs(found[name][0] - MEAN) < 0.03 and abs(found[name][1] - DEVIATION) < 0.03 and found[name][2] < 1.01
mean, deviation, apart = found["log_linear"]
assert mean < 0.4 and deviation > 0.35 and apart > 3, "timesteps and levels agree now"
PYTHON
