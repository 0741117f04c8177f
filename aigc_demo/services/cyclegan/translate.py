"""Translate a picture into the other vendor's style and back again (Zhu et al., 2017, arXiv:1703.10593)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import emoji, images
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.cyclegan import CycleGAN
from aigc_demo.services.cyclegan.requests import CYCLE, JUDGE, Translate
from aigc_demo.services.cyclegan.translators import SIDE, backwards, cross_fade, grid, model_of, pairs, shown
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.page_values import Array, each, moving, tiles
from aigc_demo.services.use_case import Json, UseCase

GROUPS = len(emoji.GROUPS)
ON_CARD = (19, 8, 13)  # pairs on the landing page: a key with a 0, a mushroom, a siren
CARD_HELD, CARD_STEPS, CARD_COLOURS = 5, 6, 96  # frames that a picture stands still and cross-fades; few, to be light
ENLARGED = 4  # times that a cycle error is shown larger than it is


@dataclass(frozen=True)
class Reading:
    """What the judge, and the patch critic of the style that is aimed at, make of a picture."""

    vendor_share: float  # how sure the judge is that the other vendor drew it, 0 to 1
    score: float  # mean of the critic's scores; trained towards 1 for drawn pictures, 0 for translated ones
    scores: Array  # (14, 14), one score per patch


@dataclass(frozen=True)
class Translated:
    """A picture, there and back. Pictures are (3, 64, 64) float32 in [0, 1]; errors are shares of black to white."""

    picture: Array  # as the models saw it
    there: Array
    back: Array
    same: Array  # what the translator of the other direction makes of the picture, which is in its style already
    truth: Array | None  # the same emoji as the other vendor draws it
    cycle_error: Array  # (64, 64), mean over the colours
    readings: tuple[Reading, Reading, Reading | None]  # of picture, there and truth


@torch.inference_mode()
def translate(store: Store, request: Translate) -> Translated:
    """The picture, its translations, and what critic and judge say of it."""
    model, back_to = model_of(store, CYCLE), backwards(request.direction)
    x, truth = seen(store, request)
    there, back = model(x, back_to)
    same = model.translator(not back_to)(x)
    error = (back - x)[0].abs().mean(0).cpu().numpy() / 2
    first, second, *third = read(store, model, back_to, [x, there, *([] if truth is None else [truth])])
    return Translated(
        picture=shown(x)[0],
        there=shown(there)[0],
        back=shown(back)[0],
        same=shown(same)[0],
        truth=None if truth is None else shown(truth)[0],
        cycle_error=error,
        readings=(first, second, third[0] if third else None),
    )


def seen(store: Store, request: Translate) -> tuple[Tensor, Tensor | None]:
    """What is translated (1, 3, 64, 64), and as the other vendor draws it, where that is known."""
    if request.picture:
        return torch.from_numpy(uploaded(request.picture))[None].to(store.device), None
    source, target = pairs(store, request.direction)
    return source[request.sample : request.sample + 1], target[request.sample : request.sample + 1]


def uploaded(url: str) -> Array:
    """A picture of any size as a data URL -> what the models see of it, (3, 64, 64) float in [-1, 1], on white."""
    return images.square(from_data_url(url), SIDE, whole=True)


def small(request: Translate) -> Translate:
    """The request with an uploaded picture of 64 x 64 pixels; made small again it stays the same."""
    if not request.picture:
        return request
    return replace(request, picture=images.to_data_url(images.to_pil(uploaded(request.picture))))


def read(store: Store, model: CycleGAN, back_to: bool, found: list[Tensor]) -> list[Reading]:
    """Critic and judge on pictures (1, 3, 64, 64)."""
    x = torch.cat(found)
    scores = model.discriminator(back_to)(x).cpu().numpy()  # (N, 14, 14)
    target = emoji.VENDORS.index(model.config.names[0 if back_to else 1])
    chances = store.load(JUDGE)(x).softmax(1).view(len(x), -1, GROUPS).sum(2)[:, target]
    return [Reading(float(c), float(s.mean()), s) for c, s in zip(chances, scores, strict=True)]


# as it is looked at, told and saved


def panes(made: Translated) -> list[Array]:
    """The picture, translated, back again, identity, cycle error, the critic's view of picture and translation.

    Then the true pair and the critic's view of it, where there is one. An error of a quarter of the way from black to
    white, or more, is white. The critic's view is black where it takes a picture for drawn (score 1), white where it
    objects (score 0), grey between.
    """
    picture, there, truth = made.readings
    found = [made.picture, made.there, made.back, made.same, grey(ENLARGED * made.cycle_error)]
    found += [objections(picture), objections(there)]
    return found if made.truth is None or truth is None else [*found, made.truth, objections(truth)]


def objections(reading: Reading) -> Array:
    """Where the critic objects, as a picture (3, 64, 64): every score at the four pixels in the middle of its patch."""
    cells = np.kron(1 - reading.scores, np.ones((4, 4)))  # (56, 56)
    return grey(np.pad(cells, 4, mode="edge"))


def grey(shades: Array) -> Array:
    """(H, W) in [0, 1], clipped -> (3, H, W)."""
    return np.stack([np.clip(shades, 0, 1).astype(np.float32)] * 3)


def numbers(request: Translate, made: Translated) -> Json:
    """Cycle error, what judge and critic say, and the mean distance to the true pair before and after."""
    readings = [
        {"vendor_share": round(reading.vendor_share, 4), "score": round(reading.score, 4)}
        for reading in made.readings
        if reading is not None
    ]
    told: Json = {"direction": request.direction, "cycle_error": round(float(made.cycle_error.mean()), 4)}
    told["readings"] = readings
    if made.truth is not None:
        told["away"] = [round(float(np.abs(x - made.truth).mean()), 4) for x in (made.picture, made.there)]
    return told


def sheet(request: Translate, made: Translated) -> Json:
    """All panes in a row, with the numbers."""
    return tiles(np.stack(panes(made)) * 2 - 1, **numbers(request, made))


def film(request: Translate, run: Sequence[Translated]) -> Pictures:
    """From the picture to its translation and back again; all panes but the critic's view of the truth as a still."""
    made, found = run[-1], panes(run[-1])
    still = [*found[:3], *found[4:7]] if made.truth is None else [*found[:3], made.truth, *found[3:7]]
    moving = cross_fade(*(end[None] for end in (made.picture, made.there, made.back)))
    return Pictures(moving, grid(still, len(still) // 2))


def card(store: Store) -> Json:
    """Three emoji going over into the other style and back: a column per moment, a row per emoji."""
    made = [translate(store, Translate(sample=sample)) for sample in ON_CARD]
    moments = []
    for start, end in (("picture", "there"), ("there", "back")):
        ends = [np.concatenate([getattr(result, name) for result in made], axis=1) for name in (start, end)]
        moments += [ends[0]] * CARD_HELD
        moments += [ends[0] + (ends[1] - ends[0]) * step / CARD_STEPS for step in range(1, CARD_STEPS + 1)]
    buffer = io.BytesIO()
    images.to_pil(np.concatenate(moments, axis=2) * 2 - 1).quantize(CARD_COLOURS).save(buffer, "PNG", optimize=True)
    return moving(buffer.getvalue(), len(moments), [f"colour-{emoji.PAIRS[sample]}" for sample in ON_CARD], SIDE)


USE_CASE: UseCase[Translate, Translated] = UseCase(
    run=translate,
    page=each(sheet),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    checkpoints=lambda request: (CYCLE,),
    small=small,
    first=Translate(),
    card=card,
    warm=Translate(),
)
