"""Writing on, token by token, with any language model that carries a state: a GPT its cache, an LSTM its memory.

B batch, T tokens, V vocabulary.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import torch
from torch import Tensor

from aigc_demo.core import threads
from aigc_demo.sampling.tokens import Sampling, Stages, draw, stages

MANY = 64  # tokens of a prompt, from which its products are large


class LanguageModel(Protocol):
    """What a model must offer here: `model(tokens (B, T), state) -> logits (B, T, V)`, and an empty state.

    With `last` the logits are those of the last token, (B, 1, V).
    """

    config: Any

    def __call__(self, tokens: Tensor, state: Any = None, last: bool = False) -> Tensor: ...

    def state(self, batch: int = 1) -> Any: ...


class Pick:
    """One token of every row, and what it was chosen from."""

    def __init__(self, token: Tensor, stages: Callable[[], Stages]):
        self.token = token  # (B,)
        self._stages = stages

    @cached_property
    def stages(self) -> Stages:
        """The probabilities; the likeliest token is found without them, so that they are computed when asked for."""
        return self._stages()

    def row(self, row: int) -> "Pick":
        """The pick of one row, with its probabilities."""
        return Pick(self.token[row : row + 1], lambda: self.stages.row(row))


@dataclass(frozen=True)
class Wish:
    """How the next token of every row is to be chosen."""

    how: Sampling
    chance: Tensor  # (B,) in [0, 1): decides
    seen: Tensor | None = None  # tokens (B, T) so far, which only a penalty of repetition looks at


def pick(logits: Tensor, wish: Wish) -> Pick:
    """The next token of every row of logits (B, V)."""
    how = wish.how
    if how.temperature or how.repetition != 1:
        found = stages(logits, how, wish.seen)
        token = draw(found.final, wish.chance) if how.temperature else found.final.argmax(1)
        return Pick(token, lambda: found)
    return Pick(logits.argmax(1), lambda: stages(logits, how))


def pick_each(logits: Tensor, wishes: Sequence[Wish]) -> list[Pick]:
    """The next token of every row of logits (N, V), each by a wish of one row; those that ask alike go as one."""
    found: dict[int, Pick] = {}
    for how in dict.fromkeys(wish.how for wish in wishes):
        rows = [row for row, wish in enumerate(wishes) if wish.how == how]
        chance = torch.cat([wishes[row].chance for row in rows])
        picked = pick(logits[rows], Wish(how, chance, as_one([wishes[row].seen for row in rows])))
        found.update({row: picked.row(place) for place, row in enumerate(rows)})
    return [found[row] for row in range(len(wishes))]


def as_one(seen: Sequence[Tensor | None]) -> Tensor | None:
    """Tokens (1, T) of several texts of any lengths as (N, T): shorter ones say their last token again."""
    given = [tokens for tokens in seen if tokens is not None]
    if not given:
        return None
    most = max(tokens.shape[1] for tokens in given)
    return torch.cat([tokens[:, torch.arange(most).clamp(max=tokens.shape[1] - 1)] for tokens in given])


def context_of(model: LanguageModel) -> int | None:
    """How many tokens a model looks back on at most; None where there is no end."""
    return getattr(model.config, "context", None)


class Writer:
    """A text under way: what was written, and where the model stands.

    When the context is full, the model reads the last half of it anew and goes on from there.
    """

    def __init__(self, model: LanguageModel, tokens: Tensor, every: bool = False):
        """tokens (B, T): where to go on from; of more than the context holds, the last are read.

        `every`: `read` keeps the logits after every token that was read, (B, T, V).
        """
        self.model, self.tokens = model, tokens
        self.beside: Callable[[Tensor, Any, Wish], tuple[Tensor, Pick]] | None = None  # sampling/together.py's `texts`
        self.read = self._read(context_of(model), last=not every)

    def _read(self, most: int | None, last: bool = True) -> Tensor:
        recent = self.tokens if most is None else self.tokens[:, -most:]
        self.state = self.model.state(len(recent))
        with threads.large() if recent.numel() >= MANY else threads.small():
            found = self.model(recent, self.state, last)
        self.logits = found[:, -1]  # (B, V)
        self.held = recent.shape[1]  # tokens in the state
        return found

    def add(self, token: Tensor) -> None:
        """Write token (B,), whoever chose it."""
        if self._write(token):
            with threads.small():
                self.logits = self.model(token[:, None], self.state, True)[:, -1]

    def _write(self, token: Tensor) -> bool:
        """Whether the model is still to be told of the token; not so where it has read it with all that is kept."""
        self.tokens = torch.cat([self.tokens, token[:, None]], dim=1)
        context = context_of(self.model)
        if context is not None and self.held >= context:
            self._read(max(1, context // 2))
            return False
        self.held += 1
        return True

    def wish(self, how: Sampling, chance: Tensor) -> Wish:
        return Wish(how, chance, self.tokens if how.repetition != 1 else None)

    def next(self, token: Tensor, how: Sampling, chance: Tensor) -> Pick:
        """Write token (B,) and choose the one after it, along with other texts where there is a `beside`."""
        if self.beside is None:
            self.add(token)
        elif self._write(token):
            self.logits, found = self.beside(token[:, None], self.state, self.wish(how, chance))
            return found
        return pick(self.logits, self.wish(how, chance))

    def consider(self, how: Sampling) -> Stages:
        """The odds of the next token."""
        return stages(self.logits, how, self.tokens if how.repetition != 1 else None)


def write(model: LanguageModel, tokens: Tensor, how: Sampling, chances: Iterator[Tensor]) -> Iterator[Pick]:
    """Go on from tokens (B, T) for as long as `chances` gives (B,) numbers in [0, 1); each decides about one token."""
    yield from go_on(Writer(model, tokens), how, chances)


def go_on(writer: Writer, how: Sampling, chances: Iterator[Tensor]) -> Iterator[Pick]:
    """As `write`, from where `writer` stands."""
    found: Pick | None = None
    for chance in chances:
        if found is None:
            found = pick(writer.logits, writer.wish(how, chance))
        else:
            found = writer.next(found.token, how, chance)
        yield found


def chances(seed: int, length: int, batch: int = 1) -> Iterator[Tensor]:
    """`length` times (B,) numbers in [0, 1) that the seed fixes."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(length):
        yield torch.rand(batch, generator=generator)
