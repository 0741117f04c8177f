"""Couplets as documents that can be saved: the upper line, the lower lines tinted by probability, what each costs."""

from collections.abc import Iterator

from aigc_demo.core.steps import Step
from aigc_demo.services.seq2seq.results import Answered, Reply
from aigc_demo.services.text_saving import Document, Part

TITLE = "落霞 · Luoxia: seq2seq-couplets"


def document(answered: Answered) -> Document:
    """The couplet and its other answers."""
    parts = [Part(f"{answered.upper}\n", given=True)]
    for place, reply in enumerate(answered.replies, 1):
        parts += [*signs(reply), Part(f"    {place}   {reply.cost:.2f} nats   {reply.tones}\n", given=True)]
    return Document(TITLE, tuple(parts))


def signs(reply: Reply) -> Iterator[Part]:
    """A lower line, character by character."""
    for character, p in zip(reply.text, reply.p, strict=True):
        yield Part(character, p=p, note=f"p = {100 * p:.3g} %")


def documents(steps: Iterator[Step[Answered]]) -> Iterator[Step[Document]]:
    """Steps of answers -> steps of documents."""
    for step in steps:
        ended = step.value.ended
        yield Step(step.done, step.total, document(step.value) if ended else Document(TITLE, ()))
