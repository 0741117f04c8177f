"""Our encoder-decoder and transformers' MBartForConditionalGeneration.

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

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.seq2seq import END, PAD, START, Seq2Seq, Seq2SeqConfig
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.weights import Names

KIND = "MBartForConditionalGeneration"
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


def to_mbart(model: Seq2Seq) -> Any:
    """Seq2Seq -> MBartForConditionalGeneration."""
    library = transformers()
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = library.MBartForConditionalGeneration(library_config(model.config))
    sizes = {name: tensor.shape for name, tensor in module.state_dict().items()}
    theirs: dict[str, Tensor] = {"final_logits_bias": torch.zeros(1, model.config.vocabulary)}
    ours = model.state_dict()
    for name, twins in tensors(model.config).items():
        tensor = ours[name].detach()
        if name.endswith("positions.weight"):
            tensor = torch.cat([tensor.new_zeros(OFFSET, tensor.shape[1]), tensor])
        pieces = tensor.split([sizes[twin][0] for twin in twins])
        theirs |= {twin: piece.clone() for twin, piece in zip(twins, pieces, strict=True)}
    for name in ("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"):
        theirs[name] = theirs["model.shared.weight"]
    module.load_state_dict(theirs, strict=True, assign=True)
    module.tie_weights()
    return module.eval().requires_grad_(False)


def from_mbart(module: Any) -> Seq2Seq:
    """MBartForConditionalGeneration -> Seq2Seq, in eval mode; BadRequestError where ours has no such form."""
    theirs, config = module.state_dict(), own_config(module.config)
    if theirs["final_logits_bias"].abs().max() > 0:
        raise BadRequestError("library_form", kind=KIND, option="final_logits_bias")
    ours = {name: torch.cat([theirs[twin].detach() for twin in twins]) for name, twins in tensors(config).items()}
    for side in ("encoder", "decoder"):
        ours[f"{side}.positions.weight"] = ours[f"{side}.positions.weight"][OFFSET:].clone()
    ours["head.weight"] = ours["embed.weight"]
    with torch.device("meta"):
        model = Seq2Seq(config)
    model.load_state_dict(ours, strict=True, assign=True)
    model.head.weight = model.embed.weight
    return model.eval().requires_grad_(False)


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
        attention_dropout=config.dropout,
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
    """The config of our twin of an MBartForConditionalGeneration; BadRequestError where there is none."""
    values = options.to_dict()
    same = ("attention_heads", "ffn_dim")
    odd = {name: values.get(name) not in allowed for name, allowed in ONLY.items()}
    odd |= {f"decoder_{name}": values[f"decoder_{name}"] != values[f"encoder_{name}"] for name in same}
    for name, bad in odd.items():
        if bad:
            raise BadRequestError("library_form", kind=KIND, option=f"{name} = {values.get(name)}")
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


def twins(config: Seq2SeqConfig) -> Iterator[tuple[str, Names]]:
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
    found: dict[str, Names] = {}
    for ours, theirs in twins(config):
        for kind in ("weight",) if ours.endswith(("embed", "positions")) else ("weight", "bias"):
            found[f"{ours}.{kind}"] = tuple(f"{twin}.{kind}" for twin in theirs)
    return found


def layers(config: Seq2SeqConfig) -> Iterator[tuple[str, str]]:
    """Names of our layers and of their twins that put out the same, in the order in which forward runs them."""
    for ours, theirs in twins(config):
        if len(theirs) == 1 and not ours.endswith(("embed", "positions")):
            yield ours, theirs[0]
        if ours.endswith("mlp.down"):  # and with it the whole block
            side, _, i, *_ = ours.split(".")
            yield f"{side}.blocks.{i}", f"model.{side}.layers.{i}"
    yield "head", "lm_head"
