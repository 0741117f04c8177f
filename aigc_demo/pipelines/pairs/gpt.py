"""GPT and transformers' language models: its GPT-2 form and GPT2LMHeadModel, its Llama form and LlamaForCausalLM.

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

GPT-2 stores the matrices of its blocks transposed, (in, out).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.gpt import GPT, Attention, GPTConfig, KVCache, rotary_table
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.library_pair import LibraryPair, unsupported
from aigc_demo.pipelines.weights import Names, filled, shapes, split, stacked, stacked_names

TRANSPOSED = ("c_attn.weight", "c_proj.weight", "c_fc.weight")  # stored as (in, out) by GPT-2
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


def to_library(model: GPT) -> Any:
    """GPT -> GPT2LMHeadModel or LlamaForCausalLM, by its form."""
    config = model.config
    library = transformers()
    options = library_config(config)
    with torch.device("meta"):  # no time lost on random weights that are replaced at once
        module = (library.GPT2LMHeadModel if config.form == "gpt2" else library.LlamaForCausalLM)(options)
    if config.form == "llama":
        module.model.rotary_emb = type(module.model.rotary_emb)(options)  # its angles are no weights
    ours = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    filled(module, split(ours, shapes(module), gpt_tensors(config), TRANSPOSED))
    module.tie_weights()
    return module


def from_library(module: Any) -> GPT:
    """GPT2LMHeadModel or LlamaForCausalLM -> GPT; BadRequestError where ours has no such form."""
    kind = next(kind.__name__ for kind in type(module).__mro__ if kind.__name__ in CONFIGS)
    config = CONFIGS[kind](module.config.to_dict())
    with torch.device("meta"):
        model = GPT(config)
    if config.form != "gpt2":
        model.rotary = rotary_table(config)
    filled(model, stacked(module.state_dict().__getitem__, gpt_tensors(config), TRANSPOSED))
    if config.tied:
        model.head.weight = model.embed.weight
    return model


def library_config(config: GPTConfig) -> Any:
    """The library's config of the network that `config` describes."""
    library = transformers()
    shared = {"characters": config.characters} if config.characters else {}
    tokens = {"bos_token_id": None, "eos_token_id": None}  # our tokens are characters, none of them begins or ends
    if config.form == "gpt2":
        return library.GPT2Config(
            vocab_size=config.vocabulary,
            n_positions=config.context,
            n_embd=config.width,
            n_layer=config.n_layer,
            n_head=config.n_head,
            n_inner=config.hidden,
            resid_pdrop=config.dropout,
            embd_pdrop=config.dropout,
            attn_pdrop=0.0,
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
        dropout=config.dropout,  # ours; the library's Llama knows dropout of attention only, which ours has not
        tie_word_embeddings=config.tied,
        **tokens,
        **shared,
    )


def gpt2_config(options: dict[str, Any]) -> GPTConfig:
    """Our config out of the options of a GPT2LMHeadModel; BadRequestError where ours has no such form."""
    refuse("GPT2LMHeadModel", unsupported(options, ONLY_GPT2))
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


