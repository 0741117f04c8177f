"""Eight prompts that our GPT writes on in one batch, against the same eight in turn: same weights, same tokens.

The peer is ourselves, one prompt after the other, as the ratio shows what a batch is worth.
"""

import torch

from benchmarks.gpt_decode import CONFIGS, TOKENS, model_of, ours, per_token, prompt_of
from benchmarks.measure import Result, alternate, compare, median

PROMPTS = 8


def run(rounds: int = 5, length: int = TOKENS) -> Result:
    torch.set_flush_denormal(True)
    model = model_of(CONFIGS["llama"])
    tokens = prompt_of(CONFIGS["llama"], PROMPTS)

    def in_turn() -> torch.Tensor:
        return torch.cat([ours(model, row[None], length) for row in tokens])

    same = bool(torch.equal(ours(model, tokens, 16), torch.cat([ours(model, row[None], 16) for row in tokens])))
    sides = {
        "ours": lambda: per_token(lambda: ours(model, tokens, length), PROMPTS * length),
        "peer": lambda: per_token(in_turn, PROMPTS * length),
    }
    runs = alternate(sides, rounds)
    facts = {
        "prompts": PROMPTS,
        "same_tokens": same,
        "threads": torch.get_num_threads(),
        "tokens_per_second": 1000 / median(runs, "ours_ms"),
        "peer_tokens_per_second": 1000 / median(runs, "peer_ms"),
    }
    return compare("gpt_batch", "ms per token", 1.0, runs, "ms", [facts])
