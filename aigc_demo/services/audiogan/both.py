"""WaveGAN beside diffusion: the same digit by both, the time of each, and what the classifier hears."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import spectrogram
from aigc_demo.services.audiogan.requests import CHECKPOINT, CLASSIFIER, GAN, Both
from aigc_demo.services.audiogan.sounding import Sounds, made, saved, shown, start_of
from aigc_demo.services.audiogan.wave import generated, looked_at, noise_of
from aigc_demo.services.files import SOUND, Sound
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import Json, UseCase

ROUNDS = 3  # that are timed, of both in turns


@dataclass(frozen=True)
class Contest:
    """Sounds by both, the GAN's first, and what is heard in them."""

    sounds: Sounds  # 2 N of them
    heard: tuple[int, ...]  # digit, of each
    sure: tuple[float, ...]  # its probability
    gan_milliseconds: float  # of all N, from noise to samples and spectrograms
    diffusion_milliseconds: float


@torch.inference_mode()
def chances(store: Store, samples: Array) -> Tensor:
    """Sounds (N, L) -> what the classifier hears, (N, 10)."""
    full = samples / np.abs(samples).max(1, keepdims=True)
    said: Tensor = store.load(CLASSIFIER)(spectrogram.picture(torch.from_numpy(full)).to(store.device))
    return said.softmax(1).cpu()


def both(store: Store, request: Both) -> Iterator[Step[Contest | None]]:
    """The GAN's sounds, then those of diffusion; the value comes last."""
    seeds = list(range(request.seed, request.seed + request.sounds))
    digits = [request.digit] * request.sounds

    def by_gan() -> Sounds:
        return looked_at(generated(store, noise_of(store, seeds), digits))

    def by_diffusion() -> Sounds:
        *_, step = made(store, start_of(store, seeds), digits, request.steps, request.guidance)
        assert step.value is not None
        return step.value

    yield Step(0, 2, None)
    first, second = by_gan(), by_diffusion()
    yield Step(1, 2, None)
    times = medians((by_gan, by_diffusion), ROUNDS)
    sounds = Sounds(np.concatenate([first.pictures, second.pictures]), np.concatenate([first.samples, second.samples]))
    sure, heard = chances(store, sounds.samples).max(1)
    yield Step(2, 2, Contest(sounds, tuple(heard.tolist()), tuple(sure.tolist()), *times))


def numbers(request: Both, found: Contest) -> Json:
    """What is heard, how many as asked, and both times."""
    right = [digit == request.digit for digit in found.heard]
    return {
        "heard": list(found.heard),
        "sure": plain(found.sure),
        "gan_right": sum(right[: request.sounds]),
        "diffusion_right": sum(right[request.sounds :]),
        "sounds_each": request.sounds,
        "gan_milliseconds": plain(found.gan_milliseconds),
        "diffusion_milliseconds": plain(found.diffusion_milliseconds),
    }


def value(request: Both, found: Contest) -> Json:
    """All sounds with what is heard in each, and the numbers."""
    notes = [f"{digit} · {100 * sure:.0f} %" for digit, sure in zip(found.heard, found.sure, strict=True)]
    return {**numbers(request, found), **shown(found.sounds, [], notes)}


def series(request: Both, run: Sequence[Contest]) -> Sound:
    """The GAN's sounds, then those of diffusion."""
    return saved(request, [run[-1].sounds])


USE_CASE: UseCase[Both, Contest] = UseCase(
    run=both,
    page=each(value),
    numbers=numbers,
    file=series,
    formats=SOUND,
    checkpoints=lambda request: (GAN, CHECKPOINT, CLASSIFIER),
    first=Both(),
)
