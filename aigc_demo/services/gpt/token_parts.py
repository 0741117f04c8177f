"""A text that grows token by token, as static/tokens.js draws it.

    {"run": "9f3c", "text": "...", "prompt": "[...]", "parts": ["{...}", ...], "done": 3, "total": 300, ...}

`text` is what was written so far. `prompt` is the tokens of the prompt as JSON, `parts` are the written ones as JSON, a
part for every time that the page was told: {"at": milliseconds since 1970 when its first token was drawn, "tokens":
[...]}. A token is [text, p, chance, entropy, [rival, p, rival, p, ...]], see services/gpt/tokens.py. A part never
changes once it is there: Gradio sends only what is new, and the page may miss any number of values in between.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.services.gpt.tokens import Token
from aigc_demo.services.page_values import plain
from aigc_demo.services.use_case import Json, Page

BURST = 0.015  # seconds that a token waits for others, at most, before the page is told
SLOT = 0.06  # seconds from one message to the next; the rest of it is left to other people


class TextLike(Protocol):
    """A text under way: what was read, and what was written since."""

    @property
    def prompt(self) -> Sequence[Token]: ...
    @property
    def tokens(self) -> Sequence[Token]: ...


R = TypeVar("R", bound=Request)
T = TypeVar("T", bound=TextLike)


def packed(tokens: Sequence[Token]) -> str:
    """Tokens as one line of JSON."""
    return json.dumps([listed(token) for token in tokens], ensure_ascii=False, separators=(",", ":"))


def listed(token: Token) -> list[Any]:
    """A token as the page takes it."""
    rivals = [part for rival in token.rivals for part in (rival.text, plain(rival.p))]
    return [token.text, plain(token.p), plain(token.chance), plain(token.entropy), rivals]


class Growing:
    """The value of a text while it grows."""

    def __init__(self, prompt: Sequence[Token] = ()):
        self.value: Json = {"run": secrets.token_hex(4), "text": "", "prompt": packed(prompt), "parts": []}

    def add(self, tokens: Sequence[Token], at: float = 0.0, **facts: Any) -> Json:
        """`tokens` more, the first of which was drawn `at` so many seconds since 1970 -> the value so far."""
        part = f'{{"at":{at * 1000:.0f},"tokens":{packed(tokens)}}}'
        parts = [*self.value["parts"], part] if tokens else self.value["parts"]
        text = self.value["text"] + "".join(token.text for token in tokens)
        self.value = {**self.value, "text": text, "parts": parts, **facts}
        return self.value


def growing(facts: Callable[[T], Json]) -> Page[R, T]:
    """The `page` of a use case that writes: a burst of tokens every SLOT seconds, with what else is told of the text.

    The page takes some milliseconds for every message, however small: were each token one, it would lag behind.
    """

    def page(request: R, steps: Iterator[Step[T | None]]) -> Iterator[Step[Json | None]]:
        burst, known, drawn = time.perf_counter(), 0, 0.0
        text: Growing | None = None
        for step in steps:
            made, last = step.value, step.done >= step.total
            drawn = drawn or time.time()
            if made is None or (time.perf_counter() - burst < BURST and not last):
                yield Step(step.done, step.total, None)
                continue
            text = text or Growing(made.prompt)
            told = {"done": step.done, "total": step.total, **facts(made)}
            yield Step(step.done, step.total, text.add(made.tokens[known:], drawn, **told))
            known, drawn = len(made.tokens), 0.0
            time.sleep(max(0.0, burst + SLOT - time.perf_counter()) if not last else 0.0)
            burst = time.perf_counter()

    return page
