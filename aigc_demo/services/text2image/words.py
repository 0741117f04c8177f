"""Words of a prompt before it is drawn: which are known, what is nearest to the others, what the sentence claims."""

from dataclasses import dataclass, replace

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import captions, claims
from aigc_demo.data.scenes import OPPOSITE, Scene
from aigc_demo.services.use_case import Json


@dataclass(frozen=True)
class Unknown:
    """A word that the model does not know."""

    word: str
    nearest: tuple[str, ...]  # known words most like it, best first


def unknown(prompt: str) -> list[Unknown]:
    """The words of a prompt that are not known, in their order."""
    found = [prompt[term.start : term.end] for term in claims.read(prompt).unknown]
    return [Unknown(short(word), tuple(claims.nearest(word))) for word in dict.fromkeys(found)]


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


def composed(language: str, name: str, count: int, background: str, place: str, other: str = "") -> str:
    """The sentence about a scene that was put together of choices; "" is open, `other` stands to the first at `place`.

    BadRequestError for a choice that goes with no other.
    """
    sides = {"top": "above", "bottom": "below"}
    if other and other != name:
        relation = sides.get(place, place) if place != "middle" else ""
        scene = Scene((name, other), background, relation=relation if relation in OPPOSITE else "")
    else:
        scene = Scene((name,), background, count, place if count == 1 else "")
    return captions.sentence(scene, language)


def read(prompt: str) -> Json | None:
    """What a prompt claims, as `as_json` tells it; None where it names no object."""
    found = claims.read(prompt).claims
    return None if found is None else as_json(found)


def as_json(scene: Scene) -> Json:
    """What a sentence claims, as JSON; what it leaves open is "" or 0."""
    whole = replace(scene, count=0) if len(scene.objects) > 1 else scene
    return {
        "objects": list(whole.objects),
        "count": whole.count,
        "background": whole.background,
        "place": whole.place,
        "size": whole.size,
        "relation": whole.relation,
    }