def llama_config(options: dict[str, Any]) -> GPTConfig:
    """Our config out of the options of a LlamaForCausalLM; BadRequestError where ours has no such form."""
    rope = dict(options.get("rope_parameters") or options.get("rope_scaling") or {})  # early files have the latter
    width, heads = options["hidden_size"], options["num_attention_heads"]
    rotary = {
        "rope_type": rope.get("rope_type", rope.get("type", "default")),
        "partial_rotary_factor": rope.get("partial_rotary_factor"),
    }
    own = {"rope_type": ("default",), "partial_rotary_factor": (None, 1.0), "head_dim": (None, width // heads)}
    refuse("LlamaForCausalLM", unsupported(options | rotary, ONLY_LLAMA | own))
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
        dropout=float(options.get("dropout", 0.0)),
        characters=str(options.get("characters", "")),
    )


def refuse(kind: str, obstacle: str) -> None:
    """BadRequestError that names the option for which our model has no form."""
    if obstacle:
        raise BadRequestError("library_form", kind=kind, option=obstacle)


CONFIGS = {"GPT2LMHeadModel": gpt2_config, "LlamaForCausalLM": llama_config}  # by the library's class


def stacks(config: GPTConfig) -> Iterator[tuple[str, Names]]:
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
    plain = ("embed", "positions", "head")  # without a bias; Llama has none at all
    bare = {ours for ours, _ in stacks(config) if config.form != "gpt2" or ours in plain}
    return stacked_names(stacks(config), bare)


def layers(model: GPT) -> Iterator[tuple[str, str]]:
    """Names of our layers and of those of the library with the same output, in the order in which forward runs them."""
    gpt2 = model.config.form == "gpt2"
    for ours, theirs in stacks(model.config):
        if len(theirs) == 1 and ours != "positions":
            yield ours, theirs[0]
        if ours.endswith(("attention.out", "mlp.down")):  # a part is done, and with the second the whole block
            yield ours.rpartition(".")[0], theirs[0].rpartition(".")[0]
        if ours.endswith("mlp.down"):
            i = int(ours.split(".")[1])
            yield f"blocks.{i}", f"transformer.h.{i}" if gpt2 else f"model.layers.{i}"


# mistakes that change nothing in one form: rotary positions only show as differences, wherever counting begins, and
# learned positions are not rotated at all
SILENT = {("llama", "positions_shifted"), ("gpt2", "rope_pairs")}  # form, mistake that changes nothing in it


class Unmasked(Attention):
    """Looks into the future while it reads a prompt."""

    def forward(self, x: Tensor, rotary: Tensor | None, cache: KVCache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        q, k, v = self.split(x, rotary)
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        k, v = (part.repeat_interleave(self.config.n_head // self.config.n_kv_head, dim=1) for part in (k, v))
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).flatten(2))


def untied_head(model: GPT) -> None:
    """Forget that the head is the embedding: it stays as random as it was made."""
    weight = torch.empty_like(model.head.weight)
    nn.init.normal_(weight, std=0.02, generator=torch.Generator().manual_seed(0))
    model.head.weight = nn.Parameter(weight, requires_grad=False)


def positions_shifted(model: GPT) -> None:
    """Count positions from one, where they are counted from zero."""
    if model.config.form == "gpt2":
        model.positions.weight.data.copy_(model.positions.weight.data.roll(-1, dims=0))
    else:
        model.rotary = rotary_table(replace(model.config, context=model.config.context + 1))[:, 1:].to(model.rotary)


def no_causal_mask(model: GPT) -> None:
    """Let every position see those after it."""
    for layer in model.modules():
        if isinstance(layer, Attention):
            layer.__class__ = Unmasked


def wrong_scaling(model: GPT) -> None:
    """Divide the products of queries and keys by the width of a head, where its square root belongs."""
    for layer in model.modules():
        if isinstance(layer, Attention):
            for tensor in layer.qkv.parameters():
                tensor.data[: layer.sizes[0]] *= layer.config.head_width**-0.5


def rope_pairs(model: GPT) -> None:
    """Take weights whose pairs are neighbours, 2i and 2i + 1, for weights whose pairs are i and i + E/2."""
    if model.config.form == "gpt2":
        return
    for layer in model.modules():
        if isinstance(layer, Attention):
            rows = sum(layer.sizes[:2])
            for tensor in layer.qkv.parameters():
                heads = tensor.data[:rows].view(-1, layer.config.head_width // 2, 2, *tensor.shape[1:])
                tensor.data[:rows] = heads.transpose(1, 2).flatten(0, 2)


MISTAKES: dict[str, Callable[[GPT], None]] = {
    "untied_head": untied_head,
    "positions_shifted": positions_shifted,
    "no_causal_mask": no_causal_mask,
    "wrong_scaling": wrong_scaling,
    "rope_pairs": rope_pairs,
}


def probe(model: GPT, generator: torch.Generator) -> tuple[Tensor]:
    """A text of 64 random tokens (1, 64), or as many as the model reads."""
    length = min(64, model.config.context)
    return (torch.randint(model.config.vocabulary, (1, length), generator=generator),)


PAIR = LibraryPair((GPT,), tuple(CONFIGS), to_library, from_library, layers, MISTAKES, probe=probe)
