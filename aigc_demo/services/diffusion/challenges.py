"""What there is to reach with diffusion."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.diffusion.requests import Draw
from aigc_demo.services.experiments import judged

ASKED = 8
SURE = 0.9  # of the judge, that it is the digit that was asked for
GREY = 0.065  # share of pixels that are neither paper nor ink; after 20 steps of DDIM 0.0635
TWICE = "heun"  # asks the network twice in every step but the last


def clear(store: Store, request: Draw, frame: Any) -> Attempt:
    """Few questions to the network, and a digit as clear as that of many."""
    sure = float(judged(store, frame.x[None])[0, ASKED])
    grey = float((abs(frame.x) < 0.6).mean())
    calls = 2 * request.steps - 1 if request.sampler == TWICE else request.steps
    return Attempt(sure >= SURE and grey <= GREY, calls, {"sure": sure, "grey_share": grey})


CHALLENGES = {
    "diffusion.challenge_clear": Challenge(
        start=Draw(digit=ASKED, steps=4), look=clear, solved=Draw(digit=ASKED, steps=4, sampler="dpmpp")
    ),
}
