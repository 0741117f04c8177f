"""The text-to-image U-Net and diffusers' UNet2DConditionModel.

ours                                  UNet2DConditionModel
time.0, time.2                        time_embedding.linear_1, linear_2
down.1.blocks.0                       down_blocks.1.resnets.0
down.1.transformers.0.enter, leave    down_blocks.1.attentions.0.proj_in, proj_out
down.1.transformers.0.qkv, out        ...transformer_blocks.0.attn1.to_q, to_k, to_v, to_out.0
down.1.transformers.0.query           ...transformer_blocks.0.attn2.to_q
down.1.transformers.0.key_value       ...transformer_blocks.0.attn2.to_k, to_v
down.1.transformers.0.up, down        ...transformer_blocks.0.ff.net.0.proj, net.2
down.1.resample                       down_blocks.1.downsamplers.0
biases                                time_emb_proj of every resnet, in the order of forward
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.text2image import Text2Image, TextUNet, TextUNetConfig
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.pairs.clip_text import layer_names
from aigc_demo.pipelines.pairs.unet import bias_names, unet_layers
from aigc_demo.pipelines.weights import Names, give, stacked_names, take, tensor_names

BLOCK = "transformer_blocks.0"
TRANSFORMER: dict[str, Names] = {
    "norm": ("norm",),
    "enter": ("proj_in",),
    "norm1": (f"{BLOCK}.norm1",),
    "qkv": tuple(f"{BLOCK}.attn1.to_{part}" for part in "qkv"),
    "out": (f"{BLOCK}.attn1.to_out.0",),
    "norm2": (f"{BLOCK}.norm2",),
    "query": (f"{BLOCK}.attn2.to_q",),
    "key_value": (f"{BLOCK}.attn2.to_k", f"{BLOCK}.attn2.to_v"),
    "text_out": (f"{BLOCK}.attn2.to_out.0",),
    "norm3": (f"{BLOCK}.norm3",),
    "up": (f"{BLOCK}.ff.net.0.proj",),
    "down": (f"{BLOCK}.ff.net.2",),
    "leave": ("proj_out",),
}
BARE = ("qkv", "query", "key_value")  # without a bias
DOWN = {"DownBlock2D": False, "CrossAttnDownBlock2D": True}  # -> a Transformer at this level?
UP = {"UpBlock2D": False, "CrossAttnUpBlock2D": True}
# options of UNet2DConditionModel for which our U-Net has one form only
ONLY: dict[str, tuple[object, ...]] = {
    "center_input_sample": (False,),
    "flip_sin_to_cos": (True,),
    "freq_shift": (0,),
    "mid_block_type": ("UNetMidBlock2DCrossAttn",),
    "only_cross_attention": (False,),
    "downsample_padding": (1,),
    "mid_block_scale_factor": (1,),
    "dropout": (0.0,),
    "act_fn": ("silu", "swish"),
    "transformer_layers_per_block": (1,),
    "use_linear_projection": (True,),
    "class_embed_type": (None,),
    "num_class_embeds": (None,),
    "addition_embed_type": (None,),
    "encoder_hid_dim": (None,),
    "resnet_time_scale_shift": ("default",),
    "time_embedding_type": ("positional",),
    "time_embedding_dim": (None,),
    "time_cond_proj_dim": (None,),
    "dual_cross_attention": (False,),
    "conv_in_kernel": (3,),
    "conv_out_kernel": (3,),
}


def to_library(model: TextUNet | Text2Image) -> Any:
    """TextUNet -> UNet2DConditionModel; its time step is 1000 times the flow time, as in our U-Net."""
    unet = model.unet if isinstance(model, Text2Image) else model
    network = diffusers().UNet2DConditionModel
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = network(**library_options(unet.config))
    return give(unet, module, unet_tensors(unet))


def from_library(module: Any) -> TextUNet:
    """UNet2DConditionModel -> TextUNet; BadRequestError where ours has no such form."""
    config = unet_config(module.config)
    with torch.device("meta"):
        model = TextUNet(config)
    return take(model, module, unet_tensors(model))


def library_options(config: TextUNetConfig) -> dict[str, Any]:
    """Arguments of UNet2DConditionModel for the network that `config` describes."""
    return {
        "sample_size": config.image_size,
        "in_channels": config.channels,
        "out_channels": config.channels,
        "down_block_types": tuple("CrossAttnDownBlock2D" if has else "DownBlock2D" for has in config.attention),
        "up_block_types": tuple("CrossAttnUpBlock2D" if has else "UpBlock2D" for has in reversed(config.attention)),
        "block_out_channels": config.widths,
        "layers_per_block": config.blocks,
        "cross_attention_dim": config.text,
        "attention_head_dim": tuple(max(width // config.head_width, 1) for width in config.widths),  # number of heads
        "norm_num_groups": config.groups,
        "norm_eps": config.norm_eps,
        "use_linear_projection": True,
    }


def unet_config(options: Mapping[str, Any]) -> TextUNetConfig:
    """Our config out of all arguments of a UNet2DConditionModel; BadRequestError where ours has no such form."""
    widths = tuple(options["block_out_channels"])
    attention = tuple(DOWN.get(kind) for kind in options["down_block_types"])
    heads = options["num_attention_heads"] or options["attention_head_dim"]
    heads = (heads,) * len(widths) if isinstance(heads, int) else tuple(heads)
    places = zip(widths, heads, attention, strict=True)
    head_widths = {width // count for width, count, has in places if has} | {widths[-1] // heads[-1]}
    unfit = {
        "down_block_types": None in attention,
        "up_block_types": [UP.get(kind) for kind in options["up_block_types"]] != list(attention[::-1]),
        "attention_head_dim": len(head_widths) != 1,
        "out_channels": options["out_channels"] != options["in_channels"],
        "cross_attention_dim": not isinstance(options["cross_attention_dim"], int),
    }
    obstacle = unsupported(options, ONLY, unfit)
    if obstacle:
        raise BadRequestError("library_form", kind="UNet2DConditionModel", option=obstacle)
    return TextUNetConfig(
        image_size=options["sample_size"],
        channels=options["in_channels"],
        widths=widths,
        attention=tuple(bool(has) for has in attention),
        blocks=options["layers_per_block"],
        text=options["cross_attention_dim"],
        head_width=head_widths.pop(),
        groups=options["norm_num_groups"],
        norm_eps=options["norm_eps"],
    )


def layers(model: TextUNet) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of a UNet2DConditionModel, in the order in which forward runs them."""
    config = model.config
    yield "time", "time_embedding"
    yield from unet_layers(config.blocks, config.attention, "transformer", middle=True)


