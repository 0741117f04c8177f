"""The 64 tokens of a picture by us and by transformers' generate(): same weights and prompt, the likeliest token."""

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.dalle import DALLE, Only
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.dalle.drawing import dalle_of, text_tokens
from benchmarks.gpt_decode import ours, per_token
from benchmarks.measure import Result, alternate, at_best, compare, median

PROMPT = "two apples on a blue background"


def compared(model: DALLE, rounds: int) -> Result:
    """Milliseconds per token."""
    config = model.config
    read, length = model.to_draw(text_tokens(model, PROMPT)), config.side**2
    module, writer = to_library(model.gpt), Only(model.gpt, config.words, config.image)
    others = [*range(config.words), *range(config.image, config.gpt.vocabulary)]

    def theirs() -> Tensor:
        with torch.inference_mode():
            found = module.generate(
                read,
                attention_mask=torch.ones_like(read),
                do_sample=False,
                min_new_tokens=length,
                max_new_tokens=length,
                pad_token_id=0,
                suppress_tokens=others,
            )
        return found[:, read.shape[1] :]

    same = bool(torch.equal(ours(writer, read, length), theirs()))  # also warms both up
    count, best = at_best(theirs)
    sides = {
        "ours": lambda: per_token(lambda: ours(writer, read, length), length),
        "peer": lambda: per_token(best, length),
    }
    runs = alternate(sides, rounds)
    facts = {
        "same_tokens": same,
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "picture_ms": length * median(runs, "ours_ms"),
        "peer_picture_ms": length * median(runs, "peer_ms"),
        "ratio_of_processor_time": compare("dalle", "ms", 2, runs, "cpu_ms").ratio,
    }
    return compare("dalle_tokens", "ms per token", 2, runs, "ms", [facts])


def run(rounds: int = 7) -> Result:
    torch.set_flush_denormal(True)
    return compared(dalle_of(Store(device="cpu")), rounds)
