"""What there is to reach with autoencoders."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.experiments import judged
from aigc_demo.services.vae.requests import KINDS, Plane

ASKED = 3
SURE = 0.9


def found(store: Store, request: Plane, made: Any) -> Attempt:
    """The point of the plane that the VAE decodes as the digit with the smallest country."""
    vae = KINDS.index("vae")
    sure = float(judged(store, 2 * made[vae : vae + 1, None] - 1)[0, ASKED])
    return Attempt(sure >= SURE, 100 * sure)


CHALLENGES = {
    "vae.challenge_three": Challenge(start=Plane(), look=found, solved=Plane(x=0.1, y=0.2), fewer=False),
}
