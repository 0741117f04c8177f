"""Sounds as pictures and back: log-mel spectrograms of spoken digits, and the phase by Griffin and Lim's iteration.

Stevens, Volkmann & Newman, 1937: the mel scale, here m = 2595 log10(1 + f / 700).
Griffin & Lim, "Signal estimation from modified short-time Fourier transform", 1984; Perraudin, Balazs & Sondergaard,
"A fast Griffin-Lim algorithm", 2013: with momentum.

A picture is (BANDS, FRAMES) float in [-1, 1], low frequencies in the last row, as one draws it: 1 is the loudest, -1 is
DECIBELS below that or less. N batch, L samples, K frequencies of the transform.
"""

from functools import cache

import torch
from torch import Tensor

from aigc_demo.data.spoken import LENGTH
from aigc_demo.data.spoken_files import RATE

BANDS = FRAMES = 64
WINDOW = 256  # samples of the transform, 32 ms
HOP = LENGTH // FRAMES  # samples from one frame to the next, 12 ms
DECIBELS = 70.0  # between 1 and -1
LOUDEST = 40.0  # magnitude of a mel band that is 1 in the picture; a full-scale clip seldom exceeds it
ROUNDS = 32  # of the iteration
MOMENTUM = 0.99


def window() -> Tensor:
    """Hann's window (WINDOW,)."""
    return torch.hann_window(WINDOW)


@cache
def filters() -> Tensor:
    """(BANDS, K): triangles on the mel scale from 0 Hz to half the rate, each of sum 1, low bands first."""
    highest = 2595 * torch.log10(torch.tensor(1 + RATE / 2 / 700))
    edges = 700 * (10 ** (torch.linspace(0, 1, BANDS + 2) * highest / 2595) - 1)  # Hz
    frequencies = torch.linspace(0, RATE / 2, WINDOW // 2 + 1)
    low, middle, high = (edges[i : i + BANDS, None] for i in range(3))
    rising, falling = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    found = torch.minimum(rising, falling).clamp_min(0)  # (BANDS, K)
    return found / found.sum(1, keepdim=True)


@cache
def back() -> Tensor:
    """(K, BANDS): the pseudo-inverse of the filters."""
    return torch.linalg.pinv(filters())


def transform(wave: Tensor) -> Tensor:
    """Samples (N, LENGTH) -> complex (N, K, FRAMES + 1), a frame every HOP samples."""
    return torch.stft(wave, WINDOW, HOP, window=window(), center=True, pad_mode="constant", return_complex=True)


def picture(wave: Tensor) -> Tensor:
    """Samples (N, LENGTH) in [-1, 1] -> log-mel spectrograms (N, 1, BANDS, FRAMES) in [-1, 1]."""
    mel = filters() @ transform(wave).abs()[..., :FRAMES]
    level = 20 * torch.log10(mel.clamp_min(1e-6) / LOUDEST)  # dB, 0 is loudest
    return (1 + 2 * level / DECIBELS).clamp(-1, 1).flip(1)[:, None]


def magnitude(pictures: Tensor) -> Tensor:
    """Pictures (N, 1, BANDS, FRAMES) -> magnitudes of the transform (N, K, FRAMES + 1); -1 is silence."""
    level = (pictures[:, 0].flip(1).clamp(-1, 1) - 1) * DECIBELS / 2
    floor = 10 ** (-DECIBELS / 20)
    mel = LOUDEST * (10 ** (level / 20) - floor).clamp_min(0)
    return torch.nn.functional.pad((back() @ mel).clamp_min(0), (0, 1))


def wave(pictures: Tensor, rounds: int = ROUNDS) -> Tensor:
    """Pictures (N, 1, BANDS, FRAMES) -> samples (N, LENGTH), the largest of each 0.9; the same for the same picture."""
    wanted = magnitude(pictures)
    start = torch.rand(wanted.shape[1:], generator=torch.Generator().manual_seed(0)) * 2 * torch.pi
    phase = torch.polar(torch.ones_like(start), start).expand(wanted.shape)
    before = torch.zeros_like(phase)
    for _ in range(rounds):
        now = transform(inverse(wanted * phase))
        ahead = now + MOMENTUM * (now - before)
        phase, before = ahead / ahead.abs().clamp_min(1e-9), now
    found = inverse(wanted * phase)
    loudest = found.abs().amax(1, keepdim=True)
    return found * torch.where(loudest > 0, 0.9 / loudest.clamp_min(1e-9), torch.zeros_like(loudest))


def inverse(spectrum: Tensor) -> Tensor:
    """Complex (N, K, FRAMES + 1) -> samples (N, LENGTH)."""
    return torch.istft(spectrum, WINDOW, HOP, window=window(), center=True, length=LENGTH)
