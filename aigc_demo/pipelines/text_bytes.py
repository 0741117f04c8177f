"""Open a language model of a folder with a byte per weight: made once, kept beside the folder's files, then mapped.

int8.safetensors    linear layers as models/int8.pack rounds them, embeddings as they are, the rest in float32

A mapped file takes memory only for what was read of it, which the system may take back, and opens at once.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.core.errors import UnavailableError
from aigc_demo.models.gpt import GPT, GPTConfig, rotary_table
from aigc_demo.models.int8 import Int8Linear, MappedEmbedding, Packed, can_be_bytes, is_here, pack
from aigc_demo.pipelines.pairs.gpt import TRANSPOSED
from aigc_demo.pipelines.text_folder import OpenText, Words, config_in, open_text, stored_names
from aigc_demo.pipelines.weights import stacked

FILE = "int8.safetensors"
FORM = 2  # of the file; another number makes it anew


def open_bytes(folder: Path, name: str = "") -> OpenText:
    """As `open_text`, with a byte per weight; in float32 where this machine has no way to that."""
    if not is_here():
        return open_text(folder, name)
    from safetensors import SafetensorError

    name = name or folder.name
    config = config_in(folder, name)
    words = Words(folder)
    if len(words) > config.vocabulary:
        raise UnavailableError("tokenizer_wrong", name=name)
    try:
        return OpenText(name, assembled(config, kept(folder, config)), words)
    except (OSError, KeyError, RuntimeError, ValueError, SafetensorError) as error:
        raise UnavailableError("hub_damaged", name=name) from error


def kept(folder: Path, config: GPTConfig) -> dict[str, Tensor]:
    """The tensors of FILE, mapped; made now where there are none of these weights."""
    from safetensors.torch import load_file, save_file

    weights = (folder / "model.safetensors").stat()
    stamp = json.dumps([FORM, weights.st_size, weights.st_mtime_ns])
    path = folder / FILE
    if stamp_of(path) != stamp:
        tensors = dict(packed(folder, config))
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            save_file(tensors, unfinished, metadata={"stamp": stamp})
            os.chmod(unfinished, 0o644)
            unfinished.replace(path)
        except OSError:  # a folder that cannot be written, or a full disk: they stay in memory
            unfinished.unlink(missing_ok=True)
            return tensors
    return load_file(path)


def stamp_of(path: Path) -> str:
    """Which weights the file was made of; "" where there is none, or it is broken."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return str((file.metadata() or {}).get("stamp", ""))
    except (OSError, SafetensorError):
        return ""


def skeleton(config: GPTConfig) -> GPT:
    """The network without memory for its weights."""
    with torch.device("meta"):
        return GPT(config)


def packed(folder: Path, config: GPTConfig) -> Iterator[tuple[str, Tensor]]:
    """Name and tensor of all that FILE holds, one after the other."""
    from safetensors import safe_open

    model = skeleton(config)
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        for tensor, twins in stored_names(config, list(file.keys())).items():
            found = stacked(file.get_tensor, {tensor: twins}, TRANSPOSED)[tensor]
            part = model.get_submodule(tensor.rpartition(".")[0])
            if tensor.endswith("weight") and can_be_bytes(part):
                for kind, value in pack(found)._asdict().items():
                    yield f"{tensor.rpartition('.')[0]}.{kind}", value
            else:
                mapped = isinstance(part, nn.Embedding) and found.dtype == torch.float16
                yield tensor, found if mapped else found.float()


def assembled(config: GPTConfig, tensors: dict[str, Tensor]) -> GPT:
    """The network of these tensors, which it does not copy."""
    model: Any = skeleton(config)
    for name, part in list(model.named_modules()):
        above, _, last = name.rpartition(".")
        if can_be_bytes(part):
            weight = Packed(*(tensors[f"{name}.{kind}"] for kind in Packed._fields))
            layer = Int8Linear(weight, part.in_features, tensors.get(f"{name}.bias"))
            setattr(model.get_submodule(above), last, layer)
        elif isinstance(part, nn.Embedding):
            setattr(model.get_submodule(above), last, MappedEmbedding(tensors[f"{name}.weight"]))
        else:
            for kind, _ in list(part.named_parameters(recurse=False)):
                setattr(part, kind, nn.Parameter(tensors[f"{name}.{kind}"], requires_grad=False))
    if config.form != "gpt2":
        model.rotary = rotary_table(config)
    return model.eval().requires_grad_(False)
