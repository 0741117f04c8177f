"""A spoken digit out of noise, in plain PyTorch with the same weights. Run it in the project's folder.

The network and its sampler, DDIM, are written out; so is the way from a spectrogram to a sound.
"""

import math

import torch
from safetensors.torch import load_file

from aigc_demo.data import sound_files, spectrogram

REQUEST = {"digit": 7, "seed": 7, "steps": 12, "sampler": "ddim", "guidance": 2.0, "rounds": 32}

LEVELS, NULL = 1000, 10
weights = {name: w.float() for name, w in load_file("assets/checkpoints/audiogan-fsdd-codes.safetensors").items()}
linear = torch.nn.functional.linear


def layer(name: str, x: torch.Tensor) -> torch.Tensor:
    """A linear layer by its name."""
    return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def network(x: torch.Tensor, t: int, digit: int) -> torch.Tensor:
    """Noisy code (1, D) -> v."""
    angle = t * torch.exp(-math.log(10_000) * torch.arange(16) / 16)
    waves = torch.cat([angle.cos(), angle.sin()])[None]
    condition = layer("time.2", torch.nn.functional.silu(layer("time.0", waves))) + weights["label.weight"][digit]
    h = layer("enter", x) + condition
    for block in range(3):
        norm = (weights[f"blocks.{block}.0.weight"], weights[f"blocks.{block}.0.bias"])
        inner = torch.nn.functional.layer_norm(h + condition, h.shape[-1:], *norm)
        h = h + layer(f"blocks.{block}.3", torch.nn.functional.silu(layer(f"blocks.{block}.1", inner)))
    return layer("leave", h)


f = torch.cos((torch.arange(LEVELS + 1, dtype=torch.float64) / LEVELS + 0.008) / 1.008 * math.pi / 2) ** 2
signal = torch.cumprod(1 - (1 - f[1:] / f[:-1]).clamp(max=0.999), 0)
times = [round(LEVELS - i * LEVELS / REQUEST["steps"]) - 1 for i in range(REQUEST["steps"])]
x = torch.randn(weights["scale"].shape[0], 1, 1, generator=torch.Generator().manual_seed(REQUEST["seed"])).view(1, -1)
for t, after in zip(times, [*times[1:], None], strict=True):
    a, b = float(signal[t]), 1.0 if after is None else float(signal[after])
    plain = network(x, t, NULL)
    v = plain + REQUEST["guidance"] * (network(x, t, REQUEST["digit"]) - plain)
    clean, noise = a**0.5 * x - (1 - a) ** 0.5 * v, (1 - a) ** 0.5 * x + a**0.5 * v
    x = b**0.5 * clean + (1 - b) ** 0.5 * noise
picture = ((x * weights["scale"]) @ weights["basis"].T + weights["mean"]).view(1, 1, 64, 64)

wanted = spectrogram.magnitude(picture.clamp(-1, 1))  # (1, K, frames)
window, options = spectrogram.window(), {"n_fft": spectrogram.WINDOW, "hop_length": spectrogram.HOP}
angle = torch.rand(wanted.shape[1:], generator=torch.Generator().manual_seed(0)) * 2 * torch.pi
phase, before = torch.polar(torch.ones_like(angle), angle)[None], torch.zeros(wanted.shape, dtype=torch.complex64)
for _ in range(REQUEST["rounds"]):
    sound = torch.istft(wanted * phase, window=window, length=spectrogram.LENGTH, **options)
    now = torch.stft(sound, window=window, pad_mode="constant", return_complex=True, **options)
    ahead = now + spectrogram.MOMENTUM * (now - before)
    phase, before = ahead / ahead.abs().clamp_min(1e-9), now
sound = torch.istft(wanted * phase, window=window, length=spectrogram.LENGTH, **options)[0]
with open("library.wav", "wb") as file:
    file.write(sound_files.wav((0.9 * sound / sound.abs().max()).numpy()))
