"""SmolLM2-135M-Instruct by our Llama with a byte per weight against transformers' generate() in float32, one process.

Same weights file, same prompt, 256 tokens, batch 1, the likeliest token always. Beside the ratio: how far the loss of
texts of three kinds moves with the bytes, what ONNX Runtime makes of them with 8 and 4 bits and llama.cpp with 8 where
they are installed, and the share that each side reaches of what the memory allows, at which every weight is read once
per token. Needs SmolLM2:
python -m aigc_demo.services.hf_text.fetch
"""

import inspect
import os
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from aigc_demo.data.folder import data_folder
from aigc_demo.models import gpt
from aigc_demo.models.int8 import is_here
from aigc_demo.pipelines import gpt_onnx, smollm2
from aigc_demo.pipelines.engine import is_installed
from aigc_demo.pipelines.text_bytes import open_bytes
from aigc_demo.pipelines.text_folder import OpenText, open_text
from aigc_demo.pipelines.text_library import open_library
from aigc_demo.services.hf_text.prompts import chat_tokens
from aigc_demo.services.hf_text.requests import Summarise
from benchmarks import llama_peer
from benchmarks.gpt_decode import bandwidth, ours, per_token, read_per_token, theirs
from benchmarks.measure import Result, Run, alternate, at_best, compare, median

TOKENS = 256
LOSS = 0.01  # nats that the bytes may cost
BITS = (8, 4)  # of a weight in ONNX Runtime
LENGTH = 400  # tokens of a text, at most
TEXTS = {
    "english": Summarise.text,
    "code": inspect.getsource(gpt),
    "chinese": "语言模型学的是文字的样子：读过很多书以后，它能猜出下一个字，却不一定知道那句话对不对。"
    "把每个权重从四个字节压到一个字节，模型小了，写得也快了，猜得几乎一样准；压到半个字节，就看得出差别了。",
}
QUESTION = "Tell me about the history of the city of Paris."


def loss(model: Any, tokens: torch.Tensor) -> float:
    """Mean -log p of tokens (1, T), read one by one as they are when a text is written; in nats."""
    state, total = model.state(), 0.0
    with torch.inference_mode():
        for place in range(tokens.shape[1] - 1):
            logits = model(tokens[:, place : place + 1], state)[0]
            total += float(torch.nn.functional.cross_entropy(logits, tokens[0, place + 1 : place + 2]))
    return total / (tokens.shape[1] - 1)


def in_onnx(model: Any) -> dict[str, Any]:
    """Name -> the model in ONNX Runtime with so many bits; nothing where that is not installed."""
    if not (is_installed() and gpt_onnx.is_fit(model) and gpt_onnx.is_in_bytes(model)):
        return {}
    found = {}
    for bits in BITS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "step.onnx"
            gpt_onnx.write(model, path, bits)
            found[f"onnx{bits}"] = gpt_onnx.QuickGPT(model, path)
    return found


def in_llama_cpp(tokens: list[int], length: int, open_files: ExitStack) -> dict[str, Callable[[], Run]]:
    """Name -> what llama.cpp takes for a token, at one thread and at all cores; nothing where that is not installed."""
    if not llama_peer.is_installed():
        return {}
    path = open_files.enter_context(llama_peer.model())

    def side(threads: int) -> Callable[[], Run]:
        llama = llama_peer.writer(path, threads)
        llama_peer.write(llama, tokens, 16)  # warms it up
        return lambda: per_token(lambda: llama_peer.write(llama, tokens, length), length)

    return {f"llama_cpp_{threads}": side(threads) for threads in sorted({1, os.cpu_count() or 1})}


def megabytes_in_bytes(opened: OpenText) -> float:
    """What one token reads where linear layers have a byte per weight; other weights count for little."""
    model = opened.model
    matrices = sum(part.weight.numel() for part in model.modules() if isinstance(part, torch.nn.Linear))
    return matrices / 1e6


def run(rounds: int = 3, length: int = TOKENS) -> Result:
    with ExitStack() as open_files:
        return compared(rounds, length, open_files)


def compared(rounds: int, length: int, open_files: ExitStack) -> Result:
    """The comparison, with files that are open as long as it takes."""
    torch.set_flush_denormal(True)
    folder = smollm2.present(data_folder("smollm2"))
    opened, library = open_text(folder), open_library(folder)
    small: Any = open_bytes(folder).model
    quick = in_onnx(small)
    tokens = torch.tensor([chat_tokens(opened.words, [("user", QUESTION)])])
    first, other = ours(small, tokens, 16), theirs(library.module, tokens, 16)  # also warms both up
    count, best = at_best(lambda: theirs(library.module, tokens, length), tries=1)
    sides = {
        "ours": lambda: per_token(lambda: ours(small, tokens, length), length),
        "peer": lambda: per_token(best, length),
    } | {
        side: lambda model=model: per_token(lambda: ours(model, tokens, length), length)
        for side, model in quick.items()
    }
    llama = in_llama_cpp(tokens[0].tolist(), length, open_files)
    runs = alternate(sides | llama, rounds)
    moves: dict[str, dict[str, float]] = {}
    for kind, text in TEXTS.items():
        read = torch.tensor([opened.words.encode(text)[:LENGTH]])
        plain = loss(opened.model, read)
        moves[kind] = {"float32": plain} | {
            side: loss(model, read) - plain for side, model in {"bytes": small, **quick}.items()
        }
    sizes = {"ours": megabytes_in_bytes(opened), "peer": read_per_token(library.module)}
    limits = {side: 1000 * size / bandwidth(size) for side, size in sizes.items()}
    facts = {
        "way": "bytes" if is_here() else "float32",
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "same_first_tokens": int((first == other).int().cumprod(1).sum()),
        "loss_and_how_far_it_moves": moves,
        "loss_may_move": LOSS,
        "tokens_per_second": 1000 / median(runs, "ours_ms"),
        "peer_tokens_per_second": 1000 / median(runs, "peer_ms"),
        "ratio_of_processor_time": compare("smollm2_decode", "ms", 2.0, runs, "cpu_ms").ratio,
        "share_of_memory_limit": limits["ours"] / median(runs, "ours_cpu_ms"),
        "peer_share_of_memory_limit": limits["peer"] / median(runs, "peer_cpu_ms"),
    }
    for side in (*quick, *llama):
        facts |= {f"{side}_{key}": median(runs, f"{side}_{key}") for key in ("ms", "cpu_ms")}
        facts[f"{side}_ratio"] = statistics.median(run["peer_ms"] / run[f"{side}_ms"] for run in runs)
    return compare("smollm2_decode", "ms per token", 2.0, runs, "ms", [facts])