def unet_tensors(model: TextUNet) -> dict[str, Names]:
    """Name of each of our tensors -> names of the library's tensors that it stacks."""
    pairs = list(layers(model))
    names = tensor_names(model, [pair for pair in pairs if ".attentions." not in pair[1]])
    stacks = [
        stack
        for ours, theirs in pairs
        if ".attentions." in theirs
        for stack in layer_names(f"{ours}.", f"{theirs}.", TRANSFORMER)
    ]
    return names | stacked_names(stacks, {ours for ours, _ in stacks if ours.endswith(BARE)}) | bias_names(pairs)


def timestep_off_by_one(model: TextUNet) -> None:
    """Tell the network that the code is one level noisier than it is."""
    step = model.step
    model.step = lambda x, time, *rest: step(x, time + 1, *rest)  # type: ignore[method-assign]


def wrong_scaling(model: TextUNet) -> None:
    """Divide the products of queries and keys of words by the width of a head, where its square root belongs."""
    for part in model.transformers():
        part.query.weight.data *= part.head_width**-0.5


def no_cross_attention(model: TextUNet) -> None:
    """Forget to add what the positions read in the words."""
    for part in model.transformers():
        part.text_out.weight.data.zero_()
        part.text_out.bias.data.zero_()


def gate_swapped(model: TextUNet) -> None:
    """Take the gate of the GEGLU for the value, and the value for the gate."""
    for part in model.transformers():
        for tensor in (part.up.weight, part.up.bias):
            tensor.data.copy_(tensor.data.roll(len(tensor) // 2, dims=0))


MISTAKES: dict[str, Callable[[TextUNet], None]] = {
    "timestep_off_by_one": timestep_off_by_one,
    "wrong_scaling": wrong_scaling,
    "no_cross_attention": no_cross_attention,
    "gate_swapped": gate_swapped,
}


def probe(model: TextUNet, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Noise x (1, C, H, W), a time (1,), states of 16 words (1, 16, D)."""
    config = model.config
    x = torch.randn(1, config.channels, config.image_size, config.image_size, generator=generator)
    return x, torch.tensor([600.0]), torch.randn(1, 16, config.text, generator=generator)


KIND = "UNet2DConditionModel"
PAIR = LibraryPair((TextUNet, Text2Image), (KIND,), to_library, from_library, layers, MISTAKES, probe=probe)
