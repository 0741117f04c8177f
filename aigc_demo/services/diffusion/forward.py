"""Add noise to a real or drawn digit (Ho et al., 2020, arXiv:2006.11239, eq. 4)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import images
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.schedules import add_noise, alpha_bar, log_snr
from aigc_demo.services.diffusion.denoising import model_of, reach, real_digit
from aigc_demo.services.diffusion.requests import CHECKPOINT, Forward
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.use_case import Json, UseCase

SCALE = 8  # a pixel of a digit as a square of so many


@dataclass(frozen=True)
class Noised:
    """A real or drawn digit on its way into noise. Arrays are (H, W) float32."""

    x0: Array
    eps: Array
    x: Array  # at `level`
    level: int
    alpha_bar: float
    snr_db: float  # signal-to-noise ratio in decibel
    schedule: tuple[float, ...]  # alpha_bar at every noise level


def forward(store: Store, request: Forward) -> Noised:
    """The digit, its noise, and what they make at the asked level."""
    x0 = real_digit(store, request.sample, request.drawing)
    config = model_of(store).config
    eps = SeededNoise([request.seed]).draw(config.picture)
    schedule = alpha_bar(config.schedule, config.levels)
    x = add_noise(x0, eps, schedule[request.level])
    a, snr = float(schedule[request.level]), float(log_snr(schedule)[request.level])
    return Noised(x0[0, 0].numpy(), eps[0, 0].numpy(), x[0, 0].numpy(), request.level, a, snr, tuple(schedule.tolist()))


def mixture(request: Forward, made: Noised) -> Json:
    """Everything that the browser needs to show the digit at any noise level."""
    return {
        "x0": packed(made.x0),
        "eps": packed(made.eps),
        "size": made.x0.shape[-1],
        "signals": base64.b64encode(np.asarray(made.schedule, "<f4").tobytes()).decode(),
        "level": made.level,
        "alpha_bar": made.alpha_bar,
        "snr_db": made.snr_db,
    }


def packed(array: Array) -> str:
    """Real numbers up to 8 in size as base64 of int16 in units of 1/4096."""
    return base64.b64encode((np.clip(array, -7.9, 7.9) * 4096).round().astype("<i2").tobytes()).decode()


def numbers(request: Forward, made: Noised) -> Json:
    """Noise level, alpha_bar and signal-to-noise ratio."""
    return {"level": made.level, "alpha_bar": plain(made.alpha_bar), "snr_db": plain(made.snr_db)}


def still(request: Forward, run: Sequence[Noised]) -> Pictures:
    return Pictures([images.to_pil(run[-1].x / reach(run[-1].alpha_bar), SCALE)])


USE_CASE: UseCase[Forward, Noised] = UseCase(
    run=forward,
    page=each(mixture),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Forward(),
)
