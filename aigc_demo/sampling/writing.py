"""Writing on, token by token, with any language model that carries a state: a GPT its cache, an LSTM its memory.

B batch, T tokens, V vocabulary.
"""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
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
        self.step: Callable[[Tensor, Any], Tensor] = partial(model, last=True)  # token (B, 1), state -> (B, 1, V)
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
        self.tokens = torch.cat([self.tokens, token[:, None]], dim=1)
        context = context_of(self.model)
        if context is not None and self.held >= context:
            self._read(max(1, context // 2))
            return
        with threads.small():
            self.logits = self.step(token[:, None], self.state)[:, -1]
        self.held += 1

    def consider(self, how: Sampling) -> Stages:
        """The odds of the next token."""
        return stages(self.logits, how, self.tokens if how.repetition != 1 else None)


def write(model: LanguageModel, tokens: Tensor, how: Sampling, chances: Iterator[Tensor]) -> Iterator[Pick]:
    """Go on from tokens (B, T) for as long as `chances` gives (B,) numbers in [0, 1); each decides about one token."""
    yield from go_on(Writer(model, tokens), how, chances)


def go_on(writer: Writer, how: Sampling, chances: Iterator[Tensor]) -> Iterator[Pick]:
    """As `write`, from where `writer` stands."""
    token: Tensor | None = None
    for chance in chances:
        if token is not None:
            writer.add(token)
        if how.temperature or how.repetition != 1:
            found = writer.consider(how)
            token = draw(found.final, chance) if how.temperature else found.final.argmax(1)
            yield Pick(token, lambda found=found: found)  # type: ignore[misc]
        else:
            token = writer.logits.argmax(1)
            yield Pick(token, partial(stages, writer.logits, how))


def chances(seed: int, length: int, batch: int = 1) -> Iterator[Tensor]:
    """`length` times (B,) numbers in [0, 1) that the seed fixes."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(length):
        yield torch.rand(batch, generator=generator)
