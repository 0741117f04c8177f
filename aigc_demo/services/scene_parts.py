"""What the families about captioned scenes share: sentences that are read, pictures, and what the detector says."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import claims, images, scene_samples, scenes
from aigc_demo.data.captions import sentence
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.data.scene_truth import Seen, look, truth
from aigc_demo.data.scenes import OPPOSITE, Scene
from aigc_demo.services.page_values import Array
from aigc_demo.services.use_case import Json

JUDGE = "judge-scenes"  # the detector
NAMED = 6  # unknown words that are named in a sentence


def understood(text: str) -> claims.Reading:
    """What a sentence says; BadRequestError where there is no word in it, or none that is known."""
    reading = claims.read(text)
    known = [term for term in reading.terms if term.kind not in ("unknown", "filler", "ground")]
    if not reading.terms:
        raise BadRequestError("scene.empty")
    if not known:
        words = list(dict.fromkeys(text[term.start : term.end] for term in reading.unknown)) or [short(text)]
        raise BadRequestError("scene.unknown", words=", ".join(words[:NAMED]))
    return reading


def marked(text: str) -> Json:
    """A sentence for the page to mark: pieces [text, unknown or not], unknown words with their nearest known, and what
    is asked, as `as_json` tells it; None where no object is named."""
    reading = claims.read(text)
    pieces, at = list[tuple[str, bool]](), 0
    unknown: dict[str, list[str]] = {}
    for term in sorted(reading.unknown, key=lambda term: term.start):
        if term.start < at:
            continue
        word = text[term.start : term.end]
        pieces += [(text[at : term.start], False), (word, True)]
        unknown[word] = claims.nearest(word)
        at = term.end
    pieces.append((text[at : claims.LONGEST], False))
    asked = None if reading.claims is None else as_json(reading.claims)
    return {"pieces": [list(piece) for piece in pieces if piece[0]], "unknown": list(unknown.items()), "asked": asked}


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
    return sentence(scene, language)


def picture_of(store: Store, sample: int, picture: str) -> Tensor:
    """A picture of one's own as the models see it, else one that ships: (1, 3, 64, 64) in [-1, 1]."""
    found = uploaded(picture) if picture else scene_samples.read()[sample]
    return torch.from_numpy(np.ascontiguousarray(found))[None].to(store.device)


def uploaded(url: str) -> Array:
    """A picture of any size as a data URL -> all of it on white, (3, 64, 64) in [-1, 1]."""
    return images.square(from_data_url(url), scenes.SIDE, whole=True)


def small(request: Any) -> Any:
    """The request with its own picture as small as the models see it."""
    if not request.picture:
        return request
    return replace(request, picture=images.to_data_url(images.to_pil(uploaded(request.picture))))


def seen(store: Store, pictures: Tensor) -> list[Seen]:
    """What the detector reads in pictures (N, 3, 64, 64)."""
    return look(store.load(JUDGE), pictures)


def verdict(reading: claims.Reading, found: Seen) -> dict[str, bool]:
    """Which claims of a sentence hold for what the detector read; {} where it names no object."""
    return truth(reading.claims, found) if reading.claims else {}


def true_sentences(sample: int) -> dict[str, str]:
    """Language -> what a picture that ships shows, in the usual words."""
    return {language: sentence(scene_samples.samples()[sample], language) for language in ("en", "zh")}
