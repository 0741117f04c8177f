"""The encoder-decoder and transformers' MBartForConditionalGeneration.

ours                             MBartForConditionalGeneration
embed, head                      model.shared, lm_head
encoder.positions                model.encoder.embed_positions, whose first two rows are never looked up
encoder.norm_in, norm            model.encoder.layernorm_embedding, layer_norm
encoder.blocks.0.attention.qkv   model.encoder.layers.0.self_attn.q_proj, k_proj, v_proj
decoder.blocks.0.cross.q, kv     model.decoder.layers.0.encoder_attn.q_proj, k_proj and v_proj
blocks.0.norm1, norm2, norm3     ...self_attn_layer_norm, encoder_attn_layer_norm (decoder), final_layer_norm
blocks.0.mlp.up, down            ...fc1, fc2
nothing                          final_logits_bias, which is 0
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.seq2seq import END, MARKS, PAD, START, CrossAttention, Seq2Seq, Seq2SeqConfig
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.weights import Names, filled, shapes, split, stacked, stacked_names

KIND = "MBartForConditionalGeneration"
POSITIONS = ("encoder.positions.weight", "decoder.positions.weight")
OFFSET = 2  # rows of the library's positions before the first that is used
ENCODER: dict[str, Names] = {
    "norm1": ("self_attn_layer_norm",),
    "attention.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention.out": ("self_attn.out_proj",),
    "norm2": ("final_layer_norm",),
    "mlp.up": ("fc1",),
    "mlp.down": ("fc2",),
}
DECODER: dict[str, Names] = {
    "norm1": ("self_attn_layer_norm",),
    "attention.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention.out": ("self_attn.out_proj",),
    "norm2": ("encoder_attn_layer_norm",),
    "cross.q": ("encoder_attn.q_proj",),
    "cross.kv": ("encoder_attn.k_proj", "encoder_attn.v_proj"),
    "cross.out": ("encoder_attn.out_proj",),
    "norm3": ("final_layer_norm",),
    "mlp.up": ("fc1",),
    "mlp.down": ("fc2",),
}
# options of the library's model for which ours has one form only
ONLY: dict[str, tuple[object, ...]] = {
    "activation_function": ("gelu",),
    "scale_embedding": (False,),
    "tie_word_embeddings": (True,),
    "pad_token_id": (PAD,),
    "decoder_start_token_id": (START,),
    "eos_token_id": (END,),
}


def to_library(model: Seq2Seq) -> Any:
    """Seq2Seq -> MBartForConditionalGeneration with copies of its weights, in eval mode."""
    library = transformers()
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = library.MBartForConditionalGeneration(library_config(model.config))
    ours = model.state_dict()
    for name in POSITIONS:
        ours[name] = torch.cat([ours[name].new_zeros(OFFSET, model.config.width), ours[name]])
    theirs = split(ours, shapes(module), tensors(model.config))
    theirs["final_logits_bias"] = torch.zeros(1, model.config.vocabulary)
    for name in ("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"):
        theirs[name] = theirs["model.shared.weight"]
    filled(module, theirs)
    module.tie_weights()
    return module


def from_library(module: Any) -> Seq2Seq:
    """MBartForConditionalGeneration -> Seq2Seq, in eval mode; BadRequestError where ours has no such form."""
    theirs, config = module.state_dict(), own_config(module.config)
    if theirs["final_logits_bias"].abs().max() > 0:
        raise BadRequestError("library_form", kind=KIND, option="final_logits_bias")
    ours = stacked(theirs.__getitem__, tensors(config))
    for name in POSITIONS:
        ours[name] = ours[name][OFFSET:].clone()
    ours["head.weight"] = ours["embed.weight"]
    with torch.device("meta"):
        model = Seq2Seq(config)
    filled(model, ours)
    model.head.weight = model.embed.weight
    return model


def library_config(config: Seq2SeqConfig) -> Any:
    """The library's config of the network that `config` describes."""
    return transformers().MBartConfig(
        vocab_size=config.vocabulary,
        max_position_embeddings=config.context,
        d_model=config.width,
        encoder_layers=config.encoder_layers,
        decoder_layers=config.decoder_layers,
        encoder_attention_heads=config.heads,
        decoder_attention_heads=config.heads,
        encoder_ffn_dim=config.hidden,
        decoder_ffn_dim=config.hidden,
        dropout=config.dropout,
        attention_dropout=0.0,
        activation_function="gelu",
        scale_embedding=False,
        tie_word_embeddings=True,
        pad_token_id=PAD,
        bos_token_id=START,
        eos_token_id=END,
        decoder_start_token_id=START,
        forced_eos_token_id=None,
        characters=config.characters,
    )


