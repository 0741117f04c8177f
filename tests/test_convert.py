"""Our networks and the library's are the same function of the same weights."""

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DModel

from aigc_demo.checkpoints import files
from aigc_demo.core.errors import UserError
from aigc_demo.data.emoji import read_samples
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel, UNet, UNetConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.nn.blocks import Norm
from aigc_demo.pipelines import pairs
from aigc_demo.pipelines.convert import all_pairs, from_library, to_library
from aigc_demo.pipelines.pairs import kl, unet
from aigc_demo.pipelines.parity import compare, with_mistake

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
    with pytest.raises(TypeError, match="Linear has no counterpart"):
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
    assert set(unet.MISTAKES) == {"timestep_off_by_one", "wrong_scaling", "no_time_embedding", "classes_shifted"}


KL_CONFIGS = {
    "tiny": KLConfig.tiny(),
    "shipped": KLConfig(scale=0.7),
    "one level": KLConfig(image_size=16, widths=(8,), blocks=2, groups=2, latent=3),
    "grey, no attention": KLConfig(channels=1, image_size=16, widths=(8, 8, 16), blocks=2, middle_attention=False),
}


@pytest.fixture(params=KL_CONFIGS.values(), ids=KL_CONFIGS.keys())
def autoencoder(request):
    torch.manual_seed(0)
    return KLAutoencoder(request.param).eval()


def code_differences(ours, theirs):
    """Largest difference of mean, log variance, decoded code and KL term, on a picture that is not quite square."""
    config = ours.config
    x = torch.randn(2, config.channels, config.image_size, config.image_size + config.shrink)
    with torch.inference_mode():
        posterior, expected = ours.encode(x), theirs.encode(x).latent_dist
        z = torch.randn_like(posterior.mean)
        pairs = [
            (posterior.mean, expected.mean),
            (posterior.log_variance, expected.logvar),
            (ours.decode(z), theirs.decode(z).sample),
            (posterior.kl().sum((1, 2, 3)), expected.kl()),
        ]
    assert all(a.shape == b.shape for a, b in pairs)
    return [float((a - b).abs().max() / b.abs().max().clamp(min=1)) for a, b in pairs]


def test_autoencoders_are_the_same_function_both_ways(autoencoder):
    assert max(code_differences(autoencoder, to_library(autoencoder))) <= 1e-4
    torch.manual_seed(2)
    theirs = AutoencoderKL.from_config(to_library(autoencoder).config).eval()
    assert max(code_differences(from_library(theirs), theirs)) <= 1e-4
    theirs.quant_conv.weight.data *= 1.01  # so that this could fail
    assert max(code_differences(autoencoder, theirs)) > 1e-4


def test_autoencoders_go_there_and_back_unchanged(autoencoder):
    theirs = to_library(autoencoder)
    back = from_library(theirs)
    again = to_library(back)
    assert back.config == autoencoder.config and dict(again.config) == dict(theirs.config)
    for one, other in ((autoencoder, back), (theirs, again)):
        assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())
    theirs.quant_conv.weight.zero_()
    assert autoencoder.moments.weight.any() and back.moments.weight.any()  # nobody shares memory


def test_other_autoencoders_are_refused_by_name():
    for name, value in {
        "use_quant_conv": False,
        "use_post_quant_conv": False,
        "shift_factor": 0.1,
        "latents_mean": (0.0,) * 4,
        "latents_std": (1.0,) * 4,
        "act_fn": "relu",
        "out_channels": 4,
        "sample_size": 63,
        "down_block_types": ("AttnDownEncoderBlock2D", "DownEncoderBlock2D"),
        "up_block_types": ("UpDecoderBlock2D", "AttnUpDecoderBlock2D"),
    }.items():
        theirs = to_library(KLAutoencoder(KLConfig.tiny()))
        theirs.register_to_config(**{name: value})
        with pytest.raises(UserError, match=f"AutoencoderKL .* {name} = ") as refusal:
            from_library(theirs)
        assert refusal.value.key == "library_form"


def test_the_shipped_autoencoder_agrees_in_every_layer():
    model = files.read(SHIPPED.with_name("kl-emoji.safetensors"), KLAutoencoder, KLConfig)
    sheet = read_samples(SHIPPED.parent.parent / "examples" / "emoji-samples.png")
    theirs = to_library(model)
    for picture in torch.from_numpy(sheet[::8]).permute(0, 3, 1, 2).float() / 127.5 - 1:
        assert compare(model, theirs, picture[None]).first is None


def test_layer_table_of_an_autoencoder_goes_from_picture_to_picture(autoencoder):
    config, theirs = autoencoder.config, to_library(autoencoder)
    x = torch.randn(2, config.channels, config.image_size, config.image_size)
    table = compare(autoencoder, theirs, x)
    assert table.first is None
    assert [table.rows[0].ours, table.rows[-1].ours] == ["encoder.conv_in", "decoder.conv_out"]
    assert [row.ours for row in table.rows] == [name for name, _ in kl.layers(autoencoder)]
    assert all(0 <= row.mean <= row.maximum <= 1e-4 for row in table.rows)
    theirs.decoder.mid_block.resnets[1].conv2.bias += 0.01
    table = compare(autoencoder, theirs, x)
    assert table.first is not None and table.rows[table.first].ours == "decoder.middle.1"


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


def test_a_new_file_is_a_new_pair(tmp_path, monkeypatch):
    (tmp_path / "toy.py").write_text(
        "from torch import nn\n"
        "from aigc_demo.pipelines.library_pair import LibraryPair\n"
        "class Toy(nn.Linear):\n    pass\n"
        "PAIR = LibraryPair((Toy,), ('Bilinear',), lambda m: nn.Bilinear(1, 1, 1), lambda m: Toy(1, 1), lambda m: [])\n"
    )
    monkeypatch.setattr(pairs, "__path__", [*pairs.__path__, str(tmp_path)])
    all_pairs.cache_clear()
    try:
        found = from_library(torch.nn.Bilinear(1, 1, 1))
        assert type(found).__name__ == "Toy" and isinstance(to_library(found), torch.nn.Bilinear)
    finally:
        all_pairs.cache_clear()


def test_every_class_belongs_to_one_pair():
    for side in ("ours", "theirs"):
        classes = [kind for pair in all_pairs() for kind in getattr(pair, side)]
        assert len(classes) == len(set(classes))
