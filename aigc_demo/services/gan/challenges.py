"""What there is to reach with GANs."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.gan.requests import Points

CLOUDS = 9
MOST = 1000  # updates of the generator


def caught(store: Store, request: Points, frame: Any) -> Attempt:
    """All clouds of the grid at once, at any moment of the training."""
    return Attempt(frame.modes == CLOUDS and frame.step <= MOST, frame.step, {"clouds": max(frame.modes, 0)})


CHALLENGES = {
    "gan.challenge_clouds": Challenge(
        start=Points(loss="logistic", rate_generator=0.005, rate_critic=0.001, turns=500),
        look=caught,
        solved=Points(rate_generator=0.003, rate_critic=0.005, updates=2, turns=MOST),
        moments=True,
    ),
}
