"""An answer of a pretrained language model, token by token: what the chat and the three tasks share."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.pipelines.engine import PYTORCH
from aigc_demo.pipelines.text_folder import OpenText, Spelling
from aigc_demo.pipelines.text_library import Choosing, generate
from aigc_demo.pipelines.translation import into
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.engines import ENGINES, engine_of
from aigc_demo.services.files import TEXT
from aigc_demo.services.hf_text.models import Models, models
from aigc_demo.services.hf_text.prompts import chat_tokens, encoder_text, fitted, messages
from aigc_demo.services.hf_text.requests import (
    CONTEXT,
    SMOLLM2,
    Ask,
    Chat,
    Message,
    Summarise,
    Translate,
    plain,
    turns,
    written,
)
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

FLUSH = 0.015  # seconds that a token waits for others, at most, before the page is told
Asked = Chat | Summarise | Ask | Translate


@dataclass(frozen=True)
class Said:
    """An answer under way or finished; nothing of it is there while the model is opened."""

    turns: tuple[Message, ...] = ()  # the conversation that it answers; a task has none
    text: str = ""
    tokens: int = 0  # of the answer
    prompt_tokens: int = 0  # that were read before it
    cut: int = 0  # tokens of what was sent that did not fit, and were left out
    speed: float = 0.0  # tokens a second, from the first one on
    wait: float = 0.0  # seconds until the first one
    ended: str = ""  # "end": the model came to an end; "length": it was cut off; "": under way
    by: str = ""  # who answers: a model and its engine


Answering = Iterator[Step[Said | None]]


def answered(models: Models, request: Asked, before: Sequence[Message] = ()) -> Answering:
    """Open what is needed (value None), then yield the answer token by token. `before`: the conversation so far."""
    told = messages(request, before)  # says what is wrong before anything is opened
    if not request.name.strip():
        models.own_folder()  # and before anything on the page is replaced
    said = Said(turns=tuple(turn for turn in told if turn[0] != "system") if isinstance(request, Chat) else ())
    yield Step(0, request.length, said)
    yield from (by_guest if request.name.strip() else by_smollm2)(models, request, told, said)


def by_smollm2(models: Models, request: Asked, told: Sequence[Message], said: Said) -> Answering:
    """The answer of SmolLM2 to what was told, by the engine of the request."""
    opened = models.bytes() if request.engine == "int8" else models.own()
    room = min(CONTEXT, opened.model.config.context - 1)
    room = max(room - request.length, room // 2)
    tokens, cut = fitted(partial(chat_tokens, opened.words), told, room, begins(request))
    if request.engine == "transformers":
        made = generate(models.library(), tokens, choosing(request), request.length)
    else:
        # bytes go through ONNX Runtime where that is to be had; in float32 a file would take half a gigabyte
        writer = ENGINES.writer(opened.model) if request.engine == "int8" else opened.model
        made = by_us(replace(opened, model=writer), tokens, request)
    engine = engine_of([opened.model]) if request.engine == "int8" else PYTORCH
    by = " · ".join([SMOLLM2, request.engine, *([engine] if engine != PYTORCH else [])])
    said = replace(said, prompt_tokens=len(tokens), cut=cut, by=by)
    yield from spelled(made, opened.words, request.length, said)


def by_guest(models: Models, request: Asked, told: Sequence[Message], said: Said) -> Answering:
    """The answer of a model of the hub, by transformers; megabytes while it travels."""
    model = None
    for step in models.guest(request.name.strip()):
        model = step.value
        yield Step(step.done, step.total, None)
    assert model is not None
    room = max(1, min(CONTEXT, model.context - 1))
    if model.encodes:
        model = into(model, request.language) if isinstance(request, Translate) else model
        whole = model.encode(encoder_text(request, model.prefixes))
        tokens, cut = whole[:room], max(0, len(whole) - room)
    else:
        tokens, cut = fitted(model.encode_chat, told, max(1, room - request.length, room // 2), begins(request))
    length = min(request.length, max(1, model.context - (0 if model.encodes else len(tokens))))
    made = generate(model, tokens, choosing(request), length)
    said = replace(said, prompt_tokens=len(tokens), cut=cut, by=f"{model.name} · transformers")
    yield from spelled(made, model, length, said)


def begins(request: Asked) -> bool:
    """Whether what matters stands at the start of what is sent: the task, before a long text."""
    return isinstance(request, Summarise | Translate)


def sampling(request: Asked) -> Sampling:
    """How tokens are chosen, by what the request says of it."""
    names = ("temperature", "top_k", "top_p", "min_p", "repetition")
    return Sampling(**{name: getattr(request, name) for name in names if hasattr(request, name)})


def choosing(request: Asked) -> Choosing:
    how = sampling(request)
    return Choosing(how.temperature, how.top_k, how.top_p, how.min_p, how.repetition, request.seed)


@torch.inference_mode()
def by_us(opened: OpenText, tokens: Sequence[int], request: Asked) -> Iterator[int]:
    """Tokens after these from our own network, until it ends."""
    ends = {opened.words.special(name) for name in ("<|im_end|>", "<|endoftext|>")}
    start = torch.tensor([list(tokens)])
    for pick in write(opened.model, start, sampling(request), chances(request.seed, request.length)):
        token = int(pick.token)
        if token in ends:
            return
        yield token


def spelled(made: Iterator[int], words: Any, length: int, said: Said) -> Answering:
    """Tokens as a growing answer, with its speed."""
    began = time.perf_counter()
    wait, spelling, count = 0.0, Spelling(words), 0
    yield Step(0, length, said)
    try:
        for token in made:
            now = time.perf_counter()
            wait = wait or now - began
            count += 1
            spelling.add(token)
            speed = (count - 1) / max(now - began - wait, 1e-9) if count > 1 else 0.0
            said = replace(said, text=spelling.text, tokens=count, speed=round(speed, 2), wait=round(wait, 3))
            yield Step(count, length, said)
    finally:
        close = getattr(made, "close", None)
        if close:
            close()
    text = spelling.text + spelling.rest()
    yield Step(length, length, replace(said, text=text, ended="length" if count >= length else "end"))


# as it is looked at, told and saved


def conversation(said: Said) -> Json:
    """What ui/tabs/hf_text/talk.js draws. `live` is the answer that grows; stopped there, it counts as said."""
    facts = {name: getattr(said, name) for name in ("by", "tokens", "cut", "speed", "wait", "ended")}
    kept = plain([*said.turns, ("assistant", said.text)] if said.ended else said.turns)
    return {
        "turns": kept,
        "live": "" if said.ended else said.text,
        "facts": {**facts, "prompt": said.prompt_tokens} if said.by else None,
        "cached": False,
    }


def page(request: Asked, steps: Answering) -> Iterator[Step[Json | None]]:
    """The conversation, within FLUSH seconds of every token."""
    sent = 0.0
    for step in steps:
        said, now = step.value, time.perf_counter()
        if said is None or (said.text and not said.ended and now - sent < FLUSH):
            yield Step(step.done, step.total, None)
            continue
        sent = now
        yield Step(step.done, step.total, conversation(said))


def spoken(value: Any) -> list[Message]:
    """The turns of what the page shows; BadRequestError where that is no conversation."""
    shown = value if isinstance(value, dict) else {}
    found, live = turns(shown.get("turns")), shown.get("live")
    return [*found, *turns([{"role": "assistant", "content": live}])] if live else found


def stands(store: Store, request: Asked, value: Any) -> Said:
    """The answer that stands on the page, for a save: it is not drawn again."""
    *before, (role, text) = spoken(value) or [("", "")]
    if not role:
        raise BadRequestError("empty_prompt")
    facts = value.get("facts")
    by = str(facts.get("by", SMOLLM2)) if isinstance(facts, dict) else SMOLLM2
    if role == "user":
        return Said(turns=(*before, (role, text)), by=by)
    return Said(turns=tuple(before), text=text, by=by)


def numbers(request: Asked, said: Said) -> Json:
    """The answer and its figures; of a chat also the conversation, as the next request takes it."""
    names = ("text", "tokens", "prompt_tokens", "cut", "speed", "wait", "ended", "by")
    told = {name: getattr(said, name) for name in names}
    if isinstance(request, Chat) and said.ended:
        told["history"] = written([*said.turns, ("assistant", said.text)])
    return told


def document(request: Asked, run: Sequence[Said]) -> Document:
    """The conversation, or what was asked and its answer."""
    said = run[-1]
    asked = said.turns if isinstance(request, Chat) else messages(request)[-1:]
    parts = [Part(f"{text}\n\n", given=role == "user") for role, text in asked]
    return Document(said.by[:200], (*parts, Part(said.text)))


def answer(store: Store, request: Asked) -> Answering:
    """Yield the answer as it grows."""
    yield from answered(models(), request)


def parameters(store: Store, request: Asked) -> int:
    """Number of weights of the model that answers."""
    return models().parameters(request.name.strip())


def task(first: Asked) -> UseCase[Any, Said]:
    """A use case in which a text goes in and an answer comes out."""
    return UseCase(
        run=answer,
        page=page,
        numbers=numbers,
        file=document,
        formats=TEXT,
        shown=stands,
        parameters=parameters,
        device="CPU",
        first=first,
    )
