"""The single tokens of a GPT in ONNX Runtime, which wants the package onnx to write the file.

Read, a text goes through PyTorch; written, token by token, it goes through a graph of fused operators: a normalisation
with the sum before it, and an attention that rotates, writes keys and values into the cache and looks back on it. They
work on the memory of models/gpt.KVCache, so that a text may change its engine at any token. What the embedding gives is
what goes in, so that its table is not kept twice.

Layers with a byte per weight (models/int8.py) become MatMulNBits, with inputs rounded to bytes as well: the processor
multiplies bytes by bytes.

The operators are those of com.microsoft (onnxruntime, docs/ContribOperators.md).

B batch, D width, H heads, G heads of keys and values, E width of a head, V vocabulary, I numbers in, O out.
"""

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary, proxy

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn import LayerNorm

from aigc_demo.models.gpt import GPT, KVCache
from aigc_demo.models.int8 import Int8Linear
from aigc_demo.pipelines.onnx_session import open_session

Array = np.ndarray
FUSED = "com.microsoft"
OPSET, FORM = 17, 9  # of the standard operators and of the file
TRIED = 16  # tokens by which engines are compared
BLOCK = 32  # inputs of a layer that share a scale and a zero
BYTES_IN = 4  # accuracy_level of MatMulNBits: inputs are rounded to bytes, block by block


def is_fit(model: object) -> bool:
    """Whether a network is a GPT that the graph has a form for."""
    if not isinstance(model, GPT) or model.config.head_width % 16:
        return False
    if not is_in_bytes(model):
        return True
    return model.config.form == "llama" and not (model.config.width % BLOCK or model.config.hidden % BLOCK)


def is_in_bytes(model: GPT) -> bool:
    """Whether its layers have a byte per weight."""
    return isinstance(model.head, Int8Linear)


