"""What there is to reach with chorales."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.music.requests import Write

BARS = 8
GOAL = 1  # broken rule at most


def clean(store: Store, request: Write, piece: Any) -> Attempt:
    """Eight bars in which the voices hardly run in parallel fifths and octaves."""
    broken = len(piece.faults)
    return Attempt(request.bars >= BARS and not request.strict and broken <= GOAL, broken, {"faults": broken})


CHALLENGES = {
    "music.challenge_clean": Challenge(start=Write(), look=clean, solved=Write(temperature=0.5, seed=1)),
}
