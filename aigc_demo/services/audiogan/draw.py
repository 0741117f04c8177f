"""A spoken digit out of noise: every denoising step as a picture that can be heard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import sound_files
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.audiogan.requests import CHECKPOINT, Draw
from aigc_demo.services.audiogan.sounding import Sounds, denoise, heard, model_of, sheet, shown
from aigc_demo.services.files import SOUND, Sound
from aigc_demo.services.page_values import Array, Tile, each, plain
from aigc_demo.services.page_values import sheet as columns
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class Run:
    """The steps of a run, N of them, the finished sound last."""

    now: Sounds  # x_t
    guess: Sounds  # the clean picture that the network predicts at each step
    levels: tuple[int, ...]  # noise level t of each; -1 for the finished one
    signals: tuple[float, ...]  # alpha_bar of each


def draw(store: Store, request: Draw) -> Iterator[Step[Run | None]]:
    """Pictures and sounds of all steps of a run, with the last step."""
    model = model_of(store)
    noise = SeededNoise([request.seed], store.device)
    x = noise.draw((model.config.code, 1, 1))
    total = request.steps + 1
    now, guess, levels, signals = [], [], [], []
    run = denoise(model, x, [request.digit], request.guidance, request.steps, request.sampler, noise)
    for done, moment in enumerate(run):
        now.append(model.decode(moment.x))
        guess.append(model.decode(moment.estimate.x0))
        levels.append(moment.timestep)
        signals.append(moment.alpha_bar)
        yield Step(done, total, None)
    both = heard(torch.cat([*now, *guess]), request.rounds)
    noisy, clean = (Sounds(both.pictures[half], both.samples[half]) for half in (slice(total), slice(total, None)))
    yield Step(total, total, Run(noisy, clean, tuple(levels), tuple(signals)))


def value(request: Draw, run: Run) -> Json:
    """The panes of a reel, and a WAV file with all steps for each of them."""
    panes = {"x": run.now, "x0": run.guess}
    frames = [Tile({name: sounds.pictures[i] for name, sounds in panes.items()}, 0.0) for i in range(len(run.levels))]
    return {
        **shown(run.now, []),
        "sheets": [columns(frames)],
        "sounds": [sound_files.encoded(sounds.samples.reshape(-1), "wav") for sounds in panes.values()],
        "panes": list(panes),
        "levels": list(run.levels),
        "signals": list(run.signals),
    }


def numbers(request: Draw, run: Run) -> Json:
    """Noise levels, and how loud the finished sound is: the root of its mean square, of full scale."""
    level = float(np.sqrt(np.mean(np.square(run.now.samples[-1]))))
    return {"levels": list(run.levels), "loudness": plain(level), "samples": run.now.samples.shape[1]}


def saved(request: Draw, runs: Sequence[Run]) -> Sound:
    """The finished sound; in a PNG, every step's picture."""
    samples: Array = runs[-1].now.samples[-1]
    return Sound(samples, sheet(runs[-1].now))


USE_CASE: UseCase[Draw, Run] = UseCase(
    run=draw,
    page=each(value),
    numbers=numbers,
    file=saved,
    formats=SOUND,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Draw(),
    warm=Draw(steps=1),
)
