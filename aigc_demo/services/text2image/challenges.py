"""What there is to reach with text to picture."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.text2image.requests import Draw

PICTURES = 4


def all_right(store: Store, request: Draw, frame: Any) -> Attempt:
    """Few noise steps, and all four pictures as the sentence says."""
    right = sum(bool(reading.right) and reading.right["all"] for reading in frame.readings)
    return Attempt(request.count == PICTURES and right == PICTURES, request.steps, {"pictures_right": right})


CHALLENGES = {
    "text2image.challenge_four": Challenge(start=Draw(steps=1), look=all_right, solved=Draw()),
}
