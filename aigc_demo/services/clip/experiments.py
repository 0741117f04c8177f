"""What the questions about CLIP do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.clip.requests import Beside, Classify, Map
from aigc_demo.services.experiments import Experiment, Side, layers, scatter

SHOWN = 1  # the scene whose sentences are shown


def languages(store: Store, request: Map, mapped: Any) -> list[Side]:
    """Mean cosine of English and Chinese sentences: about the same scene, and about two scenes."""
    import torch  # here, since a page is served without it

    from aigc_demo.services.clip.vectors import clip_of, tokens_of

    said = {kind: [point.text for point in mapped.points if point.kind == kind] for kind in ("en", "zh")}
    model = clip_of(store)
    with torch.inference_mode():
        english, chinese = (model.encode_text(tokens_of(model, texts)) for texts in said.values())
    cosines = english @ chinese.T
    count = len(cosines)
    same = float(cosines.diagonal().mean())
    other = float((cosines.sum() - cosines.diagonal().sum()) / (count * count - count))
    texts = [f"{said['en'][SHOWN]}\n{said['zh'][place]}" for place in (SHOWN, SHOWN + 1)]
    return [
        Side({"cosine": same}, text=texts[0], name="experiment.same_scene"),
        Side({"cosine": other}, text=texts[1], name="experiment.other_scene"),
    ]


def sure(store: Store, request: Classify, made: Any) -> list[Side]:
    """A picture, and the label that comes first: its share, and the cosine that the share is made of."""
    _, share, cosine = made.labels[0]
    name = "fits" if any(label in made.truth["en"] for label, *_ in made.labels) else "fits_not"
    return [Side({"sure": share, "cosine_is": cosine}, made.picture[None], 1, name=f"experiment.{name}")]


def neighbours(store: Store, request: Map, mapped: Any) -> list[Side]:
    """The plane: how far a picture lies from its own sentence, and from the sentences of others."""
    pictures, sentences = (
        np.array([[point.x, point.y] for point in mapped.points if point.kind == kind]) for kind in ("picture", "en")
    )
    apart = np.linalg.norm(pictures[:, None] - sentences[None], axis=2)
    own, count = float(apart.diagonal().mean()), len(apart)
    measures = {"own_sentence": own, "other_sentences": float((apart.sum() - own * count) / (count * (count - 1)))}
    return [Side(measures, scatter(pictures, sentences), 1, name="experiment.plane_of_both")]


def table(store: Store, request: Beside, made: Any) -> list[Side]:
    return [layers(made)]


EXPERIMENTS = {
    "clip.predict_none": Experiment(
        (Classify(sample=0), Classify(sample=23)),
        sure,
        lambda fits, none: (
            min(fits.measures["sure"], none.measures["sure"]) > 0.9
            and fits.measures["cosine_is"] > 0.6 > 0.2 > none.measures["cosine_is"]
        ),
    ),
    "clip.predict_neighbours": Experiment(
        (Map(),),
        neighbours,
        lambda plane: plane.measures["own_sentence"] < 0.5 * plane.measures["other_sentences"],
        sides=1,
    ),
    "clip.predict_mistake": Experiment(
        (Beside(), Beside(mistake="no_class_token")),
        table,
        lambda right, wrong: (
            0 < wrong.measures["layers_agree"] < right.measures["layers_agree"]
            and wrong.measures["apart"] > 1 > 1e-4 > right.measures["apart"]
        ),
        kind="text",
    ),
    "clip.predict_matrix": Experiment(
        (Map(),),
        languages,
        lambda same, other: same.measures["cosine"] > 0.8 and same.measures["cosine"] > other.measures["cosine"] + 0.3,
        kind="text",
    ),
}
