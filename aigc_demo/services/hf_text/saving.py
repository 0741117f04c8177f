"""A conversation or an answer as a file with its run card."""

from collections.abc import Iterator
from typing import Any

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.services import text_saving
from aigc_demo.services.hf_text.prompts import history, messages
from aigc_demo.services.hf_text.requests import SMOLLM2, Chat
from aigc_demo.services.hf_text.values import turns_of
from aigc_demo.services.saving import values, versions
from aigc_demo.services.text_saving import Document, Part


def save(use_case: str, request: Any, format: str, shown: Any) -> Iterator[Step[bytes | None]]:
    """What the page shows now, as it stands: answers are not drawn again."""
    recorded = shown if isinstance(shown, dict) else {}
    said = history(turns_of({**recorded, "cached": False}))
    if not said:
        raise BadRequestError("empty_prompt")
    parts = []
    if isinstance(request, Chat):
        for role, text in said:
            parts.append(Part(f"{text}\n\n", given=role == "user"))
    else:
        parts = [Part(f"{messages(request)[-1][1]}\n\n", given=True), Part(said[-1][1])]
    facts = recorded.get("facts")
    by = facts.get("by", SMOLLM2) if isinstance(facts, dict) else SMOLLM2
    card = Card(use_case, values(request), "", "", versions())
    yield Step(1, 1, text_saving.encode(Document(str(by)[:200], tuple(parts)), format, card))
