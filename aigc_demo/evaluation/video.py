"""Clips of moving digits: what the judge reads in them, how they fly, and how far they are from real ones.

Real clips are of the test digits; those of the floor are of training digits, as many, with the same labels. The judge
sees a frame at twice its size, the digit in the middle.

class_accuracy       share of frames that the judge reads as the digit that was asked for
real_class_accuracy  the same of real clips: how well the judge reads such small digits
frechet              Frechet distance of single frames to real ones, in the judge's features of the digit
frechet_floor        the same of clips of training digits: what a perfect model would reach
frechet_two          the same of frames with two digits: clips laid over each other, the first half over the second
frechet_two_floor    and of clips of training digits
frechet_motion       the same for pairs of frames, one after the other: in the judge's features of their difference
frechet_motion_floor and of clips of training digits
frechet_motion_still and of clips that stand still, each its first real frame
on_track             share of frames within 1.5 pixels of the straight flight with reflections that fits the clip best
real_on_track        the same of real clips
steady               share of clips whose fitted speed is one that the training data have (1 to 2 pixels, 0.3 allowed)
bounces              share of clips whose digit turns around at an edge, by the fit
real_bounces         the same of real clips
continued            pixels from the true flight, mean of the frames behind four that are given
continued_straight   the same of a flight that goes on straight from the last two given frames, and bounces
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data import digits, moving_digits, tracks
from aigc_demo.evaluation.digits import classify, share
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.measurement import Measured, Task
from aigc_demo.models.judge import Judge
from aigc_demo.models.video import Video
from aigc_demo.sampling.clips import Begun, denoise
from aigc_demo.sampling.noise import SeededNoise

CLIPS = 200
PART, PART_BEGUN = 20, 3  # clips that are drawn at once; fewer where frames are given, see sampling/clips.py
STEPS, GUIDANCE = 10, 7.0
GIVEN = 4  # frames


def draw(model: Video, labels: Tensor, seed: int, given: Tensor | None = None) -> Tensor:
    """A clip per label (N,), each from its own seed -> (N, T, H, W); with given (N, T, H, W), what goes on from it."""
    device = next(model.parameters()).device
    clips, part = [], PART if given is None else PART_BEGUN
    for first in range(0, len(labels), part):
        asked = labels[first : first + part]
        noise = SeededNoise(range(seed + first, seed + first + len(asked)), device).draw(model.config.shape)
        begun = None if given is None else Begun(model, model.fold(given[first : first + part]).to(device), GIVEN)
        *_, last = denoise(model, noise, asked.tolist(), GUIDANCE, STEPS, begun)
        clips.append(model.unfold(last.x).cpu().clamp(-1, 1))
    return torch.cat(clips)


def motion(judge: Judge, clips: Tensor) -> Tensor:
    """clips (N, T, H, W) -> the judge's features of what changes from a frame to the next (N * (T - 1), D)."""
    change = (clips[:, 1:] - clips[:, :-1]).flatten(0, 1)[:, None] / 2
    return classify(judge, F.pad(change, (4, 4, 4, 4)))[0]


def both(judge: Judge, clips: Tensor) -> Tensor:
    """clips (N, T, H, W) of one digit -> the judge's features of frames with two (N / 2 * T, D)."""
    half = len(clips) // 2
    frames = moving_digits.laid_over(torch.stack([clips[:half], clips[half : 2 * half]]))
    return classify(judge, tracks.readable(frames.flatten(0, 1)))[0]


def turned(flight: tracks.Flight) -> Tensor:
    """(N,) whether a fitted flight turns around in one of its directions."""
    way = flight.fitted.diff(dim=1)  # (N, T - 1, 2)
    return ((way > 0.2).any(1) & (way < -0.2).any(1)).any(1)


def straight_on(clips: Tensor, frames: int) -> Tensor:
    """Where the digit of clips (N, T, H, W) would be if it went on as in the last two of GIVEN frames; (N, T, 2)."""
    track, sizes, _ = tracks.boxes(clips[:, :GIVEN])
    step = track[:, -1] - track[:, -2]
    room = moving_digits.SIZE - sizes[:, -1]
    ahead = torch.arange(frames - GIVEN)[None, :, None] + 1
    start = track[:, -1] - sizes[:, -1] / 2
    return moving_digits.folded(start[:, None] + ahead * step[:, None], room[:, None]) + sizes[:, -1:] / 2


def measure(model: Video, task: Task) -> Measured:
    """The model of clips, with the sampler, steps and guidance of the page."""
    judge, seed, frames = task.judge("judge-digits"), task.settings.seed, model.config.frames
    generator = torch.Generator().manual_seed(seed)
    real_digits, labels = (part[:CLIPS] for part in digits.load(task.folder, "test"))
    train_digits, train_labels = digits.load(task.folder, "train")
    alike = torch.stack([(train_labels == label).nonzero()[place, 0] for place, label in enumerate(labels)])
    real = moving_digits.draw(real_digits[:, 0], generator, frames)
    floor = moving_digits.draw(train_digits[alike, 0], generator, frames).frames
    made = draw(model, labels, seed)
    (features, read), (of_real, read_real), (of_floor, _) = (
        classify(judge, tracks.readable(clips.flatten(0, 1))) for clips in (made, real.frames, floor)
    )
    asked = labels.repeat_interleave(frames)
    of_motion = motion(judge, real.frames)
    two, floor_two, real_two = (both(judge, clips) for clips in (made, floor, real.frames))
    flight, real_flight = tracks.flight(made), tracks.flight(real.frames)
    went_on = draw(model, torch.full_like(labels, -1), seed, real.frames)
    away = (tracks.centres(went_on) - tracks.centres(real.frames))[:, GIVEN:].norm(dim=2)
    straight = (straight_on(real.frames, frames) - real.tracks[:, GIVEN:]).norm(dim=2)
    found = {
        "class_accuracy": share(read == asked),
        "real_class_accuracy": share(read_real == asked),
        "frechet": frechet(features, of_real),
        "frechet_floor": frechet(of_floor, of_real),
        "frechet_two": frechet(two, real_two),
        "frechet_two_floor": frechet(floor_two, real_two),
        "frechet_motion": frechet(motion(judge, made), of_motion),
        "frechet_motion_floor": frechet(motion(judge, floor), of_motion),
        "frechet_motion_still": frechet(motion(judge, real.frames[:, :1].expand(-1, frames, -1, -1)), of_motion),
        "on_track": share(~flight.wrong),
        "real_on_track": share(~real_flight.wrong),
        "steady": share(flight.steady),
        "bounces": share(turned(flight)),
        "real_bounces": share(turned(real_flight)),
        "continued": float(away.mean()),
        "continued_straight": float(straight.mean()),
    }
    return Measured(found, CLIPS)
