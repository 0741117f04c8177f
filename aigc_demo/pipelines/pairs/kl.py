"""The KL autoencoder and diffusers' AutoencoderKL.

ours                               AutoencoderKL
encoder.down.1.blocks.0            encoder.down_blocks.1.resnets.0
encoder.down.1.resample            encoder.down_blocks.1.downsamplers.0
encoder.middle.1                   encoder.mid_block.resnets.1
encoder.middle_attention.qkv       encoder.mid_block.attentions.0.to_q, to_k, to_v
moments, entrance                  quant_conv, post_quant_conv
decoder.up.1.blocks.0              decoder.up_blocks.1.resnets.0
decoder.up.1.resample              decoder.up_blocks.1.upsamplers.0
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.nn.blocks import Down
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.weights import give, take, tensor_names

# options of AutoencoderKL for which our autoencoder has one form only
ONLY: dict[str, tuple[object, ...]] = {
    "act_fn": ("silu", "swish"),
    "shift_factor": (None, 0, 0.0),
    "latents_mean": (None,),
    "latents_std": (None,),
    "use_quant_conv": (True,),
    "use_post_quant_conv": (True,),
}


def to_library(model: KLAutoencoder) -> Any:
    """KLAutoencoder -> AutoencoderKL with copies of its weights, in eval mode."""
    network = diffusers().AutoencoderKL
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = network(**library_options(model.config))
    return give(model, module, tensor_names(model, layers(model)))


def from_library(module: Any) -> KLAutoencoder:
    """AutoencoderKL -> KLAutoencoder; BadRequestError where ours has no such form."""
    config = kl_config(module.config)
    with torch.device("meta"):
        model = KLAutoencoder(config)
    return take(model, module, tensor_names(model, layers(model)))


def library_options(config: KLConfig) -> dict[str, Any]:
    """Arguments of AutoencoderKL for the network that `config` describes."""
    levels = len(config.widths)
    return {
        "in_channels": config.channels,
        "out_channels": config.channels,
        "down_block_types": ("DownEncoderBlock2D",) * levels,
        "up_block_types": ("UpDecoderBlock2D",) * levels,
        "block_out_channels": config.widths,
        "layers_per_block": config.blocks,
        "latent_channels": config.latent,
        "norm_num_groups": config.groups,
        "sample_size": config.image_size,
        "scaling_factor": config.scale,
        "mid_block_add_attention": config.middle_attention,
    }


def kl_config(options: Mapping[str, Any]) -> KLConfig:
    """Our config out of all arguments of an AutoencoderKL; BadRequestError where ours has no such form."""
    obstacle = unsupported(options, ONLY, unfit(options))
    if obstacle:
        raise BadRequestError("library_form", kind="AutoencoderKL", option=obstacle)
    return KLConfig(
        channels=options["in_channels"],
        latent=options["latent_channels"],
        image_size=options["sample_size"],
        widths=tuple(options["block_out_channels"]),
        blocks=options["layers_per_block"],
        groups=options["norm_num_groups"],
        middle_attention=options["mid_block_add_attention"],
        scale=float(options["scaling_factor"]),
    )


def unfit(options: Mapping[str, Any]) -> dict[str, bool]:
    """Arguments of an AutoencoderKL that depend on one another -> whether ours lacks the form."""
    levels, size = len(options["block_out_channels"]), options["sample_size"]
    return {
        "down_block_types": tuple(options["down_block_types"]) != ("DownEncoderBlock2D",) * levels,
        "up_block_types": tuple(options["up_block_types"]) != ("UpDecoderBlock2D",) * levels,
        "out_channels": options["out_channels"] != options["in_channels"],
        "sample_size": not isinstance(size, int) or size % 2 ** (levels - 1) != 0,
    }


def layers(model: KLAutoencoder) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of an AutoencoderKL, in the order in which encode and decode run them."""
    yield from named_layers(model.config)


def named_layers(config: KLConfig) -> Iterator[tuple[str, str]]:
    """The same of the network that `config` describes."""
    last = len(config.widths) - 1
    yield "encoder.conv_in", "encoder.conv_in"
    for i in range(last + 1):
        for j in range(config.blocks):
            yield f"encoder.down.{i}.blocks.{j}", f"encoder.down_blocks.{i}.resnets.{j}"
        if i < last:
            yield f"encoder.down.{i}.resample", f"encoder.down_blocks.{i}.downsamplers.0"
    yield from _middle("encoder", config.middle_attention)
    yield from _end("encoder")
    yield "moments", "quant_conv"
    yield "entrance", "post_quant_conv"
    yield "decoder.conv_in", "decoder.conv_in"
    yield from _middle("decoder", config.middle_attention)
    for i in range(last + 1):
        for j in range(config.blocks + 1):
            yield f"decoder.up.{i}.blocks.{j}", f"decoder.up_blocks.{i}.resnets.{j}"
        if i < last:
            yield f"decoder.up.{i}.resample", f"decoder.up_blocks.{i}.upsamplers.0"
    yield from _end("decoder")


def _middle(half: str, attention: bool) -> Iterator[tuple[str, str]]:
    yield f"{half}.middle.0", f"{half}.mid_block.resnets.0"
    if attention:
        yield f"{half}.middle_attention", f"{half}.mid_block.attentions.0"
    yield f"{half}.middle.1", f"{half}.mid_block.resnets.1"


def _end(half: str) -> Iterator[tuple[str, str]]:
    yield f"{half}.norm_out", f"{half}.conv_norm_out"
    yield f"{half}.conv_out", f"{half}.conv_out"


def moments_swapped(model: KLAutoencoder) -> None:
    """Take the log variance for the mean, and the mean for the log variance."""
    for tensor in model.moments.parameters():
        tensor.data.copy_(tensor.data.roll(model.config.latent, dims=0))


def padded_all_round(model: Any) -> None:
    """Pad what is halved on all four sides, where a column on the right and a row below belong."""
    for layer in model.encoder.modules():
        if isinstance(layer, Down):
            layer.padding, layer.conv.padding = 1, (1, 1)


MISTAKES: dict[str, Callable[[KLAutoencoder], None]] = {
    "moments_swapped": moments_swapped,
    "padded_all_round": padded_all_round,
}


def probe(model: Any, generator: torch.Generator) -> tuple[Tensor]:
    """A picture of noise (1, C, H, W)."""
    side = model.config.image_size
    return (torch.randn(1, model.config.channels, side, side, generator=generator),)


PAIR = LibraryPair((KLAutoencoder,), ("AutoencoderKL",), to_library, from_library, layers, MISTAKES, probe=probe)
