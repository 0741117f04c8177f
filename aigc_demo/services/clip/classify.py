"""Zero-shot classification: the label whose sentence is nearest to the picture (arXiv:2103.00020, section 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.clip.requests import CHECKPOINT, Classify
from aigc_demo.services.clip.vectors import clip_of, lines_of, scale_of, tokens_of
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import Array, each, plain, png
from aigc_demo.services.scene_parts import picture_of, small, true_sentences
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

TITLE = "落霞 · Luoxia: clip-scenes"


@dataclass(frozen=True)
class Classified:
    """A picture and the labels that were asked for, best first."""

    picture: Array  # (3, 64, 64) in [-1, 1]
    labels: tuple[tuple[str, float, float], ...]  # label, its share of the softmax, cosine
    truth: dict[str, str]  # what a picture that ships shows; {} for one's own


@torch.inference_mode()
def classify(store: Store, request: Classify) -> Classified:
    """The labels in the order of their similarity."""
    labels, model = lines_of(request.labels), clip_of(store)
    x = picture_of(store, request.sample, request.picture)
    cosines = model.encode_text(tokens_of(model, labels)) @ model.encode_picture(x)[0]  # (M,)
    odds = (scale_of(model) * cosines).softmax(0)
    found = sorted(zip(labels, odds.tolist(), cosines.tolist(), strict=True), key=lambda row: -row[1])
    truth = {} if request.picture else true_sentences(request.sample)
    return Classified(x[0].cpu().numpy(), tuple(found), truth)


def sheet(request: Classify, made: Classified) -> Json:
    return {"sheet": png(made.picture), **numbers(request, made)}


def numbers(request: Classify, made: Classified) -> Json:
    """Labels, best first, each with its share of the softmax and its cosine."""
    return plain(made)


def document(request: Classify, run: Sequence[Classified]) -> Document:
    lines = [
        Part(f"{100 * p:5.1f} %  {label}\n", p=p, note=f"cos = {cosine:.3f}") for label, p, cosine in run[-1].labels
    ]
    return Document(TITLE, tuple(lines))


USE_CASE: UseCase[Classify, Classified] = UseCase(
    run=classify,
    page=each(sheet),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (CHECKPOINT,),
    small=small,
    first=Classify(),
)
