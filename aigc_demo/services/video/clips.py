"""What the use cases of clips share: a run of the sampler, what is seen in its end, the page's value, and the files.

D digits, each in a clip of its own; T frames of H = W pixels, float32 in [-1, 1].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.data.moving_digits import laid_over
from aigc_demo.data.tracks import flight, readable
from aigc_demo.models.judge import Judge
from aigc_demo.models.video import Video
from aigc_demo.sampling.samplers import SamplerStep
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, plain, png
from aigc_demo.services.use_case import Json
from aigc_demo.services.video.requests import CHECKPOINT

FORMATS = ("gif", "mp4", "webm", "png", "json")
JUDGE = "judge-digits"
SCALE = 10  # pixels of a file for one of a frame: 4:2:0 would blur small ones


@dataclass(frozen=True)
class Motion:
    """What is seen in a finished clip."""

    track: tuple[tuple[float, ...], ...]  # T times (row, column) of the digit, pixels
    fitted: tuple[tuple[float, ...], ...]  # the straight flight with reflections that fits best
    wrong: tuple[bool, ...]  # T, true where the two are more than data/tracks.NEAR apart
    speed: float  # of the fit, pixels per frame
    steady: bool  # whether the training clips have this speed
    read: tuple[int, ...]  # T, the digit that the judge reads
    sure: float  # its mean probability of the digit that it reads most


@dataclass(frozen=True)
class Moment:
    """One step of a run. Arrays are (D, T, H, W): what is seen is one laid over the other."""

    level: int  # noise level t; -1 for the finished clip
    alpha_bar: float
    x: Array  # x_t = sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) eps
    x0: Array  # the clip as the network guesses it
    motions: tuple[Motion, ...] = ()  # of the finished clip, one per digit


def model_of(store: Store, checkpoint: str = CHECKPOINT) -> Video:
    """The network of a checkpoint; NotFoundError when that makes no clips."""
    return loaded(store, checkpoint, Video)


def moments(store: Store, model: Video, run: Iterator[SamplerStep], total: int) -> Iterator[Step[Moment]]:
    """A Moment for every step of a run of one clip per digit; the last one knows their motion."""
    for done, step in enumerate(run):
        x, x0 = (model.unfold(part).cpu() for part in (step.x, step.estimate.x0))
        motions = tuple(seen(store, x)) if step.timestep < 0 else ()
        yield Step(done, total, Moment(step.timestep, step.alpha_bar, x.numpy(), x0.numpy(), motions))


@torch.inference_mode()
def seen(store: Store, clips: Tensor) -> list[Motion]:
    """What is seen in clips (N, T, H, W)."""
    judge = loaded(store, JUDGE, Judge)
    found = flight(clips)
    odds = judge(readable(clips.flatten(0, 1)).to(store.device)).softmax(1).cpu().unflatten(0, clips.shape[:2])
    return [
        Motion(
            track=tuple(map(tuple, track.tolist())),
            fitted=tuple(map(tuple, fitted.tolist())),
            wrong=tuple(wrong.tolist()),
            speed=float(velocity.norm()),
            steady=bool(steady),
            read=tuple(p.argmax(1).tolist()),
            sure=float(p.mean(0).max()),
        )
        for track, fitted, wrong, velocity, steady, p in zip(
            found.track, found.fitted, found.wrong, found.velocity, found.steady, odds, strict=True
        )
    ]


# as it is looked at, told and saved


def noisy(moment: Moment) -> Array:
    """x_t scaled so that noise of this level fits into [-1, 1]."""
    reach = moment.alpha_bar**0.5 + 2.5 * (1 - moment.alpha_bar) ** 0.5
    return moment.x / reach


def sheet(*panes: Array) -> bytes:
    """Panes (T, H, W), or (D, T, H, W), as one PNG: a column per frame, a row per pane. The second digit is green."""
    rows = [pane if pane.ndim == 4 else pane[None] for pane in panes]
    picture = np.concatenate([np.concatenate(list(row.swapaxes(0, 1)), axis=2) for row in rows], axis=1)
    return png(picture if len(picture) == 1 else np.concatenate([picture, np.full_like(picture[:1], -1)]))


def told(motion: Motion) -> Json:
    """The motion as the page and programs take it."""
    return plain(motion)


def page(request: Request, steps: Iterator[Step[Moment | None]]) -> Iterator[Step[Json | None]]:
    """A sheet per step of the run, see clip.js."""
    sheets, levels = list[bytes](), list[int]()
    for step in steps:
        moment = step.value
        if moment is None:
            yield Step(step.done, step.total, None)
            continue
        sheets, levels = [*sheets, sheet(noisy(moment), moment.x0)], [*levels, moment.level]
        motions = [[told(motion) for motion in moment.motions]] if moment.motions else []
        value = clip_value(sheets, ("x", "x0"), levels, moment.x[0], motions)
        yield Step(step.done, step.total, {**value, "digits": len(moment.x)})


def clip_value(
    sheets: Sequence[bytes], panes: Sequence[str], levels: Sequence[int], clip: Array, motions: Sequence[list[Json]]
) -> Json:
    """A value of clip.js; `clip` (T, H, W) has the size, `motions` of every sheet, or of the last: one per digit."""
    frames, height, width = clip.shape
    return {
        "sheets": list(sheets),
        "panes": list(panes),
        "levels": list(levels),
        "frames": frames,
        "w": width,
        "h": height,
        **({"motions": list(motions)} if motions else {}),
    }


def numbers(request: Request, moment: Moment) -> Json:
    """Noise level; of each digit of the finished clip also track, what fits no flight, and what the judge reads."""
    motions = {"motions": [told(motion) for motion in moment.motions]} if moment.motions else {}
    return {"level": moment.level, "alpha_bar": plain(moment.alpha_bar), **motions}


def over(clips: Array) -> Array:
    """Clips of one digit each (D, T, H, W) laid over each other, (T, H, W)."""
    return laid_over(torch.from_numpy(clips)).numpy()


def film(request: Request, run: Sequence[Moment]) -> Pictures:
    """The finished clip; as a still, its frames in four rows."""
    clip = over(run[-1].x)
    return Pictures([images.to_pil(frame, SCALE) for frame in clip], images.grid(clip[:, None], 4, 4))
