"""What the use cases of audiogan share: pictures of sounds out of noise, their samples, and how both are shown.

A picture is a log-mel spectrogram (data/spectrogram.py); a sound is what Griffin and Lim's iteration makes of one.
N sounds, L samples of a clip, B bands, F frames, D length of a code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core import threads
from aigc_demo.core.steps import Step
from aigc_demo.data import images, sound_files, spectrogram
from aigc_demo.data.spoken import LENGTH
from aigc_demo.data.spoken_files import RATE
from aigc_demo.models.code_diffusion import CodeDiffusion
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import SamplerStep, sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.audiogan.requests import CHECKPOINT, Walk, Wave
from aigc_demo.services.files import Sound
from aigc_demo.services.page_values import Array, png
from aigc_demo.services.use_case import Json

GAP = RATE // 4  # samples of silence between two sounds of a series
SCALE = 4  # how much a picture is enlarged in a file


@dataclass(frozen=True)
class Sounds:
    """N sounds, and the spectrogram of each of them."""

    pictures: Array  # (N, 1, B, F) in [-1, 1]
    samples: Array  # (N, L) in [-1, 1]
    heard: Array | None = None  # the classifier's odds (N, 10), where it was asked


def heard(pictures: Tensor, rounds: int = spectrogram.ROUNDS) -> Sounds:
    """Pictures (N, 1, B, F) as sounds."""
    with threads.small():
        samples = spectrogram.wave(pictures.float().cpu().clamp(-1, 1), rounds)
    return Sounds(pictures.clamp(-1, 1).float().cpu().numpy(), samples.numpy())


def model_of(store: Store) -> CodeDiffusion:
    """The code of spectrograms with the network that denoises it."""
    return loaded(store, CHECKPOINT, CodeDiffusion)


def denoise(
    model: CodeDiffusion,
    x: Tensor,
    digits: Sequence[int],
    guidance: float,
    steps: int,
    sampler: str,
    noise: SeededNoise | None = None,
) -> Iterator[SamplerStep]:
    """Steps of a run from noisy codes x (N, D, 1, 1), one digit each."""
    config = model.config
    label = torch.tensor(list(digits), device=x.device)
    network = Denoiser(model, config.prediction, label, config.classes - 1, guidance)
    schedule = alpha_bar(config.schedule, config.levels)
    return sample(network, x, trailing_timesteps(steps, config.levels), schedule, sampler, 0.0, noise)


def made(store: Store, x: Tensor, digits: Sequence[int], steps: int, guidance: float) -> Iterator[Step[Sounds | None]]:
    """Sounds out of noise x (N, D, 1, 1), one per digit, with the last step."""
    model = model_of(store)
    total = min(steps, model.config.levels) + 1
    for done, moment in enumerate(denoise(model, x, digits, guidance, steps, "dpmpp")):
        x = moment.x
        yield Step(done, total, None)
    yield Step(total, total, heard(model.decode(x)))


def start_of(store: Store, seeds: Sequence[int]) -> Tensor:
    """Noise for the codes (N, D, 1, 1), each from its own seed."""
    return SeededNoise(seeds, store.device).draw((model_of(store).config.code, 1, 1))


# as they are looked at, told and saved


def shown(sounds: Sounds, titles: Sequence[str], notes: Sequence[str] = ()) -> Json:
    """Sounds side by side for the view `soundPlayer`: a sheet of their pictures, and all samples in one WAV file."""
    height, width = sounds.pictures.shape[-2:]
    return {
        "sheets": [png(np.concatenate(list(sounds.pictures), axis=2))],
        "sounds": [sound_files.encoded(sounds.samples.reshape(-1), "wav")],
        "counts": [len(sounds.pictures)],
        "panes": ["picture"],
        "w": width,
        "h": height,
        "rate": RATE,
        "length": LENGTH,
        "levels": [],
        "titles": list(titles),
        "notes": list(notes),
    }


def counted(request: object, sounds: Sounds) -> Json:
    """How many sounds there are, samples a second, and seconds of each."""
    return {"sounds": len(sounds.samples), "rate": RATE, "seconds": LENGTH / RATE}


def joined(sounds: Sounds) -> Array:
    """All samples one after the other, a moment of silence between two. -> (M,)"""
    gap = np.zeros(GAP, np.float32)
    pieces = [part for samples in sounds.samples for part in (samples, gap)]
    return np.concatenate(pieces[:-1])


def sheet(sounds: Sounds) -> Image.Image:
    """The pictures side by side, five in a row, enlarged."""
    return images.grid(sounds.pictures, min(len(sounds.pictures), 5), SCALE)


def saved(request: object, run: Sequence[Sounds]) -> Sound:
    """The series as one sound, its pictures as the still."""
    return Sound(joined(run[-1]), sheet(run[-1]))


def stops(request: Walk | Wave, sounds: Sounds) -> Json:
    """The stops between two seeds, each with its share of the second."""
    return shown(sounds, [f"{round(100 * i / (request.stops - 1))} %" for i in range(request.stops)])
