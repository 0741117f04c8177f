"""The hf_text use-cases: chat, summarise, ask, translate, and our own Llama beside transformers."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from aigc_demo.core.steps import Step
from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines.text_folder import OpenText, Spelling
from aigc_demo.pipelines.text_library import Choosing, LibraryText, generate
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.hf_text import saving, scripts
from aigc_demo.services.hf_text.beside import beside
from aigc_demo.services.hf_text.desk import Desk
from aigc_demo.services.hf_text.prompts import Message, chat_tokens, encoder_text, fitted, history, messages
from aigc_demo.services.hf_text.requests import CONTEXT, SMOLLM2, Ask, Beside, Chat, Summarise, Translate
from aigc_demo.services.hf_text.results import Loading, Said, SideBySide

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

Request = Chat | Summarise | Ask | Translate
Made = Iterator[Step["Said | Loading"]]


class HFTextService:
    """Pretrained language models; what a person said travels with each request and stays nowhere."""

    def __init__(self, store: "Store | None" = None, desk: Desk | None = None):
        self.store = store
        self.desk = desk or Desk(data_folder("smollm2"), data_folder("hub"))

    def chat(self, request: Chat, before: Any = ()) -> Made:
        """Answer the message; `before` is the conversation so far, [{"role": ..., "content": ...}, ...]."""
        yield from self._answer(request, history(before))

    def summarise(self, request: Summarise) -> Made:
        """Yield the summary as it grows."""
        yield from self._answer(request)

    def ask(self, request: Ask) -> Made:
        """Yield the answer as it grows."""
        yield from self._answer(request)

    def translate(self, request: Translate) -> Made:
        """Yield the translation as it grows."""
        yield from self._answer(request)

    def beside(self, request: Beside) -> Iterator[Step[SideBySide | None]]:
        """Our Llama beside the library's; the result comes with the last step."""
        yield from beside(self.desk, request, fitted(self._encoder(self.desk.own()), messages(request), CONTEXT)[0])

    def beside_value(self, made: SideBySide) -> dict[str, Any]:
        """The comparison as JSON."""
        return asdict(made)

    def python(self, request: Request) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, with transformers."""
        return scripts.python(request)

    def save(self, use_case: str, request: Request, format: str, shown: Any) -> Iterator[Step[bytes | None]]:
        """What the page shows as a txt, html, png or json file with its run card."""
        yield from saving.save(use_case, request, format, shown)

    def fetch(self) -> Iterator[Step[Loading]]:
        """Bring SmolLM2 to this machine."""
        yield from self.desk.fetch()

    def is_there(self) -> bool:
        """Whether SmolLM2 is on this machine."""
        return self.desk.has_smollm2()

    def describe(self, name: str) -> dict[str, Any]:
        """What a model of the hub is and how large, before its weights travel."""
        about = self.desk.hub.about(name)
        facts = {"name": about.name, "megabytes": about.megabytes, "kind": about.kind, "licence": about.licence}
        return {**facts, "files": len(about.files)}

    def _encoder(self, opened: OpenText) -> Callable[[Sequence[Message]], list[int]]:
        return partial(chat_tokens, opened.words)

    def _answer(self, request: Request, before: Sequence[Message] = ()) -> Made:
        """Open what is needed, then yield the answer token by token."""
        told = messages(request, before)  # says what is wrong before anything is opened
        if request.name.strip():
            yield from self._by_guest(request, told)
            return
        yield Step(0, request.length, Loading("open", 0))
        opened = self.desk.bytes() if request.engine == "int8" else self.desk.own()
        room = min(CONTEXT, opened.model.config.context - 1)
        tokens, cut = fitted(self._encoder(opened), told, max(room - request.length, room // 2), begins(request))
        if request.engine == "transformers":
            library = self.desk.library()
            made = generate(library, tokens, choosing(request), request.length)
        else:
            made = by_us(opened, tokens, request)
        by = f"{SMOLLM2} · {request.engine}"
        yield from spelled(made, opened.words, request.length, Said("", 0, len(tokens), cut, 0.0, 0.0, "", by))

    def _by_guest(self, request: Request, told: Sequence[Message]) -> Made:
        """The same by a model of the hub, through transformers."""
        model: LibraryText | None = None
        for step in self.desk.guest(request.name.strip()):
            model = step.value
            yield Step(0, request.length, Loading("hub", step.done))
        assert model is not None
        room = max(1, min(CONTEXT, model.context - 1))
        if model.encodes:
            whole = model.encode(encoder_text(request, model.prefixes))
            tokens, cut = whole[:room], max(0, len(whole) - room)
        else:
            tokens, cut = fitted(model.encode_chat, told, max(1, room - request.length, room // 2), begins(request))
        length = min(request.length, max(1, model.context - (0 if model.encodes else len(tokens))))
        made = generate(model, tokens, choosing(request), length)
        first = Said("", 0, len(tokens), cut, 0.0, 0.0, "", f"{model.name} · transformers")
        yield from spelled(made, model, length, first)


def begins(request: Any) -> bool:
    """Whether what matters stands at the start of what is sent: the task, before a long text."""
    return isinstance(request, Summarise | Translate)


def sampling(request: Any) -> Sampling:
    """How tokens are chosen, by what the request says of it."""
    names = ("temperature", "top_k", "top_p", "min_p", "repetition")
    return Sampling(**{name: getattr(request, name) for name in names if hasattr(request, name)})


def choosing(request: Any) -> Choosing:
    """The same for the library."""
    how = sampling(request)
    return Choosing(how.temperature, how.top_k, how.top_p, how.min_p, how.repetition, request.seed)


@torch.inference_mode()
def by_us(opened: OpenText, tokens: Sequence[int], request: Any) -> Iterator[int]:
    """Tokens after these from our own network, until it ends."""
    ends = {opened.words.special(name) for name in ("<|im_end|>", "<|endoftext|>")}
    start = torch.tensor([list(tokens)])
    for pick in write(opened.model, start, sampling(request), chances(request.seed, request.length)):
        token = int(pick.token)
        if token in ends:
            return
        yield token


def spelled(made: Iterator[int], words: Any, length: int, first: Said) -> Made:
    """Tokens as a growing answer, with its speed."""
    began = time.perf_counter()
    said, wait, spelling = first, 0.0, Spelling(words)
    yield Step(0, length, said)
    count = 0
    try:
        for token in made:
            now = time.perf_counter()
            wait = wait or now - began
            count += 1
            spelling.add(token)
            speed = (count - 1) / max(now - began - wait, 1e-9) if count > 1 else 0.0
            said = said_more(first, spelling.text, count, speed, wait)
            yield Step(count, length, said)
    finally:
        close = getattr(made, "close", None)
        if close:
            close()
    text = spelling.text + spelling.rest()
    yield Step(length, length, said_more(said, text, count, said.speed, wait, "length" if count >= length else "end"))


def said_more(said: Said, text: str, tokens: int, speed: float, wait: float, ended: str = "") -> Said:
    """The answer with more of it there."""
    return Said(text, tokens, said.prompt_tokens, said.cut, round(speed, 2), round(wait, 3), ended, said.by)


create = HFTextService
