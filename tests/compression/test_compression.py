"""Few bits, few weights, GPTQ: what is claimed of them, on layers whose answer is known and on tiny networks."""

import math

import pytest
import torch
from torch import nn

from aigc_demo.compression import packing
from aigc_demo.compression.gptq import layer_by_layer, nearest_blocks, output_error, quantised
from aigc_demo.compression.pruning import without_channels, without_weights
from aigc_demo.compression.rounding import error_of, grid_of, matrices, rounded, with_bits
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.gpt import FORMS, GPT, GPTConfig
from aigc_demo.models.judge import Judge, JudgeConfig


def noisy(model: nn.Module) -> nn.Module:
    """The network with weights that are all different and matter."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape) * (0.5 if weight.ndim > 1 else 0.1) + (weight.ndim == 1))
    return model.eval().requires_grad_(False)


def gpt(form="llama") -> GPT:
    return noisy(GPT(GPTConfig.tiny(form)))


@pytest.fixture(params=["gpt", "judge", "diffusion"])
def model(request):
    made = {
        "gpt": lambda: GPT(GPTConfig.tiny()),
        "judge": lambda: Judge(JudgeConfig.tiny()),
        "diffusion": lambda: DiffusionModel(DiffusionConfig.tiny()),
    }
    return noisy(made[request.param]())


def answer(model: nn.Module) -> torch.Tensor:
    """What a network says to one fixed input."""
    if isinstance(model, GPT):
        return model(torch.arange(8)[None] % model.config.vocabulary)
    if isinstance(model, Judge):
        return model(torch.linspace(-1, 1, 2 * 32 * 32).view(2, 1, 32, 32))
    size, channels = model.config.unet.image_size, model.config.unet.channels
    x = torch.linspace(-1, 1, 2 * channels * size * size).view(2, channels, size, size)
    return model(x, torch.tensor([10, 500]), torch.tensor([1, 3]))


@pytest.mark.parametrize("bits", [8, 4, 3, 2])
@pytest.mark.parametrize("per_channel", [True, False])
def test_a_weight_moves_by_half_a_step_at_most_and_zero_stays(bits, per_channel):
    rows = torch.randn(6, 40)
    rows[:, 3] = 0
    grid = grid_of(rows, bits, per_channel)
    found = grid.nearest(rows)
    assert ((found - rows).abs() <= 0.51 * grid.scale + 1e-3 * rows.abs()).all()
    assert (found[:, 3] == 0).all()
    assert all(len(row.unique()) <= 2**bits for row in found)
    assert grid.scale.shape == ((6, 1) if per_channel else (1, 1))


def test_a_channel_of_zeros_or_of_one_sign_has_a_grid():
    rows = torch.stack([torch.zeros(9), torch.linspace(1, 2, 9), torch.linspace(-2, -1, 9)])
    found = rounded(rows, 8)
    assert (found[0] == 0).all() and error_of(rows[1:], found[1:]) < 0.01


def test_fewer_bits_err_more_and_a_grid_per_channel_errs_less():
    rows = torch.randn(16, 64) * torch.logspace(-1, 1, 16)[:, None]
    errors = [error_of(rows, rounded(rows, bits)) for bits in (32, 16, 8, 4, 3, 2)]
    assert errors[0] == 0 and errors == sorted(errors)
    for bits in (8, 4, 3):
        small = slice(0, 4)  # channels that one grid for all hardly sees
        by_channel, by_matrix = (rounded(rows, bits, each)[small] for each in (True, False))
        assert error_of(rows[small], by_channel) < error_of(rows[small], by_matrix)


@pytest.mark.parametrize("bits", [32, 16, 8, 4, 3, 2])
@pytest.mark.parametrize("per_channel", [True, False])
def test_a_file_of_few_bits_is_as_large_as_told_and_gives_the_same_network(model, tmp_path, bits, per_channel):
    tensors, told = packing.of_bits(model, bits, per_channel)
    assert packing.size(tensors) == packing.bits_size(model, bits, per_channel)
    path = tmp_path / "small.safetensors"
    path.write_bytes(packing.file_of(tensors, told))
    twin, back = with_bits(model, bits, per_channel), packing.unpacked(str(path))
    for name, weight in matrices(twin):
        assert torch.allclose(back[name], weight, atol=1e-6), name
    assert path.stat().st_size - packing.size(tensors) < 200 * len(tensors) + 4000


def test_the_network_itself_stays_as_it_was(model):
    before = answer(model)
    for smaller in (with_bits(model, 2), without_weights(model, 0.9), without_channels(model, 0.5)):
        assert not torch.allclose(answer(smaller), before)
    assert torch.equal(answer(model), before)


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.95])
def test_the_least_weights_are_left_out(model, tmp_path, share):
    twin = without_weights(model, share)
    for (_, before), (_, after) in zip(matrices(model), matrices(twin), strict=True):
        gone = after == 0
        assert int(gone.sum()) == round(share * before.numel())
        assert torch.equal(after[~gone], before[~gone])
        if gone.any() and not gone.all():
            assert before[gone].abs().max() <= before[~gone].abs().min()
    path = tmp_path / "pruned.safetensors"
    path.write_bytes(packing.file_of(*packing.of_pruned(twin)))
    back = packing.unpacked(str(path))
    assert all(torch.allclose(back[name], weight, rtol=1e-3, atol=1e-6) for name, weight in matrices(twin))


def test_a_pruned_file_is_never_larger_than_a_whole_one(model):
    sizes = [packing.size(packing.of_pruned(without_weights(model, share))[0]) for share in (0, 0.03, 0.3, 0.9)]
    assert sizes[0] >= sizes[1] >= sizes[2] >= sizes[3] and sizes[3] < 0.6 * sizes[0]


def test_channels_that_do_nothing_can_go_and_nothing_changes():
    model = gpt()
    hidden = model.config.hidden
    with torch.no_grad():
        for block in model.blocks:
            block.mlp.down.weight[:, : hidden // 2] = 0
    smaller = without_channels(model, 0.5)
    assert smaller.config.hidden == hidden // 2
    assert torch.allclose(answer(smaller), answer(model), atol=1e-4)


def test_feature_maps_that_are_zero_can_go_and_nothing_changes():
    model = noisy(Judge(JudgeConfig.tiny()))
    with torch.no_grad():
        for place in range(6):
            convolution, norm = model.body[place][0], model.body[place][1]
            half = convolution.out_channels // 2
            convolution.weight[:half] = 0
            norm.bias[:half], norm.running_mean[:half] = 0, 0
    smaller = without_channels(model, 0.5)
    assert smaller.config.width == model.config.width // 2
    assert torch.allclose(answer(smaller), answer(model), atol=1e-4)


@pytest.mark.parametrize("share", [0, 0.5, 0.95])
def test_whole_channels_go_and_the_network_still_answers(model, share):
    smaller = without_channels(model, share)
    counts = [sum(weight.numel() for weight in each.parameters()) for each in (model, smaller)]
    assert counts[1] < counts[0] if share else counts[1] == counts[0]
    assert answer(smaller).shape == answer(model).shape and answer(smaller).isfinite().all()
    if share == 0:
        assert torch.allclose(answer(smaller), answer(model), atol=1e-4)


@pytest.mark.parametrize("form", FORMS)
def test_a_narrow_gpt_of_either_form_answers(form):
    smaller = without_channels(gpt(form), 0.5)
    assert smaller.config.hidden == 12 and answer(smaller).isfinite().all()


def test_a_network_without_channels_to_remove_is_refused():
    with pytest.raises(TypeError, match="Linear"):
        without_channels(nn.Linear(2, 2), 0.5)


@pytest.mark.parametrize("bits", [4, 3, 2])
def test_gptq_errs_less_in_the_outputs_than_round_to_nearest(bits):
    weight, mix = torch.randn(24, 48), torch.randn(48, 48)
    x = torch.randn(2000, 48) @ mix  # inputs that go together
    hessian = x.T @ x / len(x)
    found, nearest = quantised(weight, hessian, bits), rounded(weight, bits)
    assert output_error(weight, found, hessian) < 0.8 * output_error(weight, nearest, hessian)
    direct = ((weight - found) @ x.T).norm() / (weight @ x.T).norm()
    assert math.isclose(output_error(weight, found, hessian), float(direct), rel_tol=1e-3)
    grid = grid_of(weight, bits)
    assert torch.allclose(grid.nearest(found), found, atol=1e-5)  # it stands on the same grid


def test_gptq_on_inputs_that_do_not_go_together_is_round_to_nearest():
    weight = torch.randn(8, 16)
    assert torch.allclose(quantised(weight, torch.eye(16), 4), rounded(weight, 4), atol=1e-6)


def test_gptq_goes_through_a_gpt_block_by_block():
    model, tokens = gpt(), torch.randint(11, (8, 16))
    steps = list(layer_by_layer(model, tokens, 3))
    assert len(steps) == model.config.n_layer
    made = steps[-1][0]
    assert [error.name for error in steps[1][1]][0] == "blocks.1.attention.qkv"
    assert torch.equal(made.embed.weight, model.embed.weight)
    other = nearest_blocks(model, 3)
    gaps = [(each(tokens) - model(tokens)).norm() for each in (made, other)]
    assert gaps[0] < gaps[1]
    errors = [error for _, found in steps for error in found]
    assert sum(error.gptq for error in errors) < sum(error.nearest for error in errors)
