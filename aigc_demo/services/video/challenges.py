"""What there is to reach with clips."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.video.requests import NONE, Draw

ASKED = 3
FRAMES = 14  # of 16


def flies(store: Store, request: Draw, moment: Any) -> Attempt:
    """Few steps, and a clip whose digit is read and flies straight and bounces."""
    motion = moment.motions[0]
    read = sum(digit == ASKED for digit in motion.read)
    right = sum(not wrong for wrong in motion.wrong)
    reached = request.digit == ASKED and min(read, right) >= FRAMES
    return Attempt(reached, request.steps, {"frames_read": read, "frames_on_way": right})


CHALLENGES = {
    "video.challenge_flight": Challenge(
        start=Draw(digit=ASKED, second=NONE, seed=3), look=flies, solved=Draw(digit=ASKED, second=NONE, seed=40)
    ),
}
