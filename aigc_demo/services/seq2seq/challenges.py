"""What there is to reach with couplets."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.seq2seq.requests import Pair

LEAST = 7  # characters


def opposed(store: Store, request: Pair, answered: Any) -> Attempt:
    """An upper line whose first answer opposes every judged tone, though no tones are asked for."""
    first = answered.replies[0]
    agree = sum(one is True for one in first.agree)
    whole = request.tones == "free" and len(answered.upper) >= LEAST and agree == len(first.agree)
    return Attempt(whole, first.cost, {"opposed": agree, "of_judged": len(first.agree)})


CHALLENGES = {
    "seq2seq.challenge_tones": Challenge(
        start=Pair(tones="free"), look=opposed, solved=Pair(upper="无边落木萧萧下", tones="free")
    ),
}