def own_config(options: Any) -> Seq2SeqConfig:
    """Our config out of that of an MBartForConditionalGeneration; BadRequestError where ours has no such form."""
    values = options.to_dict()
    sizes = ("attention_heads", "ffn_dim")
    wrong = {f"decoder_{name}": values[f"decoder_{name}"] != values[f"encoder_{name}"] for name in sizes}
    obstacle = unsupported(values, ONLY, wrong)
    if obstacle:
        raise BadRequestError("library_form", kind=KIND, option=obstacle)
    return Seq2SeqConfig(
        vocabulary=options.vocab_size,
        context=options.max_position_embeddings,
        width=options.d_model,
        encoder_layers=options.encoder_layers,
        decoder_layers=options.decoder_layers,
        heads=options.encoder_attention_heads,
        hidden=options.encoder_ffn_dim,
        dropout=float(options.dropout),
        characters=str(values.get("characters", "")),
    )


def stacks(config: Seq2SeqConfig) -> Iterator[tuple[str, Names]]:
    """Names of our smallest layers and of those of the library that each of them stacks."""
    yield "embed", ("model.shared",)
    sides = (("encoder", ENCODER, config.encoder_layers), ("decoder", DECODER, config.decoder_layers))
    for side, parts, count in sides:
        yield f"{side}.positions", (f"model.{side}.embed_positions",)
        yield f"{side}.norm_in", (f"model.{side}.layernorm_embedding",)
        for i in range(count):
            for ours, theirs in parts.items():
                yield f"{side}.blocks.{i}.{ours}", tuple(f"model.{side}.layers.{i}.{part}" for part in theirs)
        yield f"{side}.norm", (f"model.{side}.layer_norm",)


def tensors(config: Seq2SeqConfig) -> dict[str, Names]:
    """Name of each of our tensors, but for the head's, which is the embedding's -> names of those that it stacks."""
    bare = {ours for ours, _ in stacks(config) if ours.endswith(("embed", "positions"))}
    return stacked_names(stacks(config), bare)


def layers(model: Seq2Seq) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of the library with the same output, in the order in which forward runs them."""
    for ours, theirs in stacks(model.config):
        if len(theirs) == 1 and not ours.endswith(("embed", "positions")):
            yield ours, theirs[0]
        if ours.endswith("mlp.down"):  # and with it the whole block
            side, _, i, *_ = ours.split(".")
            yield f"{side}.blocks.{i}", f"model.{side}.layers.{i}"
    yield "head", "lm_head"


def library_inputs(upper: Any, lower: Any) -> tuple[Any, None, Any]:
    """Arguments of the library's forward: the mask stands between the lines."""
    return upper, None, lower


def positions_shifted(model: Seq2Seq) -> None:
    """Count positions from one, where they are counted from zero."""
    for side in (model.encoder, model.decoder):
        side.positions.weight.data.copy_(side.positions.weight.data.roll(-1, dims=0))


def no_cross_attention(model: Seq2Seq) -> None:
    """Let the lower line not see the upper one."""
    for layer in model.decoder.modules():
        if isinstance(layer, CrossAttention):
            for tensor in layer.out.parameters():
                tensor.data.zero_()


MISTAKES: dict[str, Callable[[Seq2Seq], None]] = {
    "positions_shifted": positions_shifted,
    "no_cross_attention": no_cross_attention,
}


def probe(model: Seq2Seq, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two lines of seven random characters, (1, 7) each."""
    upper, lower = torch.randint(len(MARKS), model.config.vocabulary, (2, 1, 7), generator=generator)
    return upper, lower


PAIR = LibraryPair((Seq2Seq,), (KIND,), to_library, from_library, layers, MISTAKES, library_inputs, probe)
