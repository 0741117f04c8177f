"""The VQ autoencoder and diffusers' VQModel; encoder and decoder as in pipelines/pairs/kl.py.

ours                   VQModel
leave, entrance        quant_conv, post_quant_conv
quantiser.entries      quantize.embedding
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.vqvae import VQVAE, Quantised, VQConfig
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.pairs import kl
from aigc_demo.pipelines.weights import Names, give, take, tensor_names

# options of VQModel for which our autoencoder has one form only
ONLY: dict[str, tuple[object, ...]] = {
    "act_fn": ("silu", "swish"),
    "norm_type": ("group",),
    "lookup_from_codebook": (False,),
}


def to_library(model: VQVAE) -> Any:
    """VQVAE -> VQModel; TypeError for the quantiser fsq, which the library does not have."""
    config = model.config
    if config.quantiser != "vq":
        raise TypeError(f"VQModel has no quantiser {config.quantiser}")
    options = kl.library_options(config.halves) | {
        "num_vq_embeddings": config.entries,
        "vq_embed_dim": config.latent,
        "scaling_factor": config.scale,
    }
    network = diffusers().VQModel
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = network(**options)
    return give(model, module, vq_tensors(model))


def from_library(module: Any) -> VQVAE:
    """VQModel -> VQVAE; BadRequestError where ours has no such form."""
    model = VQVAE(vq_config(module.config))
    return take(model, module, vq_tensors(model))


def vq_config(options: Mapping[str, Any]) -> VQConfig:
    """Our config out of all arguments of a VQModel; BadRequestError where ours has no such form."""
    width = options["vq_embed_dim"] or options["latent_channels"]
    unfit = kl.unfit(options) | {"vq_embed_dim": width != options["latent_channels"]}
    obstacle = unsupported(options, ONLY, unfit)
    if obstacle:
        raise BadRequestError("library_form", kind="VQModel", option=obstacle)
    return VQConfig(
        channels=options["in_channels"],
        latent=width,
        image_size=options["sample_size"],
        widths=tuple(options["block_out_channels"]),
        blocks=options["layers_per_block"],
        groups=options["norm_num_groups"],
        middle_attention=options["mid_block_add_attention"],
        entries=options["num_vq_embeddings"],
        scale=float(options["scaling_factor"]),
    )


def vq_tensors(model: VQVAE) -> dict[str, Names]:
    """Name of each of our tensors -> names of the library's tensors that it stacks."""
    return tensor_names(model, layers(model)) | {"quantiser.entries.weight": ("quantize.embedding.weight",)}


def layers(model: VQVAE) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of a VQModel, in the order in which encode and decode run them."""
    own = {"moments": ("leave", "quant_conv")}
    for ours, theirs in kl.named_layers(model.config.halves):
        yield own.get(ours, (ours, theirs))


def tokens_shifted(model: VQVAE) -> None:
    """Read every token as the entry after its own."""
    entries = model.config.entries

    def shifted(quantiser: Any, _inputs: Any, made: Quantised) -> Quantised:
        return made._replace(code=quantiser.lookup((made.tokens + 1) % entries))

    model.quantiser.register_forward_hook(shifted)


MISTAKES: dict[str, Callable[[VQVAE], None]] = {
    "tokens_shifted": tokens_shifted,
    "padded_all_round": kl.padded_all_round,
}

PAIR = LibraryPair((VQVAE,), ("VQModel",), to_library, from_library, layers, MISTAKES, probe=kl.probe)
