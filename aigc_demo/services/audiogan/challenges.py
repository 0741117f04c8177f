"""What there is to reach with spoken digits."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.audiogan.experiments import listened
from aigc_demo.services.audiogan.requests import Pad
from aigc_demo.services.challenges import Attempt, Challenge


def understood(store: Store, request: Pad, sounds: Any) -> Attempt:
    """All ten digits heard as asked, with little guidance."""
    _, sure = listened(store, sounds.samples)
    heard = sure.argmax(1).tolist()
    right = sum(digit == place for place, digit in enumerate(heard))
    return Attempt(right == len(heard), request.guidance, {"heard_as_asked": right / len(heard)})


CHALLENGES = {
    "audiogan.challenge_understood": Challenge(start=Pad(guidance=0), look=understood, solved=Pad(seed=0)),
}
