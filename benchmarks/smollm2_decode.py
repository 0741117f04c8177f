"""SmolLM2-135M-Instruct by our Llama with a byte per weight against transformers' generate() in float32, one process.

Same weights file, same prompt, 256 tokens, batch 1, the likeliest token always. Beside the ratio: how far the loss of a
text moves with the bytes, and the share that each side reaches of what the memory allows, at which every weight is read
once per token. Needs SmolLM2: python -m aigc_demo.services.hf_text.fetch
"""

from typing import Any

import torch

from aigc_demo.data.folder import data_folder
from aigc_demo.models.int8 import is_here
from aigc_demo.pipelines import smollm2
from aigc_demo.pipelines.text_bytes import open_bytes
from aigc_demo.pipelines.text_folder import OpenText, open_text
from aigc_demo.pipelines.text_library import open_library
from aigc_demo.services.hf_text.prompts import chat_tokens
from aigc_demo.services.hf_text.requests import Summarise
from benchmarks.gpt_decode import bandwidth, ours, per_token, read_per_token, theirs
from benchmarks.measure import Result, alternate, at_best, compare, median

TOKENS = 256
LOSS = 0.01  # nats that the bytes may cost
QUESTION = "Tell me about the history of the city of Paris."


def loss(model: Any, tokens: torch.Tensor) -> float:
    """Mean -log p of tokens (1, T), read one by one as they are when a text is written; in nats."""
    state, total = model.state(), 0.0
    with torch.inference_mode():
        for place in range(tokens.shape[1] - 1):
            logits = model(tokens[:, place : place + 1], state)[0]
            total += float(torch.nn.functional.cross_entropy(logits, tokens[0, place + 1 : place + 2]))
    return total / (tokens.shape[1] - 1)


def megabytes_in_bytes(opened: OpenText) -> float:
    """What one token reads where linear layers have a byte per weight; other weights count for little."""
    model = opened.model
    matrices = sum(part.weight.numel() for part in model.modules() if isinstance(part, torch.nn.Linear))
    return matrices / 1e6


def run(rounds: int = 3, length: int = TOKENS) -> Result:
    torch.set_flush_denormal(True)
    folder = smollm2.present(data_folder("smollm2"))
    opened, library = open_text(folder), open_library(folder)
    small: Any = open_bytes(folder).model
    tokens = torch.tensor([chat_tokens(opened.words, [("user", QUESTION)])])
    text = torch.tensor([opened.words.encode(Summarise.text)])
    first, other = ours(small, tokens, 16), theirs(library.module, tokens, 16)  # also warms both up
    count, best = at_best(lambda: theirs(library.module, tokens, length), tries=1)
    sides = {
        "ours": lambda: per_token(lambda: ours(small, tokens, length), length),
        "peer": lambda: per_token(best, length),
    }
    runs = alternate(sides, rounds)
    plain, changed = loss(opened.model, text), loss(small, text)
    sizes = {"ours": megabytes_in_bytes(opened), "peer": read_per_token(library.module)}
    limits = {side: 1000 * size / bandwidth(size) for side, size in sizes.items()}
    facts = {
        "way": "bytes" if is_here() else "float32",
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "same_first_tokens": int((first == other).int().cumprod(1).sum()),
        "loss_float32": plain,
        "loss_bytes": changed,
        "loss_moves": changed - plain,
        "loss_may_move": LOSS,
        "tokens_per_second": 1000 / median(runs, "ours_ms"),
        "peer_tokens_per_second": 1000 / median(runs, "peer_ms"),
        "ratio_of_processor_time": compare("smollm2_decode", "ms", 2.0, runs, "cpu_ms").ratio,
        "share_of_memory_limit": limits["ours"] / median(runs, "ours_cpu_ms"),
        "peer_share_of_memory_limit": limits["peer"] / median(runs, "peer_cpu_ms"),
    }
    return compare("smollm2_decode", "ms per token", 2.0, runs, "ms", [facts])
