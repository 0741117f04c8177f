"""The same weights in our form and in the library's, both ways and without loss.

    to_library(model)       our model  -> the library's
    from_library(module)    the library's -> our model

Models differ in form only. Every tensor of ours is one of the library's, or several of them stacked: query, key and
value of an attention, and the time biases of all residual blocks. Here are the U-Net, and the way to every other twin:
the KL autoencoder's is in pipelines/convert_kl.py, a GAN's, which no library has, in pipelines/convert_gan.py, that of
a GPT in pipelines/convert_gpt.py.

ours                        diffusers UNet2DModel
time.0, time.2              time_embedding.linear_1, linear_2
label                       class_embedding
down.1.blocks.0             down_blocks.1.resnets.0
down.1.attentions.0.qkv     down_blocks.1.attentions.0.to_q, to_k, to_v
down.1.resample             down_blocks.1.downsamplers.0
biases                      time_emb_proj of every resnet, in the order of forward
"""

from collections.abc import Callable, Iterator, Mapping
from functools import singledispatch
from typing import Any

import torch
from torch import nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.diffusion import DiffusionModel, UNet, UNetConfig
from aigc_demo.models.gan import GAN
from aigc_demo.models.gpt import GPT
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.seq2seq import Seq2Seq
from aigc_demo.pipelines.convert_gan import from_sequential, to_sequential
from aigc_demo.pipelines.convert_gpt import from_gpt2, from_llama, to_language_model
from aigc_demo.pipelines.convert_kl import from_autoencoder_kl, to_autoencoder_kl
from aigc_demo.pipelines.convert_seq2seq import from_mbart, to_mbart
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.weights import Names, give, take, tensor_names

# options of UNet2DModel for which our U-Net has one form only
ONLY: dict[str, tuple[object, ...]] = {
    "center_input_sample": (False,),
    "time_embedding_type": ("positional",),
    "mid_block_type": ("UNetMidBlock2D",),
    "mid_block_scale_factor": (1,),
    "downsample_padding": (0, 1),
    "downsample_type": ("conv",),
    "upsample_type": ("conv",),
    "act_fn": ("silu", "swish"),
    "resnet_time_scale_shift": ("default",),
    "class_embed_type": (None,),
}
DOWN = {"DownBlock2D": False, "AttnDownBlock2D": True}  # -> self-attention at this level?
UP = {"UpBlock2D": False, "AttnUpBlock2D": True}


@singledispatch
def to_library(model: nn.Module) -> Any:
    """The library's twin of `model`: a module of its own with equal weights, in eval mode."""
    raise TypeError(f"{type(model).__name__} has no twin in a library")


@to_library.register
def _(model: DiffusionModel) -> Any:
    return to_library(model.unet)  # works on folded pictures, as ours does


@to_library.register
def _(model: UNet) -> Any:
    network = diffusers().UNet2DModel
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = network(**library_options(model.config))
    return give(model, module, unet_tensors(model))


@to_library.register
def _(model: KLAutoencoder) -> Any:
    return to_autoencoder_kl(model)


@to_library.register
def _(model: GAN) -> Any:
    return to_sequential(model)


@to_library.register
def _(model: GPT) -> Any:
    return to_language_model(model)


@to_library.register
def _(model: Seq2Seq) -> Any:
    return to_mbart(model)


def from_library(module: nn.Module) -> nn.Module:
    """Our twin of the library's `module`, in eval mode; BadRequestError where our model has no such form."""
    for kind in type(module).__mro__:
        if kind.__name__ in READERS:
            return READERS[kind.__name__](module)
    raise BadRequestError("hub_unsupported", name=type(module).__name__)


def from_unet2d(module: Any) -> UNet:
    """UNet2DModel -> UNet."""
    config = unet_config(module.config)
    with torch.device("meta"):
        model = UNet(config)
    return take(model, module, unet_tensors(model))


READERS: dict[str, Callable[[Any], nn.Module]] = {
    "UNet2DModel": from_unet2d,
    "AutoencoderKL": from_autoencoder_kl,
    "Sequential": from_sequential,
    "GPT2LMHeadModel": from_gpt2,
    "LlamaForCausalLM": from_llama,
    "MBartForConditionalGeneration": from_mbart,
}


