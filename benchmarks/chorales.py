"""Writing music with our decoder against transformers' generate(): the shipped weights, the likeliest token always.

256 tokens after the first bar of a melody, batch 1, float32, one process. Further figure: how many times as fast as
it is played, at 76 beats a minute, the page harmonises a melody, with draws and odds of every note.
"""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.music.beside import beginning
from aigc_demo.services.music.harmonise import harmonise
from aigc_demo.services.music.requests import MELODY, MODELS, Harmonise
from benchmarks.gpt_decode import ours, per_token, theirs
from benchmarks.measure import Result, alternate, at_best, compare, median

LENGTH = 256
TEMPO = 76


def run(rounds: int = 5) -> Result:
    """Milliseconds per token of both, and times real time."""
    torch.set_flush_denormal(True)
    store = Store(device="cpu")
    model = store.load(MODELS[0])
    module, tokens = to_library(model), beginning(MELODY)
    same = bool(torch.equal(ours(model, tokens, 32), theirs(module, tokens, 32)))  # also warms both up
    count, best = at_best(lambda: theirs(module, tokens, LENGTH))
    sides = {
        "ours": lambda: per_token(lambda: ours(model, tokens, LENGTH), LENGTH),
        "peer": lambda: per_token(best, LENGTH),
    }
    runs = alternate(sides, rounds)
    *_, last = harmonise(store, Harmonise(tempo=TEMPO))
    facts = {
        "same_tokens": same,
        "threads": torch.get_num_threads(),
        "threads_of_peer": count,
        "tokens_per_second": 1000 / median(runs, "ours_ms"),
        "peer_tokens_per_second": 1000 / median(runs, "peer_ms"),
        "ratio_of_processor_time": compare("chorales", "ms", 2.0, runs, "cpu_ms").ratio,
        "times_real_time": last.value.times,
    }
    return compare("chorales", "ms per token", 2.0, runs, "ms", [facts])
