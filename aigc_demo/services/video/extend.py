"""Continue the first frames of a flight whose end is known: a real digit, or one that a person drew."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import digits, images, moving_digits
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.data.tracks import NEAR
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.files import Pictures
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.video.clips import (
    FORMATS,
    SCALE,
    Given,
    Moment,
    clip_value,
    denoise,
    model_of,
    moments,
    noisy,
    numbers,
    sheet,
    told,
)
from aigc_demo.services.video.requests import ANY, CHECKPOINT, Extend


def digit_of(store: Store, request: Extend) -> Tensor:
    """The digit that flies, (28, 28) uint8: drawn, else a shipped real one."""
    if request.drawing:
        placed = images.drawing_to_digit(from_data_url(request.drawing))
        return torch.from_numpy(images.to_bytes(placed[2:-2, 2:-2]).copy())
    sheet = digits.read_samples(Path(store.assets) / "examples" / "mnist-samples.png")
    return torch.from_numpy(sheet[request.sample].copy())


def truth(store: Store, request: Extend, frames: int) -> moving_digits.Clips:
    """The whole flight, whose start, direction and speed hang on the seed."""
    generator = torch.Generator().manual_seed(request.seed)
    return moving_digits.draw(digit_of(store, request)[None], generator, frames)


def extend(store: Store, request: Extend) -> Iterator[Step[Moment]]:
    """A Moment per denoising step; the motion of the last is compared with the true flight."""
    model = model_of(store)
    whole = truth(store, request, model.config.frames)
    given = Given(model.fold(whole.frames.to(store.device)), request.given)
    noise = SeededNoise([request.seed], store.device).draw(model.config.shape)
    run = denoise(model, noise, [ANY], 1.0, request.steps, given)
    for step in moments(store, model, run, request.steps):
        yield Step(step.done, step.total, compared(step.value, whole, request.given))


def compared(moment: Moment, whole: moving_digits.Clips, given: int) -> Moment:
    """A Moment with the given frames as they are; a motion is wrong where it leaves the true track."""
    x = np.concatenate([whole.frames[0, :given].numpy(), moment.x[given:]])
    motion = moment.motion
    if motion is not None:
        away = (torch.tensor(motion.track) - whole.tracks[0]).norm(dim=1)
        fitted = tuple(map(tuple, whole.tracks[0].tolist()))
        motion = replace(motion, fitted=fitted, wrong=tuple((away > NEAR).tolist()))
    return replace(moment, x=x, motion=motion)


def page(request: Extend, steps: Iterator[Step[Moment | None]]) -> Iterator[Step[Json | None]]:
    """A sheet per step of the run, see clip.js: noisy, guessed."""
    sheets, levels = list[bytes](), list[int]()
    for step in steps:
        moment = step.value
        if moment is None:
            yield Step(step.done, step.total, None)
            continue
        seen = np.concatenate([moment.x[: request.given], noisy(moment)[request.given :]])
        sheets, levels = [*sheets, sheet(seen, moment.x0)], [*levels, moment.level]
        value = clip_value(sheets, ("x", "x0"), levels, moment.x, told(moment.motion))
        yield Step(step.done, step.total, {**value, "given": request.given})


def film(request: Extend, run: Sequence[Moment]) -> Pictures:
    """The finished clip; given frames have a bright edge. As a still, its frames in four rows."""
    framed = run[-1].x.copy()
    framed[: request.given, [0, -1], :] = 0.3
    framed[: request.given, :, [0, -1]] = 0.3
    return Pictures([images.to_pil(frame, SCALE) for frame in framed], images.grid(framed[:, None], 4, 4))


USE_CASE: UseCase[Extend, Moment] = UseCase(
    run=extend,
    page=page,
    numbers=numbers,
    file=film,
    formats=FORMATS,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Extend(),
)
