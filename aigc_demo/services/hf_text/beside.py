"""Our Llama and transformers' with the same weights: the same tokens, every layer, and the time of each."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.pipelines import parity
from aigc_demo.pipelines.text_library import Choosing, generate
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import LanguageModel, chances, write
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import TEXT
from aigc_demo.services.hf_text.models import models
from aigc_demo.services.hf_text.prompts import chat_tokens, fitted, messages
from aigc_demo.services.hf_text.requests import CONTEXT, SMOLLM2, Beside
from aigc_demo.services.page_values import each, numbers
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

TOLERANCE = 1e-3  # absolute, between a layer of ours and the library's
GREEDY = Sampling(temperature=0)


@dataclass(frozen=True)
class SideBySide:
    """One text written by our Llama and by the library's."""

    prompt_tokens: int
    ours: str
    theirs: str
    bytes: str  # what ours wrote with a byte per weight
    same: int  # tokens that agree from the start on
    length: int  # tokens written
    our_speed: float  # tokens a second
    their_speed: float
    int8_speed: float | None  # ours with a byte per weight, None where this machine has no way to it
    int8_same: int
    onnx: str  # the bytes in ONNX Runtime
    onnx_speed: float | None  # None where that is not to be had
    onnx_same: int
    logits: float  # largest absolute difference of the logits of the prompt
    layers: parity.Figures
    first: int | None  # the first layer over the tolerance
    maximum: float  # of all layers
    mean: float  # of the last


@torch.inference_mode()
def greedy(model: LanguageModel, tokens: Sequence[int], length: int) -> Iterator[int]:
    """The likeliest tokens, by our code; ends are tokens like any other here."""
    for pick in write(model, torch.tensor([list(tokens)]), GREEDY, chances(0, length)):
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
        """Tokens per second, 0 before the first one."""
        return len(self.found) / max(self.seconds, 1e-9)


def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Write `request.length` tokens with each, in turn, then compare every layer on the prompt."""
    length = request.length
    asked = messages(request)  # says what is wrong before anything is opened
    opened = models()
    ours, theirs, small = opened.own(), opened.library(), opened.bytes()
    quick = ENGINES.other_writer(small.model) if opened.has_bytes() else None
    tokens, _ = fitted(partial(chat_tokens, ours.words), asked, CONTEXT)
    runs = mine, other, byte, onnx = (
        Clock(greedy(ours.model, tokens, length)),
        Clock(generate(theirs, tokens, Choosing(), length, whole=True)),
        Clock(greedy(small.model, tokens, length) if opened.has_bytes() else iter(())),
        Clock(greedy(quick, tokens, length) if quick else iter(())),
    )
    total = len(runs) * length + 1
    yield Step(0, total, None)
    done = 0
    for run in runs:
        for _ in run:
            done += 1
            yield Step(done, total, None)
    with torch.inference_mode():
        table = parity.compare(ours.model, theirs.module, torch.tensor([tokens]), tolerance=TOLERANCE)
    rows = table.figures
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
        onnx=ours.words.decode(onnx.found),
        onnx_speed=onnx.speed if onnx.found else None,
        onnx_same=agreeing(mine.found, onnx.found),
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


def value(request: Beside, made: SideBySide) -> Json:
    """What the page draws: texts, speeds and the table of layers."""
    return {**asdict(made), "tolerance": TOLERANCE}


def document(request: Beside, run: Sequence[SideBySide]) -> Document:
    """The prompt, and what each wrote."""
    made = run[-1]
    parts = [Part(f"{request.prompt}\n\n", given=True)]
    texts = {"aigc_demo": (made.ours, made.our_speed), "transformers": (made.theirs, made.their_speed)}
    if made.int8_speed is not None:
        texts["aigc_demo, int8"] = (made.bytes, made.int8_speed)
    if made.onnx_speed is not None:
        texts["aigc_demo, int8, ONNX Runtime"] = (made.onnx, made.onnx_speed)
    for name, (text, speed) in texts.items():
        parts += [Part(f"{name}, {speed:.1f} tokens / s\n", given=True), Part(f"{text}\n\n")]
    return Document(SMOLLM2, tuple(parts))


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(value),
    numbers=numbers,
    file=document,
    formats=TEXT,
    parameters=lambda store, request: models().parameters(),
    device="CPU",
    first=Beside(),
)
