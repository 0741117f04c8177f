"""What there is to reach in the training room."""

from typing import TYPE_CHECKING

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.training.requests import Horses

if TYPE_CHECKING:
    from aigc_demo.services.training.horses import Reading

ASKED = 1.7  # nats per character
SPARE = 1.1  # times the seconds of the best split


def cheap(store: Store, request: Horses, made: "Reading") -> Attempt:
    """The loss that is asked for, in hardly more seconds than the best split needs."""
    from aigc_demo.services.training.horses import best

    needed = next(seconds for seconds in range(10, 1000, 2) if best(made.fit, seconds).loss <= ASKED)
    reached = made.now.loss <= ASKED and made.now.seconds <= SPARE * needed
    return Attempt(reached, round(made.now.seconds), {"law_loss": made.now.loss})


CHALLENGES = {
    "training.challenge_cheap": Challenge(
        start=Horses(parameters=400, tokens=3000), look=cheap, solved=Horses(parameters=90, tokens=2300)
    ),
}
