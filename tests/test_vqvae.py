"""The VQ autoencoder of scenes: tokens and codebook, what its training begins from and how it goes on."""

from dataclasses import replace

import pytest
import tiny_scenes
import torch

from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.vqvae import VQVAE, FiniteScalar, VectorQuantiser, VQConfig
from aigc_demo.training import vqvae as vq_training


@pytest.mark.parametrize("quantiser", ["vq", "fsq"])
def test_a_picture_becomes_tokens_and_comes_back_from_them_alone(quantiser):
    model = VQVAE(VQConfig(latent=4, image_size=16, widths=(8, 16), groups=4, entries=16, quantiser=quantiser)).eval()
    quantised, rebuilt = model(torch.randn(2, 3, 16, 16))
    assert quantised.tokens.shape == (2, 8, 8) and quantised.tokens.max() < model.config.codebook
    assert rebuilt.shape == (2, 3, 16, 16)
    torch.testing.assert_close(model.decode(quantised.tokens), rebuilt, atol=1e-5, rtol=1e-5)


def test_the_nearest_entry_is_taken_and_gradients_pass_it():
    quantiser = VectorQuantiser(VQConfig.tiny()).eval()
    z = torch.randn(2, 4, 3, 3, requires_grad=True)
    found = quantiser(z)
    distance = torch.cdist(z.permute(0, 2, 3, 1).reshape(-1, 4), quantiser.entries.weight)
    assert torch.equal(found.tokens.flatten(), distance.argmin(1))
    found.code.sum().backward()
    torch.testing.assert_close(z.grad, torch.ones_like(z))


def test_the_codebook_follows_the_codes_and_idle_entries_move_to_where_codes_are():
    quantiser = VectorQuantiser(VQConfig.tiny()).train()
    centres = 5 * torch.randn(8, 4)
    for _ in range(300):
        rows = centres[torch.randint(8, (256,))] + 0.01 * torch.randn(256, 4)
        error = quantiser(rows.T.reshape(1, 4, 16, 16)).commitment
    assert error < 0.01
    assert torch.cdist(centres, quantiser.entries.weight).amin(1).max() < 0.1
    assert torch.cdist(quantiser.entries.weight, centres).amin(1).max() < 0.1


def test_the_codebook_is_exact_where_networks_compute_in_bfloat16():
    z = torch.randn(2, 4, 8, 8)
    quantisers = [VectorQuantiser(VQConfig.tiny()).train() for _ in range(2)]
    quantisers[1].load_state_dict(quantisers[0].state_dict())
    quantisers[1].sums.copy_(quantisers[0].sums)
    found = []
    for quantiser, reduced in zip(quantisers, (False, True), strict=True):
        torch.manual_seed(0)
        with torch.autocast("cpu", torch.bfloat16, enabled=reduced):
            found.append(quantiser(z))
    assert torch.equal(found[0].tokens, found[1].tokens)
    assert torch.equal(quantisers[0].entries.weight, quantisers[1].entries.weight)


def test_finite_scalars_are_a_grid_whose_places_are_numbered():
    quantiser = FiniteScalar(VQConfig(latent=3, levels=(3, 5, 2), quantiser="fsq"))
    every = torch.arange(30).view(1, 5, 6)
    codes = quantiser.lookup(every)
    assert len(codes.permute(0, 2, 3, 1).reshape(-1, 3).unique(dim=0)) == 30 and codes.abs().max() == 1
    z = torch.atanh(codes.clamp(-0.999, 0.999))
    assert torch.equal(quantiser(z).tokens, every)
    with pytest.raises(ValueError, match="4 maps"):
        FiniteScalar(VQConfig(latent=4, levels=(3, 5, 2), quantiser="fsq"))


def test_the_outer_levels_come_from_the_kl_autoencoder():
    other = KLAutoencoder(KLConfig(widths=(8, 8), groups=4))
    model = VQVAE(VQConfig(latent=4, image_size=32, widths=(8, 8, 16), groups=4, entries=16))
    taken = vq_training.start_from(model, other)
    assert {"encoder.conv_in.weight", "decoder.up.2.blocks.0.conv1.weight", "decoder.conv_out.weight"} < set(taken)
    assert torch.equal(model.decoder.up[2].blocks[0].conv1.weight, other.decoder.up[1].blocks[0].conv1.weight)
    assert not any("middle" in name for name in taken)


def test_the_decoder_alone_learns_on_while_the_tokens_stay(tmp_path):
    recipe = replace(vq_training.Recipe.tiny(), decoder_only=True)
    before = VQVAE(recipe.model).eval()
    renderer, out = tiny_scenes.renderer(tmp_path / "emoji"), tmp_path / "x.safetensors"
    vq_training.train(recipe, renderer, out, tmp_path / "run", before=before)
    after = torch.load(tmp_path / "run" / "state.pt", weights_only=True)["model"]
    changed = {name for name, tensor in before.state_dict().items() if not torch.equal(after[name], tensor)}
    assert changed and all(name.startswith(("decoder", "entrance")) for name in changed)


def test_a_run_goes_on_with_the_codebook_that_it_had(tmp_path):
    tiny = vq_training.Recipe.tiny()
    recipe = replace(tiny, model=replace(tiny.model, decay=1.0))  # entries are placed in the first step, then stay
    renderer, out, run = tiny_scenes.renderer(tmp_path / "emoji"), tmp_path / "x.safetensors", tmp_path / "run"
    entries = []
    for steps in (2, 3):
        vq_training.train(replace(recipe, steps=steps), renderer, out, run)
        entries.append(torch.load(run / "state.pt", weights_only=True)["model"]["quantiser.entries.weight"])
    assert torch.equal(*entries)
