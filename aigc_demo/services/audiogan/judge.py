"""What the classifier hears in a recording, and the training sound nearest to it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.errors import UnavailableError
from aigc_demo.data import sound_files, spectrogram, spoken
from aigc_demo.data.fetch import present
from aigc_demo.data.spoken_files import RATE
from aigc_demo.models.judge import Judge as Classifier
from aigc_demo.services.audiogan.requests import CHECKPOINT, CLASSIFIER, GAN, Judge, Shuffle
from aigc_demo.services.audiogan.sounding import Sounds, made, sheet, shown, start_of
from aigc_demo.services.audiogan.wave import gan_of
from aigc_demo.services.files import SOUND, Sound
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.use_case import Json, UseCase

TRAINED = "audiogan-training-features.safetensors"  # below assets/examples, written by the evaluation of the classifier
Asked = TypeVar("Asked", Judge, Shuffle)
STEPS, GUIDANCE = 12, 2.0  # of a made sound


@dataclass(frozen=True)
class Verdict:
    """What is said of one sound."""

    sound: Sounds  # the part that is judged
    seconds: float  # of the whole recording
    clipped: bool
    probabilities: Array  # (10,), of the digits
    nearest: str  # "7_lucas_12": digit, speaker, take of a training sound
    distance: float  # to it, between the classifier's features
    usual: float  # median distance from a held-out recording to its nearest training sound
    original: Sounds | None  # the nearest one itself, where the data set is on this machine
    score: float  # by WaveGAN's critic, as the digit that is heard
    scores: tuple[float, float]  # medians of held-out recordings and of what its generator makes


@lru_cache(maxsize=2)
def trained(path: Path) -> tuple[Tensor, list[str], float]:
    """Features (N, D) of the training sounds, their names, and how far off held-out ones usually are."""
    with safe_open(path, framework="pt") as file:
        about = file.metadata()
        return file.get_tensor("features").float(), json.loads(about["names"]), float(about["usual"])


def recorded(request: Judge | Shuffle) -> np.ndarray:
    """The samples of the request's recording."""
    return sound_files.from_data_url(request.recording)


def original(name: str) -> Sounds | None:
    """A training sound by its name, where the data set is on this machine."""
    try:
        return seen(spoken.clip(spoken.recording(present("fsdd"), name)))
    except UnavailableError:
        return None


def seen(clip: Tensor) -> Sounds:
    """One clip (L,) with its spectrogram."""
    return Sounds(spectrogram.picture(clip[None]).numpy(), clip[None].numpy())


@torch.inference_mode()
def judge(store: Store, request: Judge) -> Verdict:
    """What is said of the recording, else of a sound that the diffusion model makes."""
    if request.recording:
        samples = recorded(request)
        part = sound_files.spoken_part(samples, spoken.LENGTH)
    else:
        *_, step = made(store, start_of(store, [request.seed]), [request.digit], STEPS, GUIDANCE)
        assert step.value is not None
        part = samples = step.value.samples[0]
    sound = seen(spoken.clip(torch.from_numpy(part.copy())))
    classifier = loaded(store, CLASSIFIER, Classifier)
    features = classifier.features(torch.from_numpy(sound.pictures).to(store.device))
    probabilities = classifier.decide(features).softmax(1)[0]
    known, names, usual = trained(store.assets / "examples" / TRAINED)
    distances = torch.cdist(features.cpu(), known)[0]
    nearest = int(distances.argmin())
    usually = store.catalogue.checkpoint(GAN).metrics
    return Verdict(
        sound,
        len(samples) / RATE,
        bool(request.recording) and sound_files.clipped(samples),
        probabilities.cpu().numpy(),
        names[nearest],
        float(distances[nearest]),
        usual,
        original(names[nearest]),
        float(gan_of(store).critic(torch.from_numpy(sound.samples).to(store.device), probabilities.argmax()[None])),
        (usually["critic_of_test"], usually["critic_of_made"]),
    )


def numbers(request: Judge, said: Verdict) -> Json:
    """Probabilities, and the nearest training sound."""
    facts = {
        name: plain(getattr(said, name)) for name in ("seconds", "clipped", "distance", "usual", "score", "scores")
    }
    chances = [plain(float(chance)) for chance in said.probabilities]
    return {"digit": int(said.probabilities.argmax()), "probabilities": chances, "nearest": said.nearest, **facts}


def value(request: Judge, said: Verdict) -> Json:
    """The sound, the nearest one where it is here, and what is said."""
    sounds = said.sound
    if said.original is not None:
        pairs = zip((sounds.pictures, sounds.samples), (said.original.pictures, said.original.samples), strict=True)
        sounds = Sounds(*(np.concatenate(pair) for pair in pairs))
    own, absent = bool(request.recording), said.original is None
    return {**shown(sounds, []), **numbers(request, said), "own": own, "absent": absent}


def saved(request: Judge, run: Sequence[Verdict]) -> Sound:
    """The part that was judged, and its spectrogram as the still."""
    return Sound(run[-1].sound.samples[0] * 0.9, sheet(run[-1].sound))


def small(request: Asked) -> Asked:
    """The request with the part of the recording that is judged, as a WAV file."""
    if not request.recording:
        return request
    part = sound_files.spoken_part(recorded(request), spoken.LENGTH)
    part = part / max(1.0, float(np.abs(part).max()))
    text = base64.b64encode(sound_files.encoded(part, "wav")).decode()
    return replace(request, recording=f"data:audio/wav;base64,{text}")


USE_CASE: UseCase[Judge, Verdict] = UseCase(
    run=judge,
    page=each(value),
    numbers=numbers,
    file=saved,
    formats=SOUND,
    checkpoints=lambda request: (CLASSIFIER, GAN) if request.recording else (CLASSIFIER, GAN, CHECKPOINT),
    small=small,
    first=Judge(),
)
