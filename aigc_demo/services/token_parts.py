"""Tokens on their way to the page, for every family that writes: the value of static/tokens.js.

    {"run": "9f3c", "text": "...", "prompt": "[...]", "parts": ["{...}", ...], ...}

`text` is what was written so far. `prompt` is the tokens of the prompt as JSON, `parts` are the written ones as JSON, a
part for every time that the page was told: {"at": milliseconds since 1970 when its first token was drawn, "tokens":
[...]}. A token is [text, p, chance, entropy, [rival, p, rival, p, ...]], see services/gpt/results.py. A part never
changes once it is there: Gradio sends only what is new, and the page may miss any number of values in between.
"""

import json
import secrets
from collections.abc import Sequence
from typing import Any, Protocol


class RivalLike(Protocol):
    """A token that could have stood there."""

    @property
    def text(self) -> str: ...
    @property
    def p(self) -> float: ...


class TokenLike(Protocol):
    """A token and what the model thought of it; services/gpt/results.Token is one."""

    @property
    def text(self) -> str: ...
    @property
    def p(self) -> float: ...
    @property
    def chance(self) -> float: ...
    @property
    def entropy(self) -> float: ...
    @property
    def rivals(self) -> Sequence[RivalLike]: ...


def digits(number: float) -> float:
    """Four digits are enough to look at."""
    return float(f"{number:.4g}")


def plain(token: TokenLike) -> list[Any]:
    """A token as the page takes it."""
    rivals = [part for rival in token.rivals for part in (rival.text, digits(rival.p))]
    return [token.text, digits(token.p), digits(token.chance), digits(token.entropy), rivals]


def packed(tokens: Sequence[TokenLike]) -> str:
    """Tokens as one line of JSON."""
    return json.dumps([plain(token) for token in tokens], ensure_ascii=False, separators=(",", ":"))


class Growing:
    """The value of a text while it grows."""

    def __init__(self, prompt: Sequence[TokenLike] = (), **facts: Any):
        self.value: dict[str, Any] = {
            "run": secrets.token_hex(4),
            "text": "",
            "prompt": packed(prompt),
            "parts": [],
            **facts,
        }

    def add(self, tokens: Sequence[TokenLike], at: float = 0.0, **facts: Any) -> dict[str, Any]:
        """`tokens` more, the first of which was drawn `at` so many seconds since 1970 -> the value so far."""
        part = f'{{"at":{at * 1000:.0f},"tokens":{packed(tokens)}}}'
        parts = [*self.value["parts"], part] if tokens else self.value["parts"]
        text = self.value["text"] + "".join(token.text for token in tokens)
        self.value = {**self.value, "text": text, "parts": parts, **facts}
        return self.value
