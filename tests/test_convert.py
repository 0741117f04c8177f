"""Our networks and the library's are the same function of the same weights."""

from pathlib import Path

import pytest
import torch
from diffusers import UNet2DModel

from aigc_demo.checkpoints import files
from aigc_demo.core.errors import UserError
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel, UNet, UNetConfig
from aigc_demo.nn.blocks import Norm
from aigc_demo.pipelines.convert import from_library, to_library
from aigc_demo.pipelines.parity import MISTAKES, compare, with_mistake

SHIPPED = Path(__file__).resolve().parent.parent / "assets/checkpoints/diffusion-digits.safetensors"
CONFIGS = {
    "tiny": UNetConfig.tiny(),
    "grey, no classes": UNetConfig(image_size=32, channels=1, classes=0),
    "folded, with classes": UNetConfig(),
    "CIFAR-like": UNetConfig(
        image_size=32,
        channels=3,
        widths=(32, 64, 64, 64),
        attention=(False, True, False, False),
        classes=0,
        head_width=0,
        groups=32,
        norm_eps=1e-6,
        cosine_first=False,
        frequency_shift=1.0,
        padding=0,
        dropout=0.1,
    ),
    "one level, bare middle": UNetConfig(widths=(16,), attention=(True,), middle_attention=False, head_width=16),
}


def inputs(config, batch=2):
    shape = (batch, config.channels, config.image_size, config.image_size)
    label = torch.arange(batch) % config.classes if config.classes else None
    return torch.randn(shape, generator=torch.Generator().manual_seed(1)), torch.tensor([3, 977][:batch]), label


def difference(ours, theirs):
    x, t, label = inputs(ours.config)
    with torch.inference_mode():
        return (ours(x, t, label) - theirs(x, t, label).sample).abs().max().item()


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def model(request):
    torch.manual_seed(0)
    return UNet(request.param).eval()


def test_our_weights_give_the_library_the_same_output(model):
    assert difference(model, to_library(model)) <= 1e-4


def test_library_weights_give_us_the_same_output(model):
    torch.manual_seed(2)
    theirs = UNet2DModel.from_config(to_library(model).config).eval()
    assert difference(from_library(theirs), theirs) <= 1e-4


def test_there_and_back_is_identical(model):
    back = from_library(to_library(model))
    assert back.config == model.config
    assert all(torch.equal(tensor, back.state_dict()[name]) for name, tensor in model.state_dict().items())
    theirs = to_library(model)
    again = to_library(from_library(theirs))
    assert dict(again.config) == dict(theirs.config)
    assert all(torch.equal(tensor, again.state_dict()[name]) for name, tensor in theirs.state_dict().items())


def test_twins_do_not_share_memory(model):
    theirs = to_library(model)
    before = model.conv_in.weight.clone()
    theirs.conv_in.weight.zero_()
    assert torch.equal(model.conv_in.weight, before)


def test_shipped_weights_agree():
    model = files.read(SHIPPED, DiffusionModel, DiffusionConfig)
    assert difference(model.unet, to_library(model)) <= 1e-4


def test_other_forms_are_refused_by_name():
    plain = to_library(UNet(UNetConfig.tiny())).config
    for name, value in {
        "time_embedding_type": "fourier",
        "resnet_time_scale_shift": "scale_shift",
        "downsample_type": "resnet",
        "act_fn": "gelu",
        "class_embed_type": "timestep",
        "mid_block_type": None,
        "mid_block_scale_factor": 2,
        "center_input_sample": True,
        "attn_norm_num_groups": 2,
        "up_block_types": ("UpBlock2D", "AttnUpBlock2D"),
        "down_block_types": ("SkipDownBlock2D", "AttnDownBlock2D"),
        "out_channels": 8,
        "attention_head_dim": 3,
    }.items():
        theirs = UNet2DModel.from_config(plain)
        theirs.register_to_config(**{name: value})
        with pytest.raises(UserError, match=name) as refusal:
            from_library(theirs)
        assert refusal.value.key == "hub_unsupported"
    with pytest.raises(UserError, match="Linear is not"):
        from_library(torch.nn.Linear(1, 1))
    with pytest.raises(TypeError, match="Linear has no twin"):
        to_library(torch.nn.Linear(1, 1))


def test_layer_table_is_in_order_and_within_tolerance(model):
    table = compare(model, to_library(model), *inputs(model.config))
    assert table.first is None
    assert [row.ours for row in table.rows][-1] == "conv_out"
    assert all(0 <= row.mean <= row.maximum <= 1e-4 for row in table.rows)


@pytest.mark.parametrize(
    ("mistake", "layer"),
    {
        "timestep_off_by_one": "time",
        "wrong_scaling": "down.1.attentions.0",
        "no_time_embedding": "down.0.blocks.0",
        "classes_shifted": "label",
    }.items(),
)
def test_table_points_at_the_mistake(mistake, layer):
    model = files.read(SHIPPED, DiffusionModel, DiffusionConfig).unet
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    table = compare(with_mistake(model, mistake), to_library(model), *inputs(model.config))
    assert table.first is not None and table.rows[table.first].ours == layer
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert compare(model, to_library(model), *inputs(model.config)).first is None


def test_every_mistake_is_tested():
    assert set(MISTAKES) == {"timestep_off_by_one", "wrong_scaling", "no_time_embedding", "classes_shifted"}


@pytest.mark.parametrize("batch", [1, 16])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_norm_is_group_norm_whichever_way_it_goes(batch, dtype):
    norm = Norm(8, 32)
    norm.weight.data.normal_(1)
    norm.bias.data.normal_()
    x = (3 * torch.randn(batch, 32, 16, 16) + 5).to(dtype).contiguous(memory_format=torch.channels_last)
    expected = torch.nn.functional.group_norm(x.float(), 8, norm.weight, norm.bias, norm.eps)
    with torch.inference_mode():
        found = norm(x)
    tolerance = 1e-5 if dtype == torch.float32 else 5e-2
    assert found.dtype == dtype and (found - expected).abs().max() <= tolerance * expected.abs().max()
    assert found.is_contiguous(memory_format=torch.channels_last)
