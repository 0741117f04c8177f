"""Tiny untrained models of chorales under the ids that ship."""

from pathlib import Path

import torch

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Catalogue, Checkpoint, Family
from aigc_demo.checkpoints.store import Store
from aigc_demo.data.chorale_tokens import CONTEXT, VOCABULARY
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.services.music.requests import MODELS


def network(checkpoint: str) -> GPT | LSTM:
    """A network whose odds are not equal."""
    torch.manual_seed(len(checkpoint))
    model: GPT | LSTM
    if checkpoint.startswith("lstm"):
        model = LSTM(LSTMConfig(VOCABULARY, width=16, embedding=8))
    else:
        size = {"width": 16, "n_layer": 2, "n_head": 2, "n_kv_head": 2, "hidden": 24}
        model = GPT(GPTConfig("llama", vocabulary=VOCABULARY, context=CONTEXT, **size))
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.copy_(0.5 * torch.randn(weight.shape))
    return model.eval()


def entry(name: str) -> Checkpoint:
    """A catalogue entry that nothing is known of yet."""
    path = f"aigc_demo.models.{'lstm:LSTM' if name.startswith('lstm') else 'gpt:GPT'}"
    evaluate = "aigc_demo.evaluation.chorales:measure"
    return Checkpoint(
        name, "music", path, f"{path}Config", f"checkpoints/{name}.safetensors", "x", "ours", "t", evaluate
    )


def tiny_store(folder: Path) -> Store:
    """A store over a folder with a file for both models, which takes its files as they are."""
    entries = tuple(entry(name) for name in MODELS)
    for known in entries:
        files.save(network(known.id), folder / known.file, torch.int8)
    return Store(folder, device="cpu", listing=Catalogue((Family("music", entries),), entries))
