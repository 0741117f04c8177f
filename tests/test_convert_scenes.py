"""The models of scenes and the library's are the same function of the same weights; so is the whole pipeline."""

from dataclasses import replace

import pytest
import torch

from aigc_demo.core.errors import UserError
from aigc_demo.data import scene_tokens
from aigc_demo.models.clip import CLIP, CLIPConfig, TextTower
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig, TextUNet, TextUNetConfig
from aigc_demo.models.vqvae import VQVAE, VQConfig
from aigc_demo.pipelines.convert import from_library, to_library
from aigc_demo.pipelines.pairs.text_unet import MISTAKES
from aigc_demo.pipelines.parity import compare, with_mistake
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion
from aigc_demo.sampling.guidance import TextDenoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar

UNETS = {
    "tiny": TextUNetConfig.tiny(),
    "as shipped": TextUNetConfig(),
    "three levels, two blocks": TextUNetConfig(
        image_size=16,
        widths=(8, 16, 16),
        attention=(True, False, True),
        blocks=2,
        head_width=8,
        groups=4,
        norm_eps=1e-6,
    ),
}


def shaken(model):
    """Random weights everywhere, also where training begins at zero."""
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.05 * torch.randn_like(weight)
    return model.eval()


def inputs(config):
    x = torch.randn(2, config.channels, config.image_size, config.image_size)
    return x, torch.tensor([3.0, 977.0]), torch.randn(2, 7, config.text)


@pytest.mark.parametrize("config", UNETS.values(), ids=UNETS.keys())
@torch.inference_mode()
def test_the_unet_is_a_unet2d_condition_model_and_comes_back(config):
    ours, given = shaken(TextUNet(config)), inputs(config)
    theirs = to_library(ours)
    torch.testing.assert_close(theirs(*given).sample, ours(*given), atol=1e-4, rtol=1e-4)
    back = from_library(theirs)
    assert back.config == config
    torch.testing.assert_close(back(*given), ours(*given), atol=0, rtol=0)


def test_every_layer_of_the_unet_agrees_until_a_mistake_is_made():
    ours = shaken(TextUNet(UNETS["tiny"]))
    theirs, given = to_library(ours), inputs(UNETS["tiny"])
    found = compare(ours, theirs, *given)
    assert found.first is None and len(found.rows) > 12
    for name in MISTAKES:
        assert compare(with_mistake(ours, name), theirs, *given).first is not None


@torch.inference_mode()
def test_the_text_tower_is_a_clip_text_model_and_comes_back():
    ours = shaken(TextTower(CLIPConfig.tiny().text))
    tokens = scene_tokens.encode(["two red apples", "白色背景上的一只狗"])
    theirs = to_library(ours)
    output = theirs(tokens)
    torch.testing.assert_close(output.last_hidden_state, ours(tokens), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(output.pooler_output, ours.pool(tokens, ours(tokens)), atol=1e-5, rtol=1e-4)
    back = from_library(theirs)
    assert back.config == ours.config
    torch.testing.assert_close(back(tokens), ours(tokens), atol=0, rtol=0)


@torch.inference_mode()
def test_clip_is_a_clip_model_and_comes_back():
    ours = shaken(CLIP(CLIPConfig.tiny()))
    tokens, x = scene_tokens.encode(["two red apples", "狗", "a cat"]), torch.randn(2, 3, 64, 64)
    theirs = to_library(ours)
    torch.testing.assert_close(theirs(tokens, x).logits_per_text, ours(tokens, x), atol=1e-4, rtol=1e-4)
    back = from_library(theirs)
    assert back.config == ours.config
    torch.testing.assert_close(back(tokens, x), ours(tokens, x), atol=0, rtol=0)
    assert compare(ours, theirs, tokens, x).first is None


@torch.inference_mode()
def test_the_vq_autoencoder_is_a_vq_model_and_comes_back():
    ours = shaken(VQVAE(VQConfig.tiny()))
    x = torch.randn(2, 3, 16, 16)
    quantised, rebuilt = ours(x)
    theirs = to_library(ours)
    code = theirs.encode(x).latents
    assert torch.equal(theirs.quantize(code)[2][2].view(quantised.tokens.shape), quantised.tokens)
    torch.testing.assert_close(theirs.decode(code).sample, rebuilt, atol=1e-4, rtol=1e-4)
    back = from_library(theirs)
    assert back.config == ours.config
    torch.testing.assert_close(back(x)[1], rebuilt, atol=0, rtol=0)


def test_finite_scalars_have_no_counterpart():
    with pytest.raises(TypeError, match="fsq"):
        to_library(VQVAE(replace(VQConfig.tiny(), quantiser="fsq")))


@pytest.mark.parametrize(
    ("module", "option"),
    [
        (lambda: to_library(TextUNet(UNETS["tiny"])), {"use_linear_projection": False}),
        (lambda: to_library(TextUNet(UNETS["tiny"])), {"flip_sin_to_cos": False}),
        (lambda: to_library(TextUNet(UNETS["tiny"])), {"up_block_types": ("UpBlock2D", "UpBlock2D")}),
        (lambda: to_library(VQVAE(VQConfig.tiny())), {"norm_type": "spatial"}),
    ],
)
def test_forms_that_ours_lacks_are_refused_by_name(module, option):
    theirs = module()
    theirs.register_to_config(**option)
    with pytest.raises(UserError, match=next(iter(option))):
        from_library(theirs)


@pytest.mark.parametrize("steps", [1, 4])
@torch.inference_mode()
def test_a_stable_diffusion_pipeline_draws_what_ours_draws(steps):
    model, autoencoder = shaken(Text2Image(Text2ImageConfig.tiny())), KLAutoencoder(KLConfig.tiny()).eval()
    pipeline = to_stable_diffusion(model, autoencoder, scene_tokens.PATH)
    config = model.config.unet
    side = config.image_size * autoencoder.config.shrink
    noise = torch.randn(1, config.channels, config.image_size, config.image_size)
    prompt, negative = "蓝色背景上的两个苹果", "a dog"
    theirs = pipeline(
        prompt,
        negative_prompt=negative,
        guidance_scale=3.0,
        height=side,
        width=side,
        latents=noise,
        sigmas=flow_sigmas(steps),
        output_type="pt",
    ).images
    states, away = model.encode(scene_tokens.encode([prompt, negative])).split(1)
    denoise = TextDenoiser(model, states, away, 3.0)
    *_, last = sample(denoise, noise, trailing_timesteps(steps), alpha_bar("flow"), "euler")
    ours = (autoencoder.decode(last.x / autoencoder.config.scale) / 2 + 0.5).clamp(0, 1)
    torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=1e-4)
