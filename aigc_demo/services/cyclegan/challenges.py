"""What there is to reach with translation between styles."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.cyclegan.requests import Translate

GOAL = 0.016  # mean difference after the way there and back, as a share of black to white


def returned(store: Store, request: Translate, made: Any) -> Attempt:
    """A picture that comes back nearly as it went."""
    error = float(made.cycle_error.mean())
    return Attempt(error <= GOAL, 100 * error)


CHALLENGES = {
    "cyclegan.challenge_return": Challenge(start=Translate(), look=returned, solved=Translate(sample=20)),
}
