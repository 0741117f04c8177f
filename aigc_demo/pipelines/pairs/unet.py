"""The diffusion U-Net and diffusers' UNet2DModel.

ours                        UNet2DModel
time.0, time.2              time_embedding.linear_1, linear_2
label                       class_embedding
down.1.blocks.0             down_blocks.1.resnets.0
down.1.attentions.0.qkv     down_blocks.1.attentions.0.to_q, to_k, to_v
down.1.resample             down_blocks.1.downsamplers.0
biases                      time_emb_proj of every resnet, in the order of forward
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.diffusion import DiffusionModel, UNet, UNetConfig
from aigc_demo.nn.blocks import Attention
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.weights import Layers, Names, give, stacked_names, take, tensor_names

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


def to_library(model: UNet | DiffusionModel) -> Any:
    """UNet -> UNet2DModel; it works on folded pictures, as ours does."""
    unet = model.unet if isinstance(model, DiffusionModel) else model
    network = diffusers().UNet2DModel
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = network(**library_options(unet.config))
    return give(unet, module, unet_tensors(unet))


def from_library(module: Any) -> UNet:
    """UNet2DModel -> UNet; BadRequestError where ours has no such form."""
    config = unet_config(module.config)
    with torch.device("meta"):
        model = UNet(config)
    return take(model, module, unet_tensors(model))


def library_options(config: UNetConfig) -> dict[str, Any]:
    """Arguments of UNet2DModel for the network that `config` describes."""
    return {
        "sample_size": config.image_size,
        "in_channels": config.channels,
        "out_channels": config.channels,
        "freq_shift": config.frequency_shift,
        "flip_sin_to_cos": config.cosine_first,
        "down_block_types": tuple("AttnDownBlock2D" if has else "DownBlock2D" for has in config.attention),
        "up_block_types": tuple("AttnUpBlock2D" if has else "UpBlock2D" for has in reversed(config.attention)),
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
    """Our config out of all arguments of a UNet2DModel; BadRequestError where ours has no such form."""
    obstacle = unsupported(options, ONLY, unfit(options))
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


def unfit(options: Mapping[str, Any]) -> dict[str, bool]:
    """Arguments of a UNet2DModel that depend on one another -> whether our U-Net lacks the form."""
    widths, down, up = options["block_out_channels"], options["down_block_types"], options["up_block_types"]
    groups, size, head = options["norm_num_groups"], options["sample_size"], options["attention_head_dim"]
    attention = [DOWN.get(kind) for kind in down]
    attended = {w for w, has in zip(widths, attention, strict=True) if has} | {widths[-1]}
    return {
        "down_block_types": None in attention,
        "up_block_types": [UP.get(kind) for kind in up] != attention[::-1],
        "out_channels": options["out_channels"] != options["in_channels"],
        "time_embedding_dim": options["time_embedding_dim"] not in (None, 4 * widths[0]),
        "norm_num_groups": not isinstance(groups, int),
        "attn_norm_num_groups": options["attn_norm_num_groups"] not in (None, groups),
        "sample_size": not isinstance(size, int) or size % 2 ** (len(widths) - 1) != 0,
        "attention_head_dim": head is not None and any(w % head for w in attended),
    }


def layers(model: UNet) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of a UNet2DModel, in the order in which forward runs them."""
    config = model.config
    yield "time", "time_embedding"
    if config.classes:
        yield "label", "class_embedding"
    yield from unet_layers(config.blocks, config.attention, "attention", config.middle_attention)


def unet_layers(blocks: int, attention: Sequence[bool], name: str, middle: bool) -> Iterator[tuple[str, str]]:
    """Both names of the layers of a U-Net behind its embeddings, in the order in which forward runs them.

    attention: by level, whether ours has layers called `name` there; middle: whether it has one between both sides.
    """

    def level(side: str, i: int, blocks: int, has: bool) -> Iterator[tuple[str, str]]:
        for j in range(blocks):
            yield f"{side}.{i}.blocks.{j}", f"{side}_blocks.{i}.resnets.{j}"
            if has:
                yield f"{side}.{i}.{name}s.{j}", f"{side}_blocks.{i}.attentions.{j}"

    yield "conv_in", "conv_in"
    last = len(attention) - 1
    for i in range(last + 1):
        yield from level("down", i, blocks, attention[i])
        if i < last:
            yield f"down.{i}.resample", f"down_blocks.{i}.downsamplers.0"
    yield "middle.0", "mid_block.resnets.0"
    if middle:
        yield f"middle_{name}", "mid_block.attentions.0"
    yield "middle.1", "mid_block.resnets.1"
    for i in range(last + 1):
        yield from level("up", i, blocks + 1, attention[last - i])
        if i < last:
            yield f"up.{i}.resample", f"up_blocks.{i}.upsamplers.0"
    yield "norm_out", "conv_norm_out"
    yield "conv_out", "conv_out"


def unet_tensors(model: UNet) -> dict[str, Names]:
    """Name of each of our tensors -> names of the library's tensors that it stacks."""
    return tensor_names(model, layers(model)) | bias_names(layers(model))


def bias_names(layers: Layers) -> dict[str, Names]:
    """Names of the tensors that `biases` stacks: the projections of the time in all residual blocks."""
    residual = tuple(f"{theirs}.time_emb_proj" for _, theirs in layers if ".resnets." in theirs)
    return stacked_names([("biases", residual)], bare=set())


def timestep_off_by_one(model: UNet) -> None:
    """Tell the network that the picture is one level noisier than it is."""
    model.register_forward_pre_hook(lambda _module, inputs: (inputs[0], inputs[1] + 1, *inputs[2:]))


def wrong_scaling(model: UNet) -> None:
    """Divide the attention's products by the width of a head, where its square root belongs."""
    for layer in model.modules():
        if isinstance(layer, Attention):
            width = layer.out.in_features
            for tensor in (layer.qkv.weight, layer.qkv.bias):
                tensor.data[:width] *= (width // layer.heads) ** -0.5


def no_time_embedding(model: UNet) -> None:
    """Forget to add the time embedding in the residual blocks."""
    for tensor in model.biases.parameters():
        tensor.data.zero_()


def classes_shifted(model: UNet) -> None:
    """Count the classes from one, where they are counted from zero."""
    if model.label is not None:
        model.label.weight.data.copy_(model.label.weight.data.roll(-1, dims=0))


MISTAKES: dict[str, Callable[[UNet], None]] = {
    "timestep_off_by_one": timestep_off_by_one,
    "wrong_scaling": wrong_scaling,
    "no_time_embedding": no_time_embedding,
    "classes_shifted": classes_shifted,
}


def probe(model: UNet, generator: torch.Generator) -> tuple[Tensor | None, ...]:
    """Noise x (1, C, H, W), a level t (1,), a class (1,) where the model has classes."""
    config = model.config
    x = torch.randn(1, config.channels, config.image_size, config.image_size, generator=generator)
    label = None if model.label is None else torch.randint(config.classes, (1,), generator=generator)
    return x, torch.tensor([600]), label


PAIR = LibraryPair((UNet, DiffusionModel), ("UNet2DModel",), to_library, from_library, layers, MISTAKES, probe=probe)
