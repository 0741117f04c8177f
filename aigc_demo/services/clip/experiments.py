"""What the question about CLIP does, and the claim that it proves."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.clip.requests import Map
from aigc_demo.services.experiments import Experiment, Side

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


EXPERIMENTS = {
    "clip.predict_matrix": Experiment(
        (Map(),),
        languages,
        lambda same, other: same.measures["cosine"] > 0.8 and same.measures["cosine"] > other.measures["cosine"] + 0.3,
        kind="text",
    )
}
