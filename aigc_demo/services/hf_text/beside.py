"""Our Llama and transformers' with the same weights: the same tokens, every layer, and the time of each."""

import time
from collections.abc import Iterator, Sequence

import torch

from aigc_demo.core.steps import Step
from aigc_demo.pipelines import parity
from aigc_demo.pipelines.text_folder import OpenText
from aigc_demo.pipelines.text_library import Choosing, generate
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.hf_text.desk import Desk
from aigc_demo.services.hf_text.requests import Beside
from aigc_demo.services.hf_text.results import TOLERANCE, SideBySide

GREEDY = Sampling(temperature=0)


@torch.inference_mode()
def greedy(opened: OpenText, tokens: Sequence[int], length: int) -> Iterator[int]:
    """The likeliest tokens, by our code; ends are tokens like any other here."""
    for pick in write(opened.model, torch.tensor([list(tokens)]), GREEDY, chances(0, length)):
        yield int(pick.token)


class Clock:
    """What a generator gives, and the seconds that were spent on it."""

    def __init__(self, made: Iterator[int]):
        self.made, self.found = made, list[int]()
        self.seconds = 0.0

    def __iter__(self) -> Iterator[int]:
        began = time.perf_counter()
        for token in self.made:
            self.seconds += time.perf_counter() - began
            self.found.append(token)
            yield token
            began = time.perf_counter()

    @property
    def speed(self) -> float:
        """Tokens a second."""
        return len(self.found) / max(self.seconds, 1e-9)


def beside(desk: Desk, request: Beside, tokens: Sequence[int]) -> Iterator[Step[SideBySide | None]]:
    """Write `request.length` tokens with each, in turn, then compare every layer on the prompt."""
    length, total = request.length, 3 * request.length + 1
    ours, theirs, small = desk.own(), desk.library(), desk.bytes()
    yield Step(0, total, None)
    mine, other, byte = (
        Clock(greedy(ours, tokens, length)),
        Clock(generate(theirs, tokens, Choosing(), length, whole=True)),
        Clock(greedy(small, tokens, length) if desk.has_bytes() else iter(())),
    )
    done = 0
    for run in (mine, other, byte):
        for _ in run:
            done += 1
            yield Step(done, total, None)
    with torch.inference_mode():
        asked = torch.tensor([list(tokens)])
        table = parity.compare(ours.model, theirs.module, asked, tolerance=TOLERANCE)
    rows = tuple((row.ours, row.theirs, row.maximum, row.mean) for row in table.rows)
    made = SideBySide(
        prompt_tokens=len(tokens),
        ours=ours.words.decode(mine.found),
        theirs=ours.words.decode(other.found),
        bytes=ours.words.decode(byte.found),
        same=agreeing(mine.found, other.found),
        length=length,
        our_speed=mine.speed,
        their_speed=other.speed,
        int8_speed=byte.speed if byte.found else None,
        int8_same=agreeing(mine.found, byte.found),
        logits=rows[-1][2],
        layers=rows,
        first=table.first,
        maximum=max(row[2] for row in rows),
        mean=rows[-1][3],
    )
    yield Step(total, total, made)


def agreeing(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens are the same from the start on."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
