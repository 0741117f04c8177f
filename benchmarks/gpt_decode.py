"""Writing with our GPT and KV cache against transformers' generate(): same weights, prompt and tokens, one process.

256 tokens, batch 1, the likeliest token always, float32, random weights: a small model of the GPT-2 form with about
5 million of them. Further figures: the Llama form and the shipped GPT of Shakespeare, where it is installed in ONNX
Runtime too, and the share that each side reaches of what the memory allows, at which every weight is read once per
token.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.layout import for_single_rows
from aigc_demo.checkpoints.store import Store
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.engine import Engines, is_installed
from aigc_demo.pipelines.gpt_onnx import is_fit
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import write
from benchmarks.measure import Result, Run, alternate, at_best, compare, median, stopwatch

TOKENS = 256
PROMPT = 16
SHIPPED = "gpt-shakespeare"
CONFIGS = {
    "gpt2": GPTConfig("gpt2", vocabulary=1024, context=288, width=256, n_layer=6, n_head=8, n_kv_head=8, hidden=1024),
    "llama": GPTConfig("llama", vocabulary=1024, context=288, width=256, n_layer=6, n_head=8, n_kv_head=8, hidden=683),
}


def model_of(config: GPTConfig) -> Any:
    """Random weights, none of them zero."""
    generator = torch.Generator().manual_seed(0)
    model = GPT(config)
    for weight in model.parameters():
        weight.data.copy_(torch.randn(weight.shape, generator=generator) * 0.02 + (weight.ndim == 1))
    return for_single_rows(model.eval().requires_grad_(False))  # as the store lays them out


def prompt_of(config: GPTConfig, batch: int = 1) -> Tensor:
    """Tokens (B, PROMPT)."""
    return torch.randint(config.vocabulary, (batch, PROMPT), generator=torch.Generator().manual_seed(1))


def sure(length: int, batch: int = 1) -> Iterator[Tensor]:
    """Numbers that decide nothing, as the likeliest token is certain."""
    return (torch.zeros(batch) for _ in range(length))


def ours(model: Any, tokens: Tensor, length: int = TOKENS) -> Tensor:
    """tokens (B, T) -> what we write on, (B, length)."""
    with torch.inference_mode():
        picks = write(model, tokens, Sampling(temperature=0), sure(length, len(tokens)))
        return torch.stack([pick.token for pick in picks], dim=1)


def theirs(module: Any, tokens: Tensor, length: int = TOKENS) -> Tensor:
    """tokens (B, T) -> what transformers writes on, (B, length)."""
    with torch.inference_mode():
        found = module.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            do_sample=False,
            min_new_tokens=length,
            max_new_tokens=length,
            pad_token_id=0,
        )
    return found[:, tokens.shape[1] :]


def bandwidth(megabytes: float) -> float:
    """Megabytes a second that this thread reads from a block of this size, at best."""
    block = torch.ones(max(1, int(megabytes * 1e6 / 4)))
    best = 0.0
    for _ in range(7):
        began = time.process_time()
        block.sum()
        best = max(best, megabytes / max(time.process_time() - began, 1e-9))
    return best


def read_per_token(module: Any) -> float:
    """Megabytes of weights that one token needs."""
    kept = {id(weight): weight.numel() * weight.element_size() for weight in module.parameters()}
    return sum(kept.values()) / 1e6


def per_token(work: Callable[[], object], count: int = TOKENS) -> Run:
    """Milliseconds per token."""
    taken = stopwatch(work)
    return {"ms": taken["seconds"] / count * 1000, "cpu_ms": taken["cpu_seconds"] / count * 1000}


def shares(runs: list[Run], megabytes: float, peer_megabytes: float) -> dict[str, float]:
    """What each side reaches of the speed at which the memory could give it its weights."""
    return {
        "limit_ms": 1000 * megabytes / bandwidth(megabytes),
        "share_of_memory_limit": 1000 * megabytes / bandwidth(megabytes) / median(runs, "ours_cpu_ms"),
        "peer_limit_ms": 1000 * peer_megabytes / bandwidth(peer_megabytes),
        "peer_share_of_memory_limit": 1000 * peer_megabytes / bandwidth(peer_megabytes) / median(runs, "peer_cpu_ms"),
    }


def form(name: str, model: Any, limit: float, rounds: int, length: int = TOKENS) -> Result:
    """One of the forms, us against transformers."""
    module, tokens = to_library(model), prompt_of(model.config)
    same = bool(torch.equal(ours(model, tokens, 32), theirs(module, tokens, 32)))  # also warms both up
    count, best = at_best(lambda: theirs(module, tokens, length))
    sides = {
        "ours": lambda: per_token(lambda: ours(model, tokens, length), length),
        "peer": lambda: per_token(best, length),
    }
    quick = None
    if is_installed() and is_fit(model):
        with tempfile.TemporaryDirectory() as folder:
            quick = Engines(Path(folder)).prepare_writer(model).session
    if quick is not None:
        same &= bool(torch.equal(ours(quick, tokens, length), ours(model, tokens, length)))
        sides["onnx"] = lambda: per_token(lambda: ours(quick, tokens, length), length)
    runs = alternate(sides, rounds)
    facts: dict[str, Any] = {
        "form": name,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "same_tokens": same,
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "tokens_per_second": 1000 / median(runs, "ours_ms"),
        "peer_tokens_per_second": 1000 / median(runs, "peer_ms"),
        "ratio_of_processor_time": compare(name, "ms", limit, runs, "cpu_ms").ratio,
        **shares(runs, read_per_token(model), read_per_token(module)),
    }
    if quick is not None:
        ratio = statistics.median(run["peer_ms"] / run["onnx_ms"] for run in runs)
        facts |= {f"onnx_{key}": median(runs, f"onnx_{key}") for key in ("ms", "cpu_ms")} | {"onnx_ratio": ratio}
    return compare("gpt_decode", "ms per token", limit, runs, "ms", [facts])


def run(rounds: int = 5) -> Result:
    torch.set_flush_denormal(True)
    shipped: Any = Store(Path(__file__).resolve().parent.parent / "assets", device="cpu").load(SHIPPED)
    models = {name: model_of(config) for name, config in CONFIGS.items()} | {SHIPPED: shipped}
    lengths = {SHIPPED: shipped.config.context - PROMPT}
    first, *others = (form(name, model, 1.7, rounds, lengths.get(name, TOKENS)) for name, model in models.items())
    more = [*first.more, *({**other.more[0], "ms": other.ours, "ratio": other.ratio} for other in others)]
    return Result(first.name, first.unit, first.ours, first.peer, first.ratio, first.limit, first.runs, more)
