"""Sentences as the text-to-image models are told them; what names nothing of this world is refused."""

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import claims
from aigc_demo.data.scenes import Scene


def claimed(prompt: str) -> Scene:
    """What a prompt claims; BadRequestError where it is empty or names no object of this world."""
    if not prompt.strip():
        raise BadRequestError("scene.empty")
    found = claims.read(prompt).claims
    if found is None:
        raise BadRequestError("text2image.prompt_unknown", prompt=short(prompt))
    return found


def checked(prompt: str) -> str:
    """A prompt that names an object, as it is told to the model."""
    claimed(prompt)
    return prompt.strip()


def pushed(negative: str) -> str:
    """A negative prompt: empty, or with a word of this world in it; BadRequestError for others."""
    terms = claims.read(negative).terms
    if negative.strip() and not any(term.kind not in ("unknown", "filler") for term in terms):
        raise BadRequestError("text2image.prompt_unknown", prompt=short(negative))
    return negative.strip()
