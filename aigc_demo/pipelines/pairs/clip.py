"""CLIP and transformers' CLIPModel; its text tower is pipelines/pairs/clip_text.py.

ours                              CLIPModel
text                              text_model
picture.patches, start            vision_model.embeddings.patch_embedding, class_embedding
picture.positions                 vision_model.embeddings.position_embedding
picture.norm_in, norm             vision_model.pre_layrnorm, post_layernorm
picture.layers.0                  vision_model.encoder.layers.0, with the same parts as the text's
text_out, picture_out             text_projection, visual_projection
log_scale                         logit_scale
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from aigc_demo.models.clip import CLIP, CLIPConfig, TextTower
from aigc_demo.nn.transformer import SelfAttention
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.library_pair import LibraryPair
from aigc_demo.pipelines.pairs.clip_text import (
    layer_names,
    number_positions,
    refuse,
    text_config,
    text_layers,
    text_options,
    text_tensors,
    tower_options,
)
from aigc_demo.pipelines.pairs.clip_text import probe as sentences
from aigc_demo.pipelines.weights import Names, filled, shapes, split, stacked, stacked_names


def to_library(model: CLIP) -> Any:
    """Our CLIP -> transformers' CLIPModel, with the same weights."""
    config, library = model.config, transformers()
    vision = tower_options(config.width, config.layers, config.heads) | {
        "image_size": config.image_size,
        "patch_size": config.patch,
    }
    options = library.CLIPConfig(
        text_config=text_options(config.text), vision_config=vision, projection_dim=config.common
    )
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = library.CLIPModel(options)
    number_positions(module.text_model)
    number_positions(module.vision_model)
    tensors = split(model.state_dict(), shapes(module), clip_tensors(config))
    return filled(module, tensors | {"logit_scale": model.log_scale.detach().clone()})


def from_library(module: Any) -> CLIP:
    """CLIPModel -> CLIP; BadRequestError where ours has no such form."""
    vision = module.config.vision_config.to_dict()
    refuse(vision, "CLIPModel")
    config = CLIPConfig(
        text_config(module.config.text_config.to_dict(), "CLIPModel"),
        vision["image_size"],
        vision["patch_size"],
        vision["hidden_size"],
        vision["num_hidden_layers"],
        vision["num_attention_heads"],
        module.config.projection_dim,
    )
    with torch.device("meta"):
        model = CLIP(config)
    tensors = stacked(module.state_dict().__getitem__, clip_tensors(config))
    return filled(model, tensors | {"log_scale": module.logit_scale.detach().clone()})


def clip_tensors(config: CLIPConfig) -> dict[str, Names]:
    """Name of each of our tensors but the scale -> names of the library's tensors that it stacks."""
    stacks: list[tuple[str, Names]] = [
        ("picture.norm_in", ("vision_model.pre_layrnorm",)),
        ("picture.norm", ("vision_model.post_layernorm",)),
    ]
    for i in range(config.layers):
        stacks += layer_names(f"picture.layers.{i}.", f"vision_model.encoder.layers.{i}.")
    return {
        **text_tensors(config.text.layers, "text.", "text_model."),
        **stacked_names(stacks, set()),
        "picture.patches.weight": ("vision_model.embeddings.patch_embedding.weight",),
        "picture.start": ("vision_model.embeddings.class_embedding",),
        "picture.positions.weight": ("vision_model.embeddings.position_embedding.weight",),
        "text_out.weight": ("text_projection.weight",),
        "picture_out.weight": ("visual_projection.weight",),
    }


def layers(model: CLIP) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of a CLIPModel, tower by tower in the order in which they run."""
    yield from text_layers(model.config.text.layers, "text.", "text_model.")
    yield "text_out", "text_projection"
    yield "picture.patches", "vision_model.embeddings.patch_embedding"
    yield "picture.norm_in", "vision_model.pre_layrnorm"
    for i in range(model.config.layers):
        yield f"picture.layers.{i}.attention.out", f"vision_model.encoder.layers.{i}.self_attn.out_proj"
        yield f"picture.layers.{i}", f"vision_model.encoder.layers.{i}"
    yield "picture.norm", "vision_model.post_layernorm"
    yield "picture_out", "visual_projection"


class LastToken(TextTower):
    """Reads the state at the last position, padding or not."""

    def pool(self, tokens: Tensor, states: Tensor) -> Tensor:
        """tokens (B, T), states (B, T, D) -> (B, D)."""
        return states[:, -1]


def no_causal_mask(model: CLIP) -> None:
    """Let every word see those after it."""
    for layer in model.text.modules():
        if isinstance(layer, SelfAttention):
            layer.causal = False


def last_token(model: CLIP) -> None:
    """Read a sentence at its last position, where its end token may not stand."""
    model.text.__class__ = LastToken


def wrong_scaling(model: CLIP) -> None:
    """Divide the products of queries and keys by the width of a head, where its square root belongs."""
    for layer in model.modules():
        if isinstance(layer, SelfAttention):
            width = layer.out.in_features
            for tensor in layer.qkv.parameters():
                tensor.data[:width] *= (width // layer.heads) ** -0.5


def no_class_token(model: CLIP) -> None:
    """Forget what the class token was trained to be."""
    model.picture.start.data.zero_()


MISTAKES: dict[str, Callable[[CLIP], None]] = {
    "no_causal_mask": no_causal_mask,
    "last_token": last_token,
    "wrong_scaling": wrong_scaling,
    "no_class_token": no_class_token,
}


def probe(model: CLIP, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two sentences (2, T), the second one shorter, and a picture of noise (1, 3, H, W)."""
    side = model.config.image_size
    return *sentences(model.text, generator), torch.randn(1, 3, side, side, generator=generator)


PAIR = LibraryPair((CLIP,), ("CLIPModel",), to_library, from_library, layers, MISTAKES, probe=probe)
