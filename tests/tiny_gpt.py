"""Tiny untrained language models under the ids that ship, for the tests of the family."""

import dataclasses
from pathlib import Path

import torch

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Catalogue, Checkpoint, Family
from aigc_demo.checkpoints.store import Store
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.services.gpt.requests import MODELS

LETTERS = "\n !&',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SIGNS = "\n，。：①②③④⑤⑥一不人山月水江长夜秋风起明天地"


def network(checkpoint: str) -> GPT | LSTM:
    """A network in the form that the checkpoint has, with weights large enough that its odds are no longer equal."""
    letters = SIGNS if checkpoint.endswith("poems") else LETTERS
    common = {"vocabulary": len(letters), "characters": letters}
    torch.manual_seed(len(checkpoint))
    if checkpoint.startswith("lstm"):
        model: GPT | LSTM = LSTM(dataclasses.replace(LSTMConfig.tiny(), **common))
    else:
        form = "gpt2" if checkpoint.endswith("poems") else "llama"
        config = dataclasses.replace(GPTConfig.tiny(form), context=32, n_kv_head=2 if form == "llama" else 4, **common)
        model = GPT(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.copy_(0.5 * torch.randn(parameter.shape))
    return model.eval()


def entry(name: str) -> Checkpoint:
    """A catalogue entry that nothing is known of yet."""
    kind = "lstm:LSTM" if name.startswith("lstm") else "gpt:GPT"
    path = f"aigc_demo.models.{kind}"
    file, evaluate = f"checkpoints/{name}.safetensors", "aigc_demo.evaluation.language:measure"
    return Checkpoint(name, "gpt", path, f"{path}Config", file, "x", "ours", f"train {name}", evaluate)


def tiny_store(folder: Path) -> Store:
    """A store over a folder with a file for every model, which takes its files as they are."""
    entries = tuple(entry(name) for name in MODELS)
    for known in entries:
        files.save(network(known.id), folder / known.file, torch.int8)
    return Store(folder, device="cpu", listing=Catalogue((Family("gpt", entries),), entries))
