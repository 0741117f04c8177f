"""What there is to reach with clips."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.video.requests import Draw

ASKED = 3
FRAMES = 14  # of 16


def flies(store: Store, request: Draw, moment: Any) -> Attempt:
    """Few steps, and a clip whose digit is read and flies straight and bounces."""
    read = sum(digit == ASKED for digit in moment.motion.read)
    right = sum(not wrong for wrong in moment.motion.wrong)
    reached = request.digit == ASKED and min(read, right) >= FRAMES
    return Attempt(reached, request.steps, {"frames_read": read, "frames_on_way": right})


CHALLENGES = {
    "video.challenge_flight": Challenge(start=Draw(digit=ASKED), look=flies, solved=Draw(digit=ASKED, seed=40)),
}
