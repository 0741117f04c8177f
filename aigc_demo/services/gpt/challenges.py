"""What there is to reach with language models."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.gpt.requests import Write

WORD = "love"
WITHIN = 100  # tokens


def said(store: Store, request: Write, written: Any) -> Attempt:
    """A prompt without the word, after which the model comes to write it, or to end it."""
    text = request.prompt + "".join(token.text for token in written.tokens[:WITHIN])
    reached = WORD in text.lower() and WORD not in request.prompt.lower()
    return Attempt(reached, len(request.prompt))


CHALLENGES = {
    "gpt.challenge_word": Challenge(
        start=Write(temperature=0.0, length=WITHIN),
        look=said,
        solved=Write(prompt="thy l", temperature=0.0, length=WITHIN),
    ),
}
