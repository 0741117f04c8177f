"""CLIP's text tower and transformers' CLIPTextModel.

ours                         CLIPTextModel
embed, positions             embeddings.token_embedding, position_embedding
layers.0.norm1, norm2        encoder.layers.0.layer_norm1, layer_norm2
layers.0.attention.qkv       encoder.layers.0.self_attn.q_proj, k_proj, v_proj
layers.0.attention.out       encoder.layers.0.self_attn.out_proj
layers.0.up, down            encoder.layers.0.mlp.fc1, fc2
norm                         final_layer_norm
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.clip import TextConfig, TextTower
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.weights import Names, give, stacked_names, take

LAYER: dict[str, Names] = {
    "norm1": ("layer_norm1",),
    "attention.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention.out": ("self_attn.out_proj",),
    "norm2": ("layer_norm2",),
    "up": ("mlp.fc1",),
    "down": ("mlp.fc2",),
}
# options of a tower for which ours has one form only
ONLY: dict[str, tuple[object, ...]] = {"hidden_act": ("gelu_new", "gelu_pytorch_tanh"), "layer_norm_eps": (1e-5,)}


def to_library(model: TextTower) -> Any:
    """Our TextTower -> transformers' CLIPTextModel, with the same weights."""
    library = transformers()
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = library.CLIPTextModel(library.CLIPTextConfig(**text_options(model.config)))
    number_positions(module)
    return give(model, module, text_tensors(model.config.layers))


def from_library(module: Any) -> TextTower:
    """CLIPTextModel -> TextTower; BadRequestError where ours has no such form."""
    config = text_config(module.config.to_dict(), "CLIPTextModel")
    with torch.device("meta"):
        model = TextTower(config)
    return take(model, module, text_tensors(config.layers))


def number_positions(tower: Any) -> None:
    """Give a tower that was made on the meta device the numbers of its positions, which are no weights."""
    tower.embeddings.position_ids = torch.arange(tower.embeddings.position_ids.shape[-1])[None]


def tower_options(width: int, layers: int, heads: int) -> dict[str, Any]:
    """Arguments of a tower that text and vision share."""
    return {
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "hidden_act": "gelu_new",
        "layer_norm_eps": 1e-5,
    }


def text_options(config: TextConfig) -> dict[str, Any]:
    """Arguments of CLIPTextConfig for the tower that `config` describes."""
    return {
        **tower_options(config.width, config.layers, config.heads),
        "vocab_size": config.vocabulary,
        "max_position_embeddings": config.context,
        "pad_token_id": 0,
        "bos_token_id": config.end - 1,
        "eos_token_id": config.end,
    }


def text_config(options: Mapping[str, Any], kind: str) -> TextConfig:
    """Our config out of all arguments of a CLIPTextConfig; BadRequestError where ours has no such form."""
    refuse(options, kind)
    return TextConfig(
        options["vocab_size"],
        options["max_position_embeddings"],
        options["hidden_size"],
        options["num_hidden_layers"],
        options["num_attention_heads"],
        options["eos_token_id"],
    )


def refuse(options: Mapping[str, Any], kind: str) -> None:
    """BadRequestError where ours lacks the form of a tower."""
    wide = options["intermediate_size"] != 4 * options["hidden_size"]
    obstacle = unsupported(options, ONLY, {"intermediate_size": wide})
    if obstacle:
        raise BadRequestError("library_form", kind=kind, option=obstacle)


def layer_names(ours: str, theirs: str, table: Mapping[str, Names] = LAYER) -> Iterator[tuple[str, Names]]:
    """Names of the parts of a layer and of those that each stacks, with these prefixes."""
    for part, modules in table.items():
        yield ours + part, tuple(theirs + module for module in modules)


def text_tensors(layers: int, ours: str = "", theirs: str = "") -> dict[str, Names]:
    """Name of each of the tower's tensors -> names of the library's tensors that it stacks, with these prefixes."""
    stacks: list[tuple[str, Names]] = [(f"{ours}norm", (f"{theirs}final_layer_norm",))]
    for i in range(layers):
        stacks += layer_names(f"{ours}layers.{i}.", f"{theirs}encoder.layers.{i}.")
    return stacked_names(stacks, set()) | {
        f"{ours}embed.weight": (f"{theirs}embeddings.token_embedding.weight",),
        f"{ours}positions.weight": (f"{theirs}embeddings.position_embedding.weight",),
    }


def text_layers(layers: int, ours: str = "", theirs: str = "") -> Iterator[tuple[str, str]]:
    """Names of the tower's layers and of the library's, in the order in which they run, with these prefixes."""
    for i in range(layers):
        yield f"{ours}layers.{i}.attention.out", f"{theirs}encoder.layers.{i}.self_attn.out_proj"
        yield f"{ours}layers.{i}", f"{theirs}encoder.layers.{i}"
    yield f"{ours}norm", f"{theirs}final_layer_norm"


def no_causal_mask(model: TextTower) -> None:
    """Let every token look at those behind it too."""
    for layer in model.layers:
        layer.attention.causal = False  # type: ignore[union-attr]


def probe(model: TextTower, generator: torch.Generator) -> tuple[Tensor]:
    """Two sentences of random words (2, T); the second one ends earlier, and is padded."""
    config, length = model.config, min(16, model.config.context)
    tokens = torch.randint(config.end + 1, config.vocabulary, (2, length), generator=generator)
    tokens[0, -1] = config.end
    tokens[1, length // 2 :] = config.end
    return (tokens,)


PAIR = LibraryPair(
    (TextTower,),
    ("CLIPTextModel",),
    to_library,
    from_library,
    lambda model: text_layers(model.config.layers),
    {"no_causal_mask": no_causal_mask},
    probe=probe,
)
