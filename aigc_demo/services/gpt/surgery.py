"""The odds at a place of a text, after every step of the choice; and what the model foresaw all along the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.sampling.writing import Writer
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.requests import SETTINGS, Surgery
from aigc_demo.services.gpt.token_parts import Growing
from aigc_demo.services.gpt.tokens import Token, entropy, language_model, read_all, sampling, tokens_of
from aigc_demo.services.gpt.write import shown
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

SHOWN = 12  # candidates that are named
BEFORE = 24  # characters that are shown before a place
ROWS = ("softmax", "tempered", "top_k", "top_p", "final")


@dataclass(frozen=True)
class Candidate:
    """One token on its way through the cuts: its probability after each, 0 once it is out."""

    text: str
    softmax: float
    tempered: float
    top_k: float
    top_p: float
    final: float


@dataclass(frozen=True)
class Odds:
    """What can come at a place: the likeliest tokens, and what all others have together."""

    candidates: tuple[Candidate, ...]
    rest: Candidate  # text is empty
    position: int  # of the place in the prompt
    entropy: float  # of the model's own odds, in nats
    text: tuple[Token, ...] | None  # the prompt with what the model foresaw at every place


@torch.inference_mode()
def surgery(store: Store, request: Surgery, read: bool = True) -> Odds:
    """The odds of what comes after the first `position` characters of the prompt.

    `read` False leaves `text` out: the page has it while only the place or the settings change.
    """
    model = language_model(store, request.model)
    prompt = tokens_of(model, request.prompt)
    tokens = prompt[:, : max(1, request.position)]
    found = Writer(model, tokens).consider(sampling(request))
    rows = torch.stack([getattr(found, name) for name in ROWS])[:, 0]  # (5, V)
    best = found.softmax[0].topk(min(SHOWN, rows.shape[1])).indices
    named = [Candidate(model.config.characters[int(i)], *rows[:, i].tolist()) for i in best]
    rest = Candidate("", *rows.index_fill(1, best, 0.0).sum(1).tolist())
    text = read_all(model, prompt) if read else None
    return Odds(tuple(named), rest, tokens.shape[1], float(entropy(found.softmax[0])), text)


def opened(request: Surgery, odds: Odds) -> Json:
    """The odds, and the text where it was read, as the value of a text that grows no more."""
    return {"odds": numbers(request, odds), "text": None if odds.text is None else Growing(odds.text).value}


def numbers(request: Surgery, odds: Odds) -> Json:
    """A list of the candidate and its five probabilities for each, and what stands around the place."""
    start = max(0, odds.position - BEFORE)
    return {
        "candidates": [column(candidate) for candidate in odds.candidates],
        "rest": column(odds.rest),
        "position": odds.position,
        "entropy": plain(odds.entropy),
        "before": request.prompt[start : odds.position],
        "earlier": start > 0,
        "actual": request.prompt[odds.position : odds.position + 1],
        "settings": {name: getattr(request, name) for name in SETTINGS},
    }


def column(candidate: Candidate) -> list[Any]:
    return [candidate.text, *(plain(getattr(candidate, name)) for name in ROWS)]


def document(request: Surgery, run: Sequence[Odds]) -> Document:
    """The text before and after the place, and a line for every candidate."""
    odds = run[-1]
    before, after = request.prompt[: odds.position], request.prompt[odds.position :]
    lines = [f"{'':6}" + "".join(f"{name:>10}" for name in ROWS) + "\n"]
    lines += [line(candidate) for candidate in (*odds.candidates, odds.rest)]
    parts = (Part(before, given=True), Part("|", p=0.001), Part(f"{after}\n\n"), *map(Part, lines))
    return Document("Luoxia · GPT", parts)


def line(candidate: Candidate) -> str:
    """The probabilities of a candidate at every step."""
    shares = "".join(f"{getattr(candidate, name):>10.4f}" for name in ROWS)
    return f"{shown(candidate.text) or 'rest':6}{shares}\n"


USE_CASE: UseCase[Surgery, Odds] = UseCase(
    run=surgery,
    page=each(opened),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (request.model,),
    first=Surgery(),
)
