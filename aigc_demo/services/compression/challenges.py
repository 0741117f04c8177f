"""What there is to reach with fewer bits."""

from typing import TYPE_CHECKING

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.compression.requests import GPT, MATRIX, Bits

if TYPE_CHECKING:
    from aigc_demo.services.compression.shrinking import Shrunk  # a page is served without torch

ROOM = 1.5  # MB
MORE = 1  # per cent that held-out text may cost more


def small(store: Store, request: Bits, made: "Shrunk") -> Attempt:
    """A file of the GPT that is small, and still writes well."""
    size = made.after.size / 1e6
    more = 100 * (made.after.measured.cost / made.before.measured.cost - 1)
    return Attempt(request.model == GPT and size < ROOM and more <= MORE, round(size, 2), {"costs_more": more})


CHALLENGES = {
    "compression.challenge_small": Challenge(
        start=Bits(model=GPT, bits=4, granularity=MATRIX), look=small, solved=Bits(model=GPT, bits=4)
    ),
}
