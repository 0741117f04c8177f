"""A GPT of ours and transformers' language models: the GPT-2 form and GPT2LMHeadModel, Llama's and LlamaForCausalLM.

ours                        GPT2LMHeadModel          LlamaForCausalLM
embed                       transformer.wte          model.embed_tokens
positions                   transformer.wpe
blocks.0.norm1, norm2       transformer.h.0.ln_1, 2  model.layers.0.input_layernorm, post_attention_layernorm
blocks.0.attention.qkv      ...attn.c_attn           ...self_attn.q_proj, k_proj, v_proj
blocks.0.attention.out      ...attn.c_proj           ...self_attn.o_proj
blocks.0.mlp.up             ...mlp.c_fc              ...mlp.gate_proj, up_proj
blocks.0.mlp.down           ...mlp.c_proj            ...mlp.down_proj
norm                        transformer.ln_f         model.norm
head                        lm_head                  lm_head

GPT-2 keeps the matrices of its blocks the other way about, (in, out).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.gpt import GPT, GPTConfig, rotary_table
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.weights import Names

TURNED = ("c_attn.weight", "c_proj.weight", "c_fc.weight")  # matrices that GPT-2 keeps as (in, out)
GPT2 = {
    "norm1": ("ln_1",),
    "attention.qkv": ("attn.c_attn",),
    "attention.out": ("attn.c_proj",),
    "norm2": ("ln_2",),
    "mlp.up": ("mlp.c_fc",),
    "mlp.down": ("mlp.c_proj",),
}
LLAMA = {
    "norm1": ("input_layernorm",),
    "attention.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention.out": ("self_attn.o_proj",),
    "norm2": ("post_attention_layernorm",),
    "mlp.up": ("mlp.gate_proj", "mlp.up_proj"),
    "mlp.down": ("mlp.down_proj",),
}
# options of the library's models for which ours has one form only
ONLY_GPT2: dict[str, tuple[object, ...]] = {
    "activation_function": ("gelu_new", "gelu_pytorch_tanh"),
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "reorder_and_upcast_attn": (False,),
    "add_cross_attention": (False,),
}
ONLY_LLAMA: dict[str, tuple[object, ...]] = {
    "hidden_act": ("silu", "swish"),
    "attention_bias": (False,),
    "mlp_bias": (False,),
}


def to_language_model(model: GPT) -> Any:
    """GPT -> GPT2LMHeadModel or LlamaForCausalLM, by its form."""
    config = model.config
    library = transformers()
    options = library_config(config)
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = (library.GPT2LMHeadModel if config.form == "gpt2" else library.LlamaForCausalLM)(options)
    if config.form == "llama":
        module.model.rotary_emb = type(module.model.rotary_emb)(options)  # its angles are no weights
    sizes = {name: tensor.shape for name, tensor in module.state_dict().items()}
    theirs = {}
    for name, tensor in model.state_dict().items():
        twins = gpt_tensors(config)[name]
        lengths = [sizes[twin][1 if twin.endswith(TURNED) else 0] for twin in twins]
        for twin, piece in zip(twins, tensor.detach().split(lengths), strict=True):
            theirs[twin] = turned(twin, piece).clone(memory_format=torch.contiguous_format)
    module.load_state_dict(theirs, strict=True, assign=True)
    module.tie_weights()
    return module.eval().requires_grad_(False)


def from_gpt2(module: Any) -> GPT:
    """GPT2LMHeadModel -> GPT."""
    return take(module, gpt2_config(module.config.to_dict()))


def from_llama(module: Any) -> GPT:
    """LlamaForCausalLM -> GPT."""
    return take(module, llama_config(module.config.to_dict()))


def take(module: nn.Module, config: GPTConfig) -> GPT:
    """Our model with copies of the library's weights, in eval mode."""
    theirs = module.state_dict()
    ours = {
        name: torch.cat([turned(twin, theirs[twin].detach()) for twin in twins])
        for name, twins in gpt_tensors(config).items()
    }
    with torch.device("meta"):
        model = GPT(config)
    if config.form != "gpt2":
        model.rotary = rotary_table(config)
    model.load_state_dict(ours, strict=True, assign=True)
    if config.tied:
        model.head.weight = model.embed.weight
    return model.eval().requires_grad_(False)


def turned(name: str, tensor: Tensor) -> Tensor:
    """One of the matrices that GPT-2 keeps the other way about, as the other side has it; all others as they are."""
    return tensor.T if name.endswith(TURNED) else tensor


def library_config(config: GPTConfig) -> Any:
    """The library's config of the network that `config` describes."""
    library = transformers()
    shared = {"characters": config.characters} if config.characters else {}
    tokens = {"bos_token_id": None, "eos_token_id": None}  # our tokens are characters, none of them begins or ends
    if config.form == "gpt2":
        drop = config.dropout
        return library.GPT2Config(
            vocab_size=config.vocabulary,
            n_positions=config.context,
            n_embd=config.width,
            n_layer=config.n_layer,
            n_head=config.n_head,
            n_inner=config.hidden,
            resid_pdrop=drop,
            embd_pdrop=drop,
            attn_pdrop=drop,
            layer_norm_epsilon=config.norm_eps,
            tie_word_embeddings=config.tied,
            **tokens,
            **shared,
        )
    return library.LlamaConfig(
        vocab_size=config.vocabulary,
        max_position_embeddings=config.context,
        hidden_size=config.width,
        num_hidden_layers=config.n_layer,
        num_attention_heads=config.n_head,
        num_key_value_heads=config.n_kv_head,
        intermediate_size=config.hidden,
        rms_norm_eps=config.norm_eps,
        rope_parameters={"rope_type": "default", "rope_theta": config.rope_base},
        attention_dropout=config.dropout,
        tie_word_embeddings=config.tied,
        **tokens,
        **shared,
    )


