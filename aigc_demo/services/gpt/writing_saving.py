"""Texts that were written, and the odds at a place of one, as files that carry their run card."""

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aigc_demo.core.card import Card
from aigc_demo.core.steps import Step
from aigc_demo.services import saving, text_saving
from aigc_demo.services.gpt import writing_scripts
from aigc_demo.services.gpt.requests import Surgery, Write
from aigc_demo.services.gpt.results import Candidate, Odds, Token, Written
from aigc_demo.services.text_saving import Document, Part

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

NAMES = {"\n": "\\n", " ": "space"}
ROWS = ("softmax", "tempered", "top_k", "top_p", "final")


class WritingSaving:
    """The part of the service that saves these, and writes them down as Python."""

    store: "Store"

    def save(self: Any, use_case: str, request: Write | Surgery, format: str) -> Iterator[Step[bytes | None]]:
        """The result as a txt, html, png or json file; written again, as a seed fixes it."""
        weights = self.store.sha256(request.model)
        card = Card(use_case, dataclasses.asdict(request), request.model, weights, saving.versions())
        makers: dict[type, Any] = {
            Write: lambda asked: written(self.write(asked)),
            Surgery: lambda asked: cut_open(asked, self.surgery(asked)),
        }
        yield from text_saving.save(makers[type(request)], request, format, card)

    def python(self: Any, request: Write | Surgery) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, with transformers or torch.nn."""
        return writing_scripts.python(request, self.model(request.model).config)


def written(steps: Iterator[Step[Written]]) -> Iterator[Step[Document | None]]:
    """A text on its way -> the document at the end."""
    for step in steps:
        last = step.done >= step.total
        yield Step(step.done, step.total, document(step.value) if last else None)


def document(made: Written) -> Document:
    """A text with what the model gave every character."""
    given = tuple(Part(token.text, given=True) for token in made.prompt)
    return Document("Luoxia · GPT", given + tuple(part(token) for token in made.tokens))


def part(token: Token) -> Part:
    """A character that was written, with its rivals as a note."""
    rivals = ", ".join(f"{shown(rival.text)} {100 * rival.p:.1f} %" for rival in token.rivals)
    return Part(token.text, p=token.p, note=rivals)


def shown(text: str) -> str:
    """A character that can be seen."""
    return NAMES.get(text, text)


def cut_open(request: Surgery, odds: Odds) -> Document:
    """The text before and after the place, and a line for every candidate."""
    before, after = request.prompt[: odds.position], request.prompt[odds.position :]
    lines = [f"{'':6}" + "".join(f"{name:>10}" for name in ROWS) + "\n"]
    lines += [line(candidate) for candidate in (*odds.candidates, odds.rest)]
    parts = (Part(before, given=True), Part("|", p=0.001), Part(f"{after}\n\n"), *map(Part, lines))
    return Document("Luoxia · GPT", parts)


def line(candidate: Candidate) -> str:
    """The probabilities of a candidate at every step."""
    shares = "".join(f"{getattr(candidate, name):>10.4f}" for name in ROWS)
    return f"{shown(candidate.text) or 'rest':6}{shares}\n"
