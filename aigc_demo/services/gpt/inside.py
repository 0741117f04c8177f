"""Results of the tabs that look inside a language model, as files that carry their run card."""

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.core.steps import Step
from aigc_demo.services import saving, text_saving
from aigc_demo.services.gpt import inside_scripts
from aigc_demo.services.gpt.requests import Attend, Beside, Race, Remember, Tune
from aigc_demo.services.gpt.results import Attention, BesideLibrary, Raced, Remembered
from aigc_demo.services.text_saving import Document, Part

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

Inside = Attend | Remember | Race | Beside
CELL, GAP = 4, 12  # pixels of a character in a map, and between two maps
PAPER, GLOW = (0xFB, 0xF8, 0xF3), (0xC8, 0x45, 0x2B)


class InsideSaving:
    """The part of the service that saves these, and writes them down as Python."""

    store: "Store"

    def save_inside(self: Any, use_case: str, request: Inside, format: str) -> Iterator[Step[bytes | None]]:
        """The result of a request as a file."""
        weights = self.store.sha256(checkpoint(request))
        card = Card(use_case, dataclasses.asdict(request), checkpoint(request), weights, saving.versions())
        if isinstance(request, Attend):
            pictures = [] if format == "json" else [maps(self.attend(request))]
            yield Step(1, 1, saving.encode(pictures, format, card))
            return
        makers = {Remember: self.remember, Race: self.race, Beside: self.beside}
        yield from text_saving.save(lambda asked: documents(makers[type(asked)](asked)), request, format, card)

    def inside_python(self, request: Inside | Tune) -> tuple[str, str]:
        """A request as two runnable scripts."""
        return inside_scripts.python(request)


def checkpoint(request: Inside) -> str:
    """The model that a request is about first."""
    return f"gpt-{request.text}" if isinstance(request, Remember) else request.model


def documents(steps: Iterator[Step[Any]]) -> Iterator[Step[Document | None]]:
    """Results on their way -> texts to save."""
    for step in steps:
        last = step.done >= step.total and step.value is not None
        yield Step(step.done, step.total, document(step.value) if last else None)


def document(made: Remembered | Raced | BesideLibrary) -> Document:
    """A result as a text."""
    if isinstance(made, Remembered):
        pairs = (("GPT", made.gpt), ("LSTM", made.lstm))
        parts = [part for name, side in pairs for part in authored(name, made.prompt, side.text, side.p)]
        return Document("LSTM / GPT", tuple(parts))
    if isinstance(made, Raced):
        means = (sum(times) / len(times) for times in (made.with_cache, made.without))
        title = "KV cache: {:.1f} ms / {:.1f} ms".format(*means)
        return Document(title, (Part(made.prompt, given=True), Part(made.text)))
    sides = (
        (f"aigc_demo, {made.our_speed:.0f} / s", made.ours),
        (f"{made.kind}, {made.their_speed:.0f} / s", made.theirs),
    )
    parts = [part for name, text in sides for part in authored(name, made.prompt, text, ())]
    return Document(f"aigc_demo / transformers: {made.same} / {len(made.ours)}", tuple(parts))


def authored(name: str, prompt: str, text: str, p: tuple[float, ...]) -> list[Part]:
    """A text with the name of its author above it."""
    odds = p or (None,) * len(text)
    letters = [Part(letter, p=chance) for letter, chance in zip(text, odds, strict=True)]
    return [Part(f"[{name}]\n", given=True), Part(prompt, given=True), *letters, Part("\n\n")]


def maps(made: Attention) -> Image.Image:
    """Every head as a map: a row per layer."""
    layers, heads = made.weights.shape[:2]
    count = len(made.text)
    rows, columns = np.tril_indices(count)
    side, paper, glow = count * CELL + GAP, np.array(PAPER), np.array(GLOW)
    sheet = np.full((layers * side + GAP, heads * side + GAP, 3), PAPER, dtype=np.uint8)
    for layer in range(layers):
        for head in range(heads):
            shares = np.zeros((count, count, 1))
            shares[rows, columns, 0] = np.minimum(1, 1.1 * (made.weights[layer, head] / 255) ** 0.6)
            small = paper + shares * (glow - paper)
            small[np.triu_indices(count, 1)] = (0xE6, 0xDF, 0xD3)  # ahead
            top, left = GAP + layer * side, GAP + head * side
            large = small.round().astype(np.uint8).repeat(CELL, axis=0).repeat(CELL, axis=1)
            sheet[top : top + count * CELL, left : left + count * CELL] = large
    return Image.fromarray(sheet)