def gpt2_config(options: Mapping[str, Any]) -> GPTConfig:
    """The config of our twin out of the options of a GPT2LMHeadModel; BadRequestError where there is none."""
    refuse("GPT2LMHeadModel", options, ONLY_GPT2)
    width, heads = options["n_embd"], options["n_head"]
    return GPTConfig(
        form="gpt2",
        vocabulary=options["vocab_size"],
        context=options["n_positions"],
        width=width,
        n_layer=options["n_layer"],
        n_head=heads,
        n_kv_head=heads,
        hidden=options.get("n_inner") or 4 * width,
        tied=bool(options.get("tie_word_embeddings", True)),
        norm_eps=options.get("layer_norm_epsilon", 1e-5),
        dropout=float(options.get("resid_pdrop", 0.1)),
        characters=str(options.get("characters", "")),
    )


def llama_config(options: Mapping[str, Any]) -> GPTConfig:
    """The config of our twin out of the options of a LlamaForCausalLM; BadRequestError where there is none."""
    rope = dict(options.get("rope_parameters") or options.get("rope_scaling") or {})  # early files have the latter
    width, heads = options["hidden_size"], options["num_attention_heads"]
    found = {
        **options,
        "rope_type": rope.get("rope_type", rope.get("type", "default")),
        "partial_rotary_factor": rope.get("partial_rotary_factor"),
    }
    own = {"rope_type": ("default",), "partial_rotary_factor": (None, 1.0), "head_dim": (None, width // heads)}
    refuse("LlamaForCausalLM", found, ONLY_LLAMA | own)
    return GPTConfig(
        form="llama",
        vocabulary=options["vocab_size"],
        context=options.get("max_position_embeddings", 2048),
        width=width,
        n_layer=options["num_hidden_layers"],
        n_head=heads,
        n_kv_head=options.get("num_key_value_heads") or heads,
        hidden=options["intermediate_size"],
        tied=bool(options.get("tie_word_embeddings", False)),
        rope_base=float(rope.get("rope_theta") or options.get("rope_theta") or 10_000.0),
        norm_eps=options.get("rms_norm_eps", 1e-6),
        dropout=float(options.get("attention_dropout", 0.0)),
        characters=str(options.get("characters", "")),
    )


def refuse(kind: str, options: Mapping[str, Any], only: Mapping[str, tuple[object, ...]]) -> None:
    """BadRequestError that names the first option for which our model has no form."""
    for name, allowed in only.items():
        if options.get(name, allowed[0]) not in allowed:
            raise BadRequestError("library_form", kind=kind, option=f"{name} = {options[name]}")


def twins(config: GPTConfig) -> Iterator[tuple[str, Names]]:
    """Names of our smallest layers and of those of the library that each of them stacks."""
    gpt2 = config.form == "gpt2"
    yield "embed", ("transformer.wte" if gpt2 else "model.embed_tokens",)
    if gpt2:
        yield "positions", ("transformer.wpe",)
    for i in range(config.n_layer):
        block = f"transformer.h.{i}" if gpt2 else f"model.layers.{i}"
        for ours, theirs in (GPT2 if gpt2 else LLAMA).items():
            yield f"blocks.{i}.{ours}", tuple(f"{block}.{part}" for part in theirs)
    yield "norm", ("transformer.ln_f" if gpt2 else "model.norm",)
    yield "head", ("lm_head",)


def gpt_tensors(config: GPTConfig) -> dict[str, Names]:
    """Name of each of our tensors -> names of the library's tensors that it stacks."""
    found: dict[str, Names] = {}
    for ours, theirs in twins(config):
        plain = config.form != "gpt2" or ours in ("embed", "positions", "head")
        for kind in ("weight",) if plain else ("weight", "bias"):
            found[f"{ours}.{kind}"] = tuple(f"{twin}.{kind}" for twin in theirs)
    return found


def layers(config: GPTConfig) -> Iterator[tuple[str, str]]:
    """Names of our layers and of their twins that put out the same, in the order in which forward runs them."""
    gpt2 = config.form == "gpt2"
    for ours, theirs in twins(config):
        if len(theirs) == 1 and ours != "positions":
            yield ours, theirs[0]
        if ours.endswith(("attention.out", "mlp.down")):  # a part is done, and with the second the whole block
            part, twin = ours.rpartition(".")[0], theirs[0].rpartition(".")[0]
            yield part, twin
        if ours.endswith("mlp.down"):
            i = int(ours.split(".")[1])
            yield f"blocks.{i}", f"transformer.h.{i}" if gpt2 else f"model.layers.{i}"
