"""What the questions of the audiogan family do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.audiogan.requests import CLASSIFIER, Draw, Pad, Walk
from aigc_demo.services.experiments import Experiment, Side, gap, variety
from aigc_demo.services.page_values import Array

LOUD = -0.5  # in a spectrogram: what is louder counts in the comparison of two


def listened(store: Store, samples: Array) -> tuple[Array, list[int]]:
    """Sounds (N, L) as spectrograms (N, 1, B, F), and the digits that the classifier hears in them."""
    import torch  # here, since a page is served without it

    from aigc_demo.data import spectrogram

    loudest = np.abs(samples).max(1, keepdims=True)
    pictures = spectrogram.picture(torch.from_numpy(samples / loudest))
    with torch.inference_mode():
        heard = store.load(CLASSIFIER)(pictures.to(store.device)).argmax(1).tolist()
    return pictures.numpy(), heard


def phase(store: Store, request: Draw, run: Any) -> list[Side]:
    """The spectrogram of the finished sound, how far it is from the one that was asked, and what is heard."""
    wanted = run.now.pictures[-1:]
    found, heard = listened(store, run.now.samples[-1:])
    loud = wanted > LOUD
    return [Side({"from_wanted": gap(found[loud], wanted[loud]), "heard": heard[0]}, found, 1)]


def stops(store: Store, request: Walk, sounds: Any) -> list[Side]:
    """How much the stops differ, and the share that is heard as asked."""
    _, heard = listened(store, sounds.samples)
    right = np.mean([digit == request.digit for digit in heard])
    return [Side({"variety": variety(sounds.pictures), "heard_as_asked": float(right)}, sounds.pictures, 4)]


def keys(store: Store, request: Pad, sounds: Any) -> list[Side]:
    """How much the ten differ, and the share that is heard as asked."""
    _, heard = listened(store, sounds.samples)
    right = np.mean([digit == place for place, digit in enumerate(heard)])
    return [Side({"variety": variety(sounds.pictures), "heard_as_asked": float(right)}, sounds.pictures, 5)]


EXPERIMENTS = {
    "audiogan.predict_phase": Experiment(
        (Draw(rounds=32), Draw(rounds=0)),
        phase,
        lambda fitted, rough: (
            rough.measures["from_wanted"] > 1.5 * fitted.measures["from_wanted"]
            and fitted.measures["heard"] == rough.measures["heard"] == Draw().digit
        ),
    ),
    "audiogan.predict_guidance": Experiment(
        (Pad(guidance=2), Pad(guidance=0)),
        keys,
        lambda guided, free: (
            guided.measures["heard_as_asked"] >= 0.9
            and free.measures["heard_as_asked"] <= 0.1
            and free.measures["variety"] < 0.01
        ),
    ),
    "audiogan.predict_step": Experiment(
        (Walk(steps=10), Walk(steps=1)),
        stops,
        lambda many, one: (
            one.measures["variety"] < 0.5 * many.measures["variety"]
            and one.measures["heard_as_asked"] >= 0.9
            and many.measures["heard_as_asked"] >= 0.9
        ),
    ),
}
