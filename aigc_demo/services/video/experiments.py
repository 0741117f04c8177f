"""What the questions of video do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side
from aigc_demo.services.video.requests import Beside, Draw, Forecast, Walk

EARLY = 4  # steps of ten that the early guess has behind it
SHOWN = 4  # frames of a continued clip that are put side by side


def told_apart(store: Store, request: Draw, finished: Any) -> list[Side]:
    """An early guess of the clip and the clip: share of digits in frames that are on the way, and are read as asked."""
    import torch  # here, since a page is served without torch

    from aigc_demo.data.tracks import NEAR, centres
    from aigc_demo.services.video.clips import over, seen
    from aigc_demo.services.video.draw import draw

    early = [step.value for step in draw(store, request)][EARLY]
    way = centres(torch.from_numpy(finished.x))  # (D, T, 2)
    asked = torch.tensor([request.digit, request.second])[: len(way), None]
    sides = []
    for name, clip in (("early", early.x0), ("end", finished.x)):
        clips = torch.from_numpy(clip)
        near = float(((centres(clips) - way).norm(dim=2) < NEAR).double().mean())
        read = torch.tensor([motion.read for motion in seen(store, clips)])
        right = float((read == asked).double().mean())
        measures = {"on_way": near, "as_asked": right}
        sides.append(Side(measures, over(clip)[::4, None], 4, name=f"experiment.clip_{name}"))
    return sides


def half_way(store: Store, request: Walk, stops: Any) -> list[Side]:
    """Half-way between two clips: their pixels mixed, and what comes of their noise mixed."""
    mixed = (stops.clips[0] + stops.clips[-1]) / 2
    sides = []
    for name, clip in (("pixels", mixed), ("noise", stops.clips[len(stops.clips) // 2])):
        darkest = float(np.median((clip.clip(-1, 1).max((1, 2)) + 1) / 2))
        sides.append(Side({"darkest_middle": darkest}, clip[::4, None], 4, name=f"experiment.clip_{name}"))
    return sides


def next_and_later(store: Store, request: Forecast, made: Any) -> list[Side]:
    """The first continued frames and the last: how much of the ink is left in a pixel, and the error."""
    sides, continued = [], made.said[request.given :]
    for name, part in (("next", slice(None, SHOWN)), ("later", slice(-SHOWN, None))):
        clip = continued[part]
        darkest = float(np.mean((clip.clip(-1, 1).max((1, 2)) + 1) / 2))
        measures = {"darkest_mean": darkest, "ink_error": float(np.mean(made.errors[part]))}
        sides.append(Side(measures, clip[:, None], SHOWN, name=f"experiment.clip_{name}"))
    return sides


def twins(store: Store, request: Beside, made: Any) -> list[Side]:
    """Four frames by ours, and below them those of the library."""
    frames = np.concatenate([made.ours[::4, None], made.theirs[::4, None]])
    return [Side({"apart": made.maximum}, frames, len(frames) // 2, name="experiment.ours_above_theirs")]


EXPERIMENTS = {
    "video.predict_beside": Experiment((Beside(steps=5),), twins, lambda both: both.measures["apart"] < 1e-3, sides=1),
    "video.predict_first": Experiment(
        (Draw(),),
        told_apart,
        lambda early, end: (
            early.measures["on_way"] >= 0.5 and early.measures["as_asked"] < 0.5 and end.measures["as_asked"] > 0.8
        ),
    ),
    "video.predict_forecast": Experiment(
        (Forecast(),),
        next_and_later,
        lambda near, late: (
            late.measures["darkest_mean"] < near.measures["darkest_mean"] - 0.1
            and late.measures["ink_error"] > 1.5 * near.measures["ink_error"]
        ),
    ),
    "video.predict_walk": Experiment(
        (Walk(stops=3),),
        half_way,
        lambda pixels, noise: noise.measures["darkest_middle"] > pixels.measures["darkest_middle"] + 0.2,
    ),
}
