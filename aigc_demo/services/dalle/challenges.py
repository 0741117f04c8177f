"""What there is to reach with image tokens."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.dalle.requests import Draw


def hot(store: Store, request: Draw, drawn: Any) -> Attempt:
    """A high temperature with nothing cut off, and still what the sentence says."""
    verdict = drawn.finished["verdict"]
    free = request.top_k == 0 and request.top_p == 1 and not request.kept
    right = bool(verdict) and verdict["all"]
    return Attempt(free and right, request.temperature, {"claims_right": sum(verdict.values()), "claims": len(verdict)})


CHALLENGES = {
    "dalle.challenge_hot": Challenge(
        start=Draw(temperature=2.0, top_p=1.0), look=hot, solved=Draw(temperature=0.3, top_p=1.0, seed=1), fewer=False
    ),
}
