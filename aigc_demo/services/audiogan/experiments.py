"""What the questions of the audiogan family do, and the claims that they prove."""

from dataclasses import replace
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.audiogan.requests import CLASSIFIER, Beside, Both, Draw, Judge, Pad, Shuffle, Walk, Wave
from aigc_demo.services.experiments import Experiment, Side, gap, variety
from aigc_demo.services.page_values import Array

FIVE = (1, 3, 5, 7, 9)  # digits that stand for all ten where one takes half a second
LOUD = -0.5  # in a spectrogram: what is louder counts in the comparison of two


def listened(store: Store, samples: Array) -> tuple[Array, Array]:
    """Sounds (N, L) as spectrograms (N, 1, B, F), and how sure the classifier is of each digit, (N, 10)."""
    import torch  # here, since a page is served without it

    from aigc_demo.data import spectrogram

    loudest = np.abs(samples).max(1, keepdims=True)
    pictures = spectrogram.picture(torch.from_numpy(samples / loudest))
    with torch.inference_mode():
        sure = store.load(CLASSIFIER)(pictures.to(store.device)).softmax(1).cpu().numpy()
    return pictures.numpy(), sure


def phase(store: Store, request: Draw, run: Any) -> list[Side]:
    """The spectrogram of the finished sound, how far it is from the one that was asked, and what is heard."""
    wanted = run.now.pictures[-1:]
    found, sure = listened(store, run.now.samples[-1:])
    loud = wanted > LOUD
    return [Side({"from_wanted": gap(found[loud], wanted[loud]), "heard": int(sure[0].argmax())}, found, 1)]


def stops(store: Store, request: Walk, sounds: Any) -> list[Side]:
    """How much the stops differ, and the share that is heard as asked."""
    _, sure = listened(store, sounds.samples)
    right = np.mean(sure.argmax(1) == request.digit)
    return [Side({"variety": variety(sounds.pictures), "heard_as_asked": float(right)}, sounds.pictures, 4)]


def keys(store: Store, request: Pad, sounds: Any) -> list[Side]:
    """How much the ten differ, and the share that is heard as asked."""
    _, sure = listened(store, sounds.samples)
    right = np.mean(sure.argmax(1) == np.arange(len(sure)))
    return [Side({"variety": variety(sounds.pictures), "heard_as_asked": float(right)}, sounds.pictures, 5)]


def both_ways(store: Store, request: Judge, said: Any) -> list[Side]:
    """A sound and the same sound backwards: what the classifier hears in each, and how sure it is."""
    sides = []
    for name, samples in (("forwards", said.sound.samples), ("backwards", said.sound.samples[:, ::-1].copy())):
        picture, sure = listened(store, samples)
        measures = {"heard": int(sure[0].argmax()), "sure": float(sure[0].max())}
        sides.append(Side(measures, picture, 1, name=f"experiment.{name}"))
    return sides


def twins(store: Store, request: Beside, made: Any) -> list[Side]:
    """Our spectrogram and the library's, and how far they are apart."""
    return [Side({"apart": made.maximum}, made.sounds.pictures, 2, name="experiment.ours_theirs")]


def contest(store: Store, request: Both, found: Any) -> list[Side]:
    """WaveGAN's side, then that of diffusion: all ten digits, the share heard as asked, milliseconds of each sound."""
    from aigc_demo.services.audiogan.both import both  # here, since a page is served without torch

    all_ten = []
    for digit in range(10):
        *_, step = both(store, replace(request, digit=digit))
        assert step.value is not None
        all_ten.append(step.value)
    halves = {"gan": slice(0, request.sounds), "diffusion": slice(request.sounds, None)}
    sides = []
    for name, half in halves.items():
        right = np.mean([digit == place for place, one in enumerate(all_ten) for digit in one.heard[half]])
        spent = np.median([getattr(one, f"{name}_milliseconds") for one in all_ten]) / request.sounds
        measures = {"heard_as_asked": float(right), "each_milliseconds": float(spent)}
        pictures = np.concatenate([one.sounds.pictures[half][:1] for one in all_ten])
        sides.append(Side(measures, pictures, 5, name=f"audiogan.both_{name}"))
    return sides


def path(store: Store, request: Wave, sounds: Any) -> list[Side]:
    """The largest difference of two spectrograms that follow one another."""
    pictures = sounds.pictures
    steps = [gap(one, other) for one, other in zip(pictures[:-1], pictures[1:], strict=True)]
    return [Side({"largest_step": max(steps)}, pictures, 8)]


def swings(store: Store, request: Shuffle, found: Any) -> list[Side]:
    """The curve of the mean, else of the score without shuffle; what it swings by, in the middle of five digits."""
    from aigc_demo.services.audiogan.shuffle import curve, shuffle, swing  # here, since a page is served without torch

    usually = float(np.median([swing(curve(shuffle(store, replace(request, digit=digit)))) for digit in FIVE]))
    measures = {"swing": usually, "of_gap": usually / (found.usual[0] - found.usual[1])}
    points = [(float(by), float(score)) for by, score in enumerate(curve(found))]
    name = "audiogan.shuffle_on" if request.shuffle else "audiogan.shuffle_off_line"
    lines = [("water" if request.shuffle else "glow", points)]
    return [Side(measures, lines=lines, axes=("experiment.later", "experiment.critic_score"), name=name)]


EXPERIMENTS = {
    "audiogan.predict_shuffle": Experiment(
        (Shuffle(shuffle=False), Shuffle()),
        swings,
        lambda off, on: off.measures["of_gap"] > 0.3 and on.measures["swing"] < 0.6 * off.measures["swing"],
        kind="lines",
    ),
    "audiogan.predict_backwards": Experiment(
        (Judge(digit=4),),
        both_ways,
        lambda forwards, backwards: (
            forwards.measures["heard"] == 4 != backwards.measures["heard"] and backwards.measures["sure"] > 0.8
        ),
    ),
    "audiogan.predict_beside": Experiment(
        (Beside(steps=6),), twins, lambda both: both.measures["apart"] < 1e-4, sides=1
    ),
    "audiogan.predict_path": Experiment(
        (Wave(stops=16), Wave(stops=2)),
        path,
        lambda many, ends: many.measures["largest_step"] < 0.5 * ends.measures["largest_step"],
    ),
    "audiogan.predict_gan": Experiment(
        (Both(),),
        contest,
        lambda gan, diffusion: (
            2 * gan.measures["each_milliseconds"] < diffusion.measures["each_milliseconds"]
            and gan.measures["heard_as_asked"] < diffusion.measures["heard_as_asked"] - 0.1
            and gan.measures["heard_as_asked"] > 0.3
        ),
    ),
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
