"""Our samplers and diffusers' draw the same picture from the same weights and noise."""

from dataclasses import replace

import pytest
import torch
from diffusers import DDIMScheduler

from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.hf_image import LibraryDraw, draw
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser, clipped, noise_of
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar

LABEL = torch.tensor([3, 9])


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return DiffusionModel(DiffusionConfig.tiny()).eval()


def ours(model, request):
    config = model.config
    noise = SeededNoise([1, 2])
    x = noise.draw((4, 8, 8))
    denoise = Denoiser(model, config.prediction, LABEL, config.unet.classes - 1, request.guidance)
    timesteps = trailing_timesteps(request.steps, config.levels)
    schedule = alpha_bar(config.schedule, config.levels)
    return list(sample(denoise, x, timesteps, schedule, request.sampler, request.eta, noise))[-1].x


def theirs(model, request):
    noise = SeededNoise([1, 2])
    x = noise.draw((4, 8, 8))
    return list(draw(to_library(model), model.config, x, request, LABEL, noise.generators))


@pytest.mark.parametrize("guidance", [0.0, 1.0, 1.5])
@pytest.mark.parametrize("steps", [1, 2, 7, 20])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_same_picture(model, sampler, steps, guidance):
    request = LibraryDraw(sampler, steps, guidance)
    run = theirs(model, request)
    assert [step.done for step in run] == list(range(1, steps + 1)) and run[-1].total == steps
    torch.testing.assert_close(run[-1].value, ours(model, request), rtol=1e-4, atol=1e-4)


def test_same_picture_with_fresh_noise(model):
    request = LibraryDraw("ddim", 10, 1.5, eta=0.7)
    torch.testing.assert_close(theirs(model, request)[-1].value, ours(model, request), rtol=1e-4, atol=1e-4)


def test_an_unknown_sampler_is_refused(model):
    with pytest.raises(ValueError, match="no sampler called plms"):
        theirs(model, LibraryDraw("plms"))


def test_clipping_is_that_of_diffusers():
    config = replace(DiffusionConfig.tiny(), schedule="linear", prediction="eps")
    torch.manual_seed(0)
    model = DiffusionModel(config).eval()
    x = SeededNoise([1, 2]).draw((4, 8, 8))
    scheduler = DDIMScheduler(clip_sample=True, timestep_spacing="trailing")
    scheduler.set_timesteps(10)
    network, theirs = to_library(model), x
    for t in scheduler.timesteps:
        with torch.inference_mode():
            output = network(theirs, t, LABEL).sample
        theirs = scheduler.step(output, t, theirs, use_clipped_model_output=True).prev_sample
    denoise = clipped(Denoiser(model, "eps", LABEL, config.unet.classes - 1))
    run = list(sample(denoise, x, trailing_timesteps(10), alpha_bar("linear")))
    torch.testing.assert_close(run[-1].x, theirs, rtol=1e-4, atol=1e-4)
    seen = run[0].estimate
    assert seen.x0.abs().max() <= 1
    torch.testing.assert_close(seen.eps, noise_of(x, seen.x0, run[0].alpha_bar))
