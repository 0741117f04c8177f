"""The odds at a place as the page takes them: what travels to the browser."""

from typing import Any

from aigc_demo.services.gpt.requests import Surgery
from aigc_demo.services.gpt.results import Candidate, Odds
from aigc_demo.services.token_parts import digits

SETTINGS = ("model", "temperature", "top_k", "top_p", "min_p", "repetition")  # of a request about how to choose
BEFORE = 24  # characters that are shown before a place


def odds_value(request: Surgery, odds: Odds) -> dict[str, Any]:
    """The odds as the page takes them: a list of the candidate and its five probabilities for each."""
    start = max(0, odds.position - BEFORE)
    following = request.prompt[odds.position : odds.position + 1]
    return {
        "candidates": [column(candidate) for candidate in odds.candidates],
        "rest": column(odds.rest),
        "position": odds.position,
        "entropy": digits(odds.entropy),
        "before": request.prompt[start : odds.position],
        "earlier": start > 0,
        "actual": following,
        "settings": {name: getattr(request, name) for name in SETTINGS},
    }


def column(candidate: Candidate) -> list[Any]:
    """A candidate and its probabilities."""
    names = ("softmax", "tempered", "top_k", "top_p", "final")
    return [candidate.text, *(digits(getattr(candidate, name)) for name in names)]
