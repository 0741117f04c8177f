"""What there is to reach with sentences in space."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.textvae.requests import Morph

STOPS = 25
GOAL = 18  # different sentences


def unlike(store: Store, request: Morph, way: Any) -> Attempt:
    """A way between two sentences on which few repeat, with the likeliest words only."""
    different = len({one.text for one in way.steps})
    allowed = request.stops == STOPS and request.temperature == 0
    return Attempt(allowed and different >= GOAL, different, {"different": different})


CHALLENGES = {
    "textvae.challenge_way": Challenge(
        start=Morph(stops=STOPS),
        look=unlike,
        solved=Morph(first="春眠不觉晓", last="独钓寒江雪", stops=STOPS),
        fewer=False,
    ),
}
