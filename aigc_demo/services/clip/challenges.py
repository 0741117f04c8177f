"""What there is to reach with CLIP."""

from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.challenges import Attempt, Challenge
from aigc_demo.services.clip.requests import Classify


def fooled(store: Store, request: Classify, made: Any) -> Attempt:
    """A wrong sentence that stands before a right one; the score is its share of the softmax in per cent."""
    from aigc_demo.data import claims, scene_samples  # here, since a page is served without torch
    from aigc_demo.data.scenes import agrees

    if request.picture:
        return Attempt(False, 0.0)  # what one's own picture shows is not known
    shown = scene_samples.samples()[request.sample]
    read = [claims.read(label).claims for label, _, _ in made.labels]
    right = [claimed is not None and agrees(claimed, shown) for claimed in read]
    return Attempt(any(right) and not right[0], 100 * made.labels[0][1])


CHALLENGES = {
    "clip.challenge_fool": Challenge(
        start=Classify(),
        look=fooled,
        solved=Classify(
            sample=17, labels="two watermelons on a pink background\nthree watermelons on a pink background"
        ),
        fewer=False,
    ),
}
