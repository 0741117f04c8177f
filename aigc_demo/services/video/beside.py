"""Our network beside the same weights in three-dimensional convolutions of plain PyTorch: clip, layers, time."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.data import images
from aigc_demo.models.video import Video
from aigc_demo.pipelines import parity
from aigc_demo.pipelines.plain_video import PlainVideo, plain
from aigc_demo.sampling.clips import SAMPLER, shifted_timesteps
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.both_draw import SideBySide, numbers
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.video.clips import clip_value, model_of, sheet
from aigc_demo.services.video.requests import ANY, CHECKPOINT, Beside

PROBE = 600  # noise level at which the layers are compared


def layers(ours: Video, theirs: PlainVideo, *inputs: Tensor) -> tuple[parity.Figures, int | None]:
    """Every layer of both on folded noisy x (B, T * C, h, w), level (B,), label (B,); the first over the tolerance."""
    names = [f"down.{i}" for i in range(len(ours.down))] + [f"middle.{i}" for i in range(len(ours.middle))]
    names += [f"up.{i}" for i in reversed(range(len(ours.up)))] + ["conv_out"]
    one, other = (parity.outputs(network, names, partial(network, *inputs)) for network in (ours, theirs))
    rows, size, first = [], 1.0, None
    for place, name in enumerate(names):
        mine = one[name]
        if mine.ndim == 4:  # frames are a part of the batch
            mine = mine.reshape(-1, ours.config.frames, *mine.shape[1:]).transpose(1, 2)
        gap = (mine - other[name]).abs()
        rows.append((name, name, float(gap.max()), float(gap.mean())))
        size = max(size, float(other[name].abs().max()))  # rounding is carried on, as parity.compare has it
        if first is None and not rows[-1][2] <= parity.TOLERANCE * size:
            first = place
    return tuple(rows), first


def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Draw the same clip twice, then compare both results and every layer. The value comes last."""
    model = model_of(store)
    other = plain(model)
    config, null = model.config, model.config.classes - 1
    label = torch.tensor([null if request.digit == ANY else request.digit], device=store.device)
    noise = SeededNoise([request.seed], store.device).draw(config.shape)
    schedule, timesteps = alpha_bar(config.schedule, config.levels), shifted_timesteps(request.steps, config.levels)

    def clips(network: nn.Module) -> Iterator[Tensor]:
        scale = 1.0 if request.digit == ANY else request.guidance
        denoise = Denoiser(network, config.prediction, label, null, scale)
        for moment in sample(denoise, noise, timesteps, schedule, SAMPLER):
            yield moment.x.cpu()  # so that a GPU has really finished the step

    done, total, results, times = 0, 2 * len(timesteps) + 2, [], []
    for network in (model, other):
        next(clips(network))  # the first step finds out how to compute
        for x, spent in timed(clips(network)):
            last, milliseconds = x, spent
            yield Step(done, total, None)
            done += 1
        results.append(last)
        times.append(milliseconds)
    with torch.inference_mode():
        rows, first = layers(model, other, noise, torch.tensor([PROBE], device=store.device), label)
    gap = (results[0] - results[1]).abs()
    left, right = (model.unfold(x)[0].numpy() for x in results)
    made = SideBySide(left, right, float(gap.max()), float(gap.mean()), times[0], times[1], rows, first)
    yield Step(total, total, made)


def compared(request: Beside, made: SideBySide) -> Json:
    """Both clips and their difference (blank where they agree), and the table of layers."""
    pictures = sheet(made.ours, made.theirs, np.abs(made.ours - made.theirs) - 1)
    value = clip_value([pictures], ("ours", "theirs", "gap"), (), made.ours, [])
    table = {"layers": made.layers, "first": made.first, "maximum": made.maximum, "mean": made.mean}
    return {
        **value,
        **table,
        "tolerance": parity.TOLERANCE,
        "milliseconds": [made.our_milliseconds, made.their_milliseconds],
    }


def film(request: Beside, run: Sequence[SideBySide]) -> Pictures:
    """Both clips one above the other; as a still, all frames."""
    both = np.stack([run[-1].ours, run[-1].theirs])
    frames = [images.grid(np.ascontiguousarray(both[:, i, None]), 1, 8) for i in range(both.shape[1])]
    return Pictures(frames, images.grid(both.reshape(-1, 1, *both.shape[2:]), both.shape[1], 2))


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(compared),
    numbers=numbers,
    file=film,
    formats=("png", "gif", "mp4", "webm", "json"),
    checkpoints=lambda request: (CHECKPOINT,),
    first=Beside(),
)
