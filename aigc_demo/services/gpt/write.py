"""Write on from a prompt, character by character."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling import together
from aigc_demo.sampling.writing import Pick, Wish, Writer, chances, context_of, go_on
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.requests import ENDS, Write
from aigc_demo.services.gpt.token_parts import growing
from aigc_demo.services.gpt.tokens import Token, foreseen, language_model, sampling, token_of, tokens_of
from aigc_demo.services.page_values import plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

TYPED = 110  # characters on the card of the landing page
NAMES = {"\n": "\\n", " ": "space"}


@dataclass(frozen=True)
class Written:
    """A text under way or finished."""

    prompt: tuple[Token, ...]  # what the model read; the first one was not foreseen by anything: p is 1, no rivals
    tokens: tuple[Token, ...]  # what it wrote
    cut: int  # characters at the start of the prompt that do not fit into the context
    speed: float  # tokens a second

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)


def write(store: Store, request: Write) -> Iterator[Step[Written]]:
    model = language_model(store, asked(request))
    yield from write_with(ENGINES.writer(model), request)


def asked(request: Write) -> str:
    """The checkpoint that a request is answered with."""
    return request.checkpoint or request.model


@torch.inference_mode()
def write_with(model: GPT | LSTM, request: Write) -> Iterator[Step[Written]]:
    """As `write`, by this model, whichever the request names. Texts of several people are computed side by side."""
    tokens = tokens_of(model, request.prompt)
    most = context_of(model) or tokens.shape[1]
    recent = tokens[:, -most:]
    writer = Writer(model, recent, every=True)  # the prompt goes through the model once
    prompt = foreseen(model.config.characters, recent, writer.read)
    cut = tokens.shape[1] - recent.shape[1]

    def run(beside: Callable[[Tensor, Any, Wish], tuple[Tensor, Pick]]) -> Iterator[Step[Written]]:
        writer.beside = beside
        found: list[Token] = []
        spent, began = 0.0, time.perf_counter()  # seconds of work: not those until the next step is asked for
        for pick in go_on(writer, sampling(request), chances(request.seed, request.length)):
            token = int(pick.token)
            chance = float(pick.stages.final[0, token])
            found.append(token_of(model.config.characters, token, pick.stages.softmax[0], chance))
            spent += time.perf_counter() - began
            speed = len(found) / max(spent, 1e-9)
            ended = found[-1].text == ENDS.get(asked(request))
            yield Step(len(found), len(found) if ended else request.length, Written(prompt, tuple(found), cut, speed))
            if ended:
                return
            began = time.perf_counter()

    yield from together.texts(model).run(run)


def numbers(request: Write, made: Written) -> Json:
    """The text, the probability of each of its characters, what was cut off the prompt, tokens a second."""
    odds = [token.p for token in made.tokens]
    return plain({"text": made.text, "p": odds, "cut": made.cut, "speed": made.speed})


def document(request: Write, run: Sequence[Written]) -> Document:
    """A text with what the model gave every character."""
    given = tuple(Part(token.text, given=True) for token in run[-1].prompt)
    return Document("Luoxia · GPT", given + tuple(part(token) for token in run[-1].tokens))


def part(token: Token) -> Part:
    """A character that was written, with its rivals as a note."""
    rivals = ", ".join(f"{shown(rival.text)} {100 * rival.p:.1f} %" for rival in token.rivals)
    return Part(token.text, p=token.p, note=rivals)


def shown(text: str) -> str:
    """A character that can be seen."""
    return NAMES.get(text, text)


def card(store: Store) -> Json:
    """The beginning of the first text, whole words, which the card of the landing page types."""
    request = Write(length=TYPED)
    *_, last = write(store, request)
    return {"typed": {"prompt": request.prompt, "text": last.value.text.rpartition(" ")[0]}, "panes": []}


USE_CASE: UseCase[Write, Written] = UseCase(
    run=write,
    page=growing(lambda made: {"cut": made.cut, "speed": round(made.speed, 1)}),
    numbers=numbers,
    file=document,
    formats=TEXT,
    any_engine=True,
    checkpoints=lambda request: (asked(request),),
    first=Write(),
    card=card,
    warm=Write(length=1),
)
