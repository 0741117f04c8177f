"""Draw several pictures at once and rank them by CLIP (Ramesh et al., 2021, arXiv:2102.12092, section 2.6)."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images, scene_tokens
from aigc_demo.models import clip as clip_model
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.dalle.drawing import autoencoder_of, clip_of, dalle_of, sampling, strip, text_tokens
from aigc_demo.services.dalle.requests import CHECKPOINT, CLIP, CODES, Candidates
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.scene_parts import seen, understood, verdict
from aigc_demo.services.use_case import Json, UseCase

SCALE = 3  # times that a saved picture is enlarged
REMEMBERED = 16  # drawings that another sentence ranks anew without drawing again


@dataclass(frozen=True)
class Candidate:
    """One of the pictures that were drawn of a sentence."""

    number: int  # in the order in which they were drawn, from 1
    picture: Array  # (3, H, W) in [-1, 1]
    similarity: float  # cosine of picture and sentence
    verdict: dict[str, bool]  # which claims of the sentence hold, by the detector


@dataclass(frozen=True)
class Ranked:
    """Pictures of one sentence, best first."""

    sentence: str  # that they are ranked by
    candidates: tuple[Candidate, ...]


_drawn: OrderedDict[tuple[Any, ...], Tensor] = OrderedDict()  # what fixes a drawing -> tokens (count, side * side)
_lock = threading.Lock()


@torch.inference_mode()
def candidates(store: Store, request: Candidates) -> Iterator[Step[Ranked | None]]:
    """The ranked pictures, with the last step."""
    understood(request.prompt)
    sentence = request.rank if request.rank.strip() else request.prompt
    reading = understood(sentence)
    clip, autoencoder = clip_of(store), autoencoder_of(store)
    tokens = None
    for step in drawn(store, request):
        tokens = step.value
        if tokens is None:
            yield Step(step.done, step.total, None)
    assert tokens is not None
    side = dalle_of(store).config.side
    pictures = autoencoder.decode(tokens.view(-1, side, side)).clamp(-1, 1)
    alike = similarity(clip, pictures, sentence)
    found = [
        Candidate(place + 1, picture.cpu().numpy(), cosine, verdict(reading, what))
        for place, (picture, cosine, what) in enumerate(zip(pictures, alike, seen(store, pictures), strict=True))
    ]
    total = side * side + 1
    yield Step(total, total, Ranked(sentence, tuple(sorted(found, key=lambda one: -one.similarity))))


def drawn(store: Store, request: Candidates) -> Iterator[Step[Tensor | None]]:
    """Tokens (count, side * side) of the pictures, with the last step; at once where they were drawn a moment ago."""
    model = dalle_of(store)
    key = (store.sha256(CHECKPOINT), replace(request, rank=""))
    total = model.config.side**2 + 1
    with _lock:
        known = _drawn.get(key)
    if known is None:
        read = model.to_draw(text_tokens(model, request.prompt, request.count))
        found: list[Tensor] = []
        for pick in write(model.drawing(), read, sampling(request), chances(request.seed, total - 1, request.count)):
            found.append(pick.token - model.config.words)
            yield Step(len(found), total, None)
        known = torch.stack(found, dim=1)
    with _lock:
        _drawn[key] = known
        _drawn.move_to_end(key)
        while len(_drawn) > REMEMBERED:
            _drawn.popitem(last=False)
    yield Step(total, total, known)


def similarity(clip: clip_model.CLIP, pictures: Tensor, sentence: str) -> list[float]:
    """Cosines of pictures (N, 3, 64, 64) and a sentence."""
    said = clip.encode_text(scene_tokens.encode([sentence], clip.config.text.context).to(pictures.device))
    return (clip.encode_picture(pictures) @ said[0]).tolist()


def sheet(request: Candidates, made: Ranked) -> Json:
    """The pictures in a strip, best first, and what is known of each."""
    pictures = np.stack([one.picture for one in made.candidates])
    return {"sheet": strip(pictures), "w": pictures.shape[-1], "h": pictures.shape[-2], **numbers(request, made)}


def numbers(request: Candidates, made: Ranked) -> Json:
    """The sentence that ranked, and number, similarity and claims of every picture, best first."""
    found = [
        {"number": one.number, "similarity": plain(one.similarity), "verdict": one.verdict} for one in made.candidates
    ]
    return {"sentence": made.sentence, "candidates": found}


def still(request: Candidates, run: Sequence[Ranked]) -> Pictures:
    pictures = np.stack([one.picture for one in run[-1].candidates])
    return Pictures([images.grid(pictures, min(len(pictures), 8), SCALE)])


USE_CASE: UseCase[Candidates, Ranked] = UseCase(
    run=candidates,
    page=each(sheet),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CHECKPOINT, CODES, CLIP),
    first=Candidates(),
)