def example(model: Any) -> Tensor:
    """Tokens (1, T) by which engines are compared, from all over the vocabulary."""
    return (torch.arange(TRIED) * model.config.vocabulary // TRIED)[None]


def by_token(model: Any, tokens: Tensor) -> Tensor:
    """tokens (1, T) one after another from an empty cache -> the logits of each, (T, V)."""
    state = model.state()
    return torch.cat([model(token, state)[:, -1] for token in torch.split(tokens, 1, dim=1)])


class Graph:
    """The nodes and weights of one step, as they are added."""

    def __init__(self, bits: int = 8) -> None:
        self.bits = bits
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def weight(self, name: str, value: Tensor) -> str:
        """A tensor that the file carries; its name."""
        from onnx import numpy_helper

        self.weights.append(numpy_helper.from_array(value.detach().contiguous().numpy(), name))
        return name

    def add(self, operator: str, given: Sequence[str], *made: str, fused: bool = False, **options: Any) -> str:
        """Add one operator, `fused` or of the standard; the name of its first output."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, given, made, domain=FUSED if fused else "", **options))
        return made[0]

    def linear(self, x: str, name: str, layer: Any, part: slice = slice(None)) -> str:
        """x (1, 1, I) times the weight (O, I) of a layer, or `part` of its outputs."""
        if not isinstance(layer, Int8Linear):
            return self.add("MatMul", [x, self.weight(f"{name}.weight", layer.weight[part].t())], name)
        weight = layer.dense()[part]
        kinds = zip(("weight", "scale", "zero"), blocks_of(weight, self.bits), strict=True)
        given = [self.weight(f"{name}.{kind}", value) for kind, value in kinds]
        sizes = {"K": weight.shape[1], "N": len(weight), "bits": self.bits, "block_size": BLOCK}
        return self.add("MatMulNBits", [x, *given], name, fused=True, accuracy_level=BYTES_IN, **sizes)

    def norm(self, x: str, name: str, layer: Any) -> str:
        """x (1, 1, D) normalised by a layer, RMSNorm or LayerNorm."""
        given, options = [x, self.weight(f"{name}.scale", layer.weight)], {"axis": -1, "epsilon": layer.eps}
        if isinstance(layer, LayerNorm):
            return self.add("LayerNormalization", [*given, self.weight(f"{name}.shift", layer.bias)], name, **options)
        return self.add("SimplifiedLayerNormalization", given, name, **options)

    def added(self, x: str, more: str, name: str, before: Any, layer: Any) -> tuple[str, str]:
        """x plus more and the bias of the layer `before`, and that normalised by a layer."""
        made, given = [f"{name}.normed", "", "", name], [x, more, self.weight(f"{name}.scale", layer.weight)]
        if isinstance(layer, LayerNorm):
            given += [self.weight(f"{name}.shift", layer.bias), self.weight(f"{name}.bias", before.bias)]
            self.add("SkipLayerNormalization", given, *made, fused=True, epsilon=layer.eps)
        else:
            self.add("SkipSimplifiedLayerNormalization", given, *made, fused=True, epsilon=layer.eps)
        return made[-1], made[0]

    def attention(self, y: str, i: int, block: Any, pair: Sequence[str], rotary: Sequence[str]) -> str:
        """What the heads of layer i bring together, before the layer that mixes it; `rotary`: cosine and sine."""
        config, qkv = block.attention.config, self.linear(y, f"qkv{i}", block.attention.qkv)
        if block.attention.qkv.bias is not None:
            qkv = self.add("Add", [qkv, self.weight(f"qkv{i}.bias", block.attention.qkv.bias)], f"qkv{i}.moved")
        return self.add(
            "GroupQueryAttention",
            [qkv, "", "", *pair, "before", "length", *rotary],
            *(f"mixed{i}", *(f"{name}.new" for name in pair)),
            fused=True,
            num_heads=config.n_head,
            kv_num_heads=config.n_kv_head,
            do_rotary=int(bool(rotary)),
            scale=1 / math.sqrt(config.head_width),
        )

    def opened(self, y: str, i: int, mlp: Any, hidden: int) -> str:
        """What stands between the two layers of the MLP of layer i."""
        if mlp.form == "gpt2":
            bias = self.weight(f"up{i}.bias", mlp.up.bias)
            return self.add("FastGelu", [self.linear(y, f"up{i}", mlp.up), bias], f"h{i}", fused=True)  # tanh's form
        halves = (("gate", slice(hidden)), ("value", slice(hidden, None)))
        gate, value = (self.linear(y, f"{name}{i}", mlp.up, part) for name, part in halves)
        silu = self.add("QuickGelu", [gate], f"silu{i}", fused=True, alpha=1.0)  # x sigmoid(alpha x): SiLU
        return self.add("Mul", [silu, value], f"h{i}")


def blocks_of(weight: Tensor, bits: int) -> tuple[Tensor, Tensor, Tensor]:
    """weight (O, I) as MatMulNBits takes it, of 4 or 8 bits: numbers (O, I / BLOCK, BLOCK * bits / 8), scales
    (O * I / BLOCK,) and zeros, each number standing for (number - zero) * scale; two of 4 bits share a byte."""
    blocks, top = weight.float().view(len(weight), -1, BLOCK), 2**bits - 1
    low, high = blocks.amin(2).clamp(max=0), blocks.amax(2).clamp(min=0)
    scale = ((high - low) / top).clamp_min(1e-12)
    zero = (-low / scale).round()
    numbers = ((blocks / scale[..., None]).round() + zero[..., None]).clamp(0, top).to(torch.uint8)
    zeros = zero.to(torch.uint8)
    if bits == 4:
        zeros = F.pad(zeros, (0, zeros.shape[1] % 2))
        numbers, zeros = (found[..., ::2] | found[..., 1::2] << 4 for found in (numbers, zeros))
    return numbers, scale.flatten(), zeros.flatten()


def write(model: GPT, path: Path, bits: int = 8) -> None:
    """Write one step as an ONNX file: x (1, 1, D), places, keys and values (1, G, room, E) of every layer.

    `bits` of the weights of layers that have a byte for each: 8, or 4.
    """
    import onnx
    from onnx import TensorProto as Kind
    from onnx import helper

    config, graph, half = model.config, Graph(bits), model.config.head_width // 2
    x, blocks, rotary = "x", cast(Any, model.blocks), list[str]()
    if config.form == "llama":
        rotary = [
            graph.weight("cosine", model.rotary[0, :, :half]),
            graph.weight("sine", model.rotary[1, :, half:]),
        ]
    y = graph.norm(x, "y", blocks[0].norm1)
    pairs = [(f"keys{layer}", f"values{layer}") for layer in range(config.n_layer)]
    for i, block in enumerate(blocks):
        out, down = block.attention.out, block.mlp.down
        mixed = graph.linear(graph.attention(y, i, block, pairs[i], rotary), f"out{i}", out)
        x, y = graph.added(x, mixed, f"a{i}", out, block.norm2)
        told = graph.linear(graph.opened(y, i, block.mlp, config.hidden), f"down{i}", down)
        x, y = graph.added(x, told, f"b{i}", down, blocks[i + 1].norm1 if i + 1 < config.n_layer else model.norm)
    logits = graph.linear(y, "logits", model.head)
    shape = (1, config.n_kv_head, "room", config.head_width)
    names = [name for pair in pairs for name in pair]
    given: dict[str, Any] = {
        "x": (Kind.FLOAT, (1, 1, config.width)),
        "before": (Kind.INT32, (1,)),
        "length": (Kind.INT32, (1,)),
    }
    given |= {name: (Kind.FLOAT, shape) for name in names}
    found: dict[str, Any] = {logits: (Kind.FLOAT, (1, 1, config.vocabulary))} | {
        f"{name}.new": (Kind.FLOAT, shape) for name in names
    }
    inputs, outputs = ([helper.make_tensor_value_info(n, *kind) for n, kind in all.items()] for all in (given, found))
    made = helper.make_graph(graph.nodes, "step", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=FORM), str(unfinished))
    unfinished.replace(path)


class Step:
    """The next token of one text, on the memory of its cache."""

    def __init__(self, session: Any, model: GPT):
        self.session, self.embed = session, model.embed_tokens
        self.x = np.empty((1, 1, model.config.width), np.float32)
        self.before, self.length = np.zeros(1, "i4"), np.zeros(1, "i4")
        self.logits = np.empty((1, 1, model.config.vocabulary), np.float32)
        self.pairs: Tensor | None = None

    def bind(self, cache: KVCache) -> None:
        """Work on the memory in which the cache is now: keys and values are read and written in one place."""
        cache.reserve(cache.length + 1)
        if self.pairs is cache.pairs:
            return
        self.pairs, self.binding = cache.pairs, self.session.io_binding()
        for name, array in {"x": self.x, "before": self.before, "length": self.length}.items():
            self.binding.bind_input(name, "cpu", 0, array.dtype, array.shape, array.ctypes.data)
        self.binding.bind_output("logits", "cpu", 0, np.float32, self.logits.shape, self.logits.ctypes.data)
        for layer, pair in enumerate(cache.pairs.numpy()):
            for name, array in zip((f"keys{layer}", f"values{layer}"), pair, strict=True):
                place = (array.dtype, array.shape, array.ctypes.data)
                self.binding.bind_input(name, "cpu", 0, *place)
                self.binding.bind_output(f"{name}.new", "cpu", 0, *place)

    def __call__(self, token: Tensor, cache: KVCache) -> Tensor:
        """The token (1, 1) behind those in the cache -> logits of the one after it, (1, 1, V)."""
        self.bind(cache)
        self.x[:] = self.embed(token, cache.length)[0].numpy()
        self.before[0], self.length[0] = cache.length, cache.length + 1
        self.session.run_with_iobinding(self.binding)
        cache.length += 1
        return torch.from_numpy(self.logits.copy())


class QuickGPT:
    """A GPT whose single tokens go through ONNX Runtime: called as the GPT is, with the same caches."""

    def __init__(self, model: GPT, path: Path):
        self.session = open_session(path)
        self.model: Any = proxy(model)  # whoever knows the engine of a model must not keep the model
        self.config = model.config
        self.steps: WeakKeyDictionary[KVCache, Step] = WeakKeyDictionary()

    def state(self, batch: int = 1) -> KVCache:
        """An empty KVCache for `batch` texts, as GPT.state."""
        made: KVCache = self.model.state(batch)
        return made

    def __call__(self, tokens: Tensor, state: KVCache | None = None, last: bool = False) -> Tensor:
        """tokens (B, T) -> logits (B, T, V), as GPT.forward."""
        if state is None or tokens.numel() != 1 or state.length >= self.config.context:
            read: Tensor = self.model(tokens, state, last)
            return read
        step = self.steps.get(state)
        if step is None:
            step = self.steps[state] = Step(self.session, self.model)
        return step(tokens, state)

    def side_by_side(self, tokens: Sequence[Tensor], states: Sequence[KVCache]) -> Tensor:
        """As GPT.side_by_side: several texts share their products in PyTorch."""
        if len(states) == 1:
            return self(tokens[0], states[0])[:, -1]
        shared: Tensor = self.model.side_by_side(tokens, states)
        return shared
