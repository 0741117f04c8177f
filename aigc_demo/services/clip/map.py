"""Pictures and their sentences on a plane, by principal component analysis (Pearson, 1901; here by a singular value
decomposition of the centred vectors)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import scene_samples
from aigc_demo.data.captions import LANGUAGES, sentence
from aigc_demo.services.clip.requests import CHECKPOINT, Map
from aigc_demo.services.clip.vectors import clip_of, samples, tokens_of
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.scene_parts import understood
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

TITLE = "落霞 · Luoxia: clip-scenes"


@dataclass(frozen=True)
class Point:
    """A picture or a sentence on the plane."""

    kind: str  # "picture", "en", "zh" or "own"
    x: float
    y: float
    text: str  # the sentence; of a picture what it shows
    sample: int  # the picture that it belongs to; of one's own sentence the nearest


@dataclass(frozen=True)
class Mapped:
    """Pictures and sentences on the plane of the first two principal components."""

    points: tuple[Point, ...]
    share: float  # of the variance that the plane shows
    gap: float  # distance of the mean picture from the mean sentence in the common space; 0 where centred
    pictures: Array  # (24, 3, 64, 64) in [-1, 1]


def principal(vectors: Tensor) -> tuple[Tensor, float]:
    """vectors (N, P) -> coordinates on the first two principal components (N, 2), and their share of the variance."""
    centred = vectors - vectors.mean(0)
    u, s, _ = torch.linalg.svd(centred, full_matrices=False)
    turned = u[:, :2] * s[:2]
    sign = torch.where(
        turned.gather(0, turned.abs().argmax(0, keepdim=True)) < 0, -1.0, 1.0
    )  # one of two equal answers
    return turned * sign, float(s[:2].square().sum() / s.square().sum())


@torch.inference_mode()
def plane(store: Store, request: Map) -> Mapped:
    """The pictures that ship, their sentences in both languages, and one's own sentence."""
    own = [request.sentence.strip()] if request.sentence.strip() else []
    for text in own:
        understood(text)
    model, x = clip_of(store), samples(store)
    said = {language: [sentence(scene, language) for scene in scene_samples.samples()] for language in LANGUAGES}
    texts = [*said["en"], *said["zh"], *own]
    pictures, words = model.encode_picture(x), model.encode_text(tokens_of(model, texts))
    nearest = [int((words[-1] @ pictures.T).argmax())] if own else []
    captions = words[: 2 * len(x)].mean(0)
    if request.centred:
        pictures, words = pictures - pictures.mean(0), words - captions
        captions = captions * 0
    gap = float((pictures.mean(0) - captions).norm())
    places, share = principal(torch.cat([pictures, words]))
    numbers = [*range(len(x))] * 3 + nearest
    kinds = [kind for kind in ("picture", *LANGUAGES) for _ in range(len(x))] + ["own"] * len(own)
    told = [*said["en"], *texts]
    rows = zip(kinds, places.tolist(), told, numbers, strict=True)
    points = tuple(Point(kind, across, up, text, number) for kind, (across, up), text, number in rows)
    return Mapped(points, share, gap, x.cpu().numpy())


def sheet(request: Map, made: Mapped) -> Json:
    """The points, and the pictures in a strip."""
    return tiles(made.pictures, **numbers(request, made))


def numbers(request: Map, made: Mapped) -> Json:
    """Every point with its kind, place, sentence and picture; the share of the variance; the gap of the means."""
    return plain(made)


def document(request: Map, run: Sequence[Mapped]) -> Document:
    lines = [f"{point.x:8.4f} {point.y:8.4f}  {point.kind:8} {point.text}\n" for point in run[-1].points]
    return Document(TITLE, tuple(map(Part, lines)))


USE_CASE: UseCase[Map, Mapped] = UseCase(
    run=plane,
    page=each(sheet),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Map(),
)