def library_options(config: UNetConfig) -> dict[str, Any]:
    """Arguments of UNet2DModel for the network that `config` describes."""
    return {
        "sample_size": config.image_size,
        "in_channels": config.channels,
        "out_channels": config.channels,
        "freq_shift": config.frequency_shift,
        "flip_sin_to_cos": config.cosine_first,
        "down_block_types": tuple("AttnDownBlock2D" if looks else "DownBlock2D" for looks in config.attention),
        "up_block_types": tuple("AttnUpBlock2D" if looks else "UpBlock2D" for looks in reversed(config.attention)),
        "block_out_channels": config.widths,
        "layers_per_block": config.blocks,
        "downsample_padding": config.padding,
        "dropout": config.dropout,
        "attention_head_dim": config.head_width or None,
        "norm_num_groups": config.groups,
        "norm_eps": config.norm_eps,
        "add_attention": config.middle_attention,
        "num_class_embeds": config.classes or None,
    }


def unet_config(options: Mapping[str, Any]) -> UNetConfig:
    """The config of our twin out of all arguments of a UNet2DModel; BadRequestError when there is none."""
    obstacle = unsupported(options)
    if obstacle:
        raise BadRequestError("hub_unsupported", name=f"UNet2DModel ({obstacle})")
    return UNetConfig(
        image_size=options["sample_size"],
        channels=options["in_channels"],
        widths=tuple(options["block_out_channels"]),
        attention=tuple(DOWN[kind] for kind in options["down_block_types"]),
        blocks=options["layers_per_block"],
        classes=options["num_class_embeds"] or 0,
        head_width=options["attention_head_dim"] or 0,
        middle_attention=options["add_attention"],
        groups=options["norm_num_groups"],
        norm_eps=options["norm_eps"],
        cosine_first=options["flip_sin_to_cos"],
        frequency_shift=float(options["freq_shift"]),
        padding=options["downsample_padding"],
        dropout=options["dropout"],
    )


def unsupported(options: Mapping[str, Any]) -> str:
    """The first argument of a UNet2DModel that our U-Net has no form for, as "name = value"; empty when it has all."""
    for name, allowed in ONLY.items():
        if options[name] not in allowed:
            return f"{name} = {options[name]}"
    widths, down, up = options["block_out_channels"], options["down_block_types"], options["up_block_types"]
    groups, size, head = options["norm_num_groups"], options["sample_size"], options["attention_head_dim"]
    looks = [DOWN.get(kind) for kind in down]
    looking = {w for w, look in zip(widths, looks, strict=True) if look} | {widths[-1]}
    odd = {
        "down_block_types": None in looks,
        "up_block_types": [UP.get(kind) for kind in up] != looks[::-1],
        "out_channels": options["out_channels"] != options["in_channels"],
        "time_embedding_dim": options["time_embedding_dim"] not in (None, 4 * widths[0]),
        "norm_num_groups": not isinstance(groups, int),
        "attn_norm_num_groups": options["attn_norm_num_groups"] not in (None, groups),
        "sample_size": not isinstance(size, int) or size % 2 ** (len(widths) - 1) != 0,
        "attention_head_dim": head is not None and any(w % head for w in looking),
    }
    return next((f"{name} = {options[name]}" for name, bad in odd.items() if bad), "")


def layers(config: UNetConfig) -> Iterator[tuple[str, str]]:
    """Names of our layers and of their twins in a UNet2DModel, in the order in which forward runs them."""
    yield "time", "time_embedding"
    if config.classes:
        yield "label", "class_embedding"
    yield "conv_in", "conv_in"
    last = len(config.widths) - 1
    for i in range(last + 1):
        yield from _level("down", i, config.blocks, config.attention[i])
        if i < last:
            yield f"down.{i}.resample", f"down_blocks.{i}.downsamplers.0"
    yield "middle.0", "mid_block.resnets.0"
    if config.middle_attention:
        yield "middle_attention", "mid_block.attentions.0"
    yield "middle.1", "mid_block.resnets.1"
    for i in range(last + 1):
        yield from _level("up", i, config.blocks + 1, config.attention[last - i])
        if i < last:
            yield f"up.{i}.resample", f"up_blocks.{i}.upsamplers.0"
    yield "norm_out", "conv_norm_out"
    yield "conv_out", "conv_out"


def _level(side: str, i: int, blocks: int, attention: bool) -> Iterator[tuple[str, str]]:
    for j in range(blocks):
        yield f"{side}.{i}.blocks.{j}", f"{side}_blocks.{i}.resnets.{j}"
        if attention:
            yield f"{side}.{i}.attentions.{j}", f"{side}_blocks.{i}.attentions.{j}"


def unet_tensors(model: UNet) -> dict[str, Names]:
    """Name of each of our tensors -> names of the library's tensors that it stacks."""
    found = tensor_names(model, layers(model.config))
    residual = [f"{theirs}.time_emb_proj" for _, theirs in layers(model.config) if ".resnets." in theirs]
    for kind in ("weight", "bias"):
        found[f"biases.{kind}"] = tuple(f"{twin}.{kind}" for twin in residual)
    return found
