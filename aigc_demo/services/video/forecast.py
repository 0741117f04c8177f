"""The first frames of a flight, continued by the convolutional LSTM, beside the true flight and a frame that stands.

T frames of H = W pixels, float32 in [-1, 1].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data import digits, images, moving_digits, tracks
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.convlstm import ConvLSTM
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.video.clips import FORMATS, SCALE, clip_value, sheet
from aigc_demo.services.video.requests import FORECASTER, Forecast

Places = tuple[tuple[float, ...], ...]  # T times (row, column) in pixels


@dataclass(frozen=True)
class Continued:
    """Three clips (T, H, W) that begin alike, the errors of continued frames, and where the network goes wrong."""

    truth: Array
    still: Array  # the last given frame, again and again
    said: Array  # by the network
    errors: tuple[float, ...]  # mean squared error of the ink in [0, 1]
    errors_still: tuple[float, ...]
    track: Places  # the ink's centre of mass in `said`
    way: Places  # and in `truth`
    wrong: tuple[bool, ...]  # T, true where the two are more than data/tracks.NEAR apart
    bounces: tuple[int, ...]  # frames at which the truth has turned around, as far as that can be judged
    missed: tuple[int, ...]  # those of them behind which `said` doesn't leave the edge as it should


def network(store: Store) -> ConvLSTM:
    """The network that continues clips; NotFoundError when the checkpoint is another kind of model."""
    return loaded(store, FORECASTER, ConvLSTM)


def flown(store: Store, request: Forecast) -> moving_digits.Clips:
    """The true flight of the drawing, else of the real digit."""
    if request.drawing:
        placed = images.drawing_to_digit(from_data_url(request.drawing))[2:-2, 2:-2]
        picture = torch.from_numpy(images.to_bytes(placed))
    else:
        picture = torch.from_numpy(digits.read_samples(Path(store.assets) / "examples" / "mnist-samples.png"))[
            request.sample
        ]
    angle = math.radians(request.direction)
    velocity = request.speed * torch.tensor([[-math.sin(angle), math.cos(angle)]])
    start = torch.tensor([[request.start_y, request.start_x]])
    return moving_digits.fly(picture[None], start, velocity, request.given + request.ahead)


@torch.inference_mode()
def forecast(store: Store, request: Forecast) -> Continued:
    """All frames at once: they take milliseconds."""
    model, flight = network(store), flown(store, request)
    truth, given = flight.frames, request.given
    known = truth[:, :given]
    said = torch.cat([known, model(known.to(store.device), request.ahead).cpu()], 1)
    still = torch.cat([known, known[:, -1:].expand(-1, request.ahead, -1, -1)], 1)
    track, way = tracks.centres(said), tracks.centres(truth)
    judged, obeyed = tracks.bounces(track, way, flight.bounced)
    judged[:, :given] = False

    def frames(which: Tensor) -> tuple[int, ...]:
        return tuple(which[0].any(1).nonzero()[:, 0].tolist())

    return Continued(
        truth=truth[0].numpy(),
        still=still[0].numpy(),
        said=said[0].numpy(),
        errors=squared(said, truth)[given:],
        errors_still=squared(still, truth)[given:],
        track=tuple(map(tuple, track[0].tolist())),
        way=tuple(map(tuple, way[0].tolist())),
        wrong=tuple(((track - way)[0].norm(dim=1) > tracks.NEAR).tolist()),
        bounces=frames(judged),
        missed=frames(judged & ~obeyed),
    )


def squared(clip: Tensor, truth: Tensor) -> tuple[float, ...]:
    """Clips (1, T, H, W) -> mean squared error of the ink in [0, 1] of every frame."""
    return tuple(((clip - truth) / 2).square().mean((0, 2, 3)).tolist())


def shown(request: Forecast, made: Continued) -> Json:
    """Three panes and the errors, see clip.js."""
    motion = {name: plain(getattr(made, name)) for name in ("track", "wrong", "bounces", "missed")}
    value = clip_value(
        [sheet(made.truth, made.still, made.said)],
        ("truth", "still", "said"),
        (-1,),
        made.truth,
        [[{**motion, "fitted": plain(made.way)}]],
    )
    return {**value, "given": request.given, "errors": plain(made.errors), "errors_still": plain(made.errors_still)}


def numbers(request: Forecast, made: Continued) -> Json:
    """Errors of the continued frames, both ways, frames off the true one, and bounces."""
    return plain(made)


def film(request: Forecast, run: Sequence[Continued]) -> Pictures:
    """Truth, standing frame and continued clip side by side; as a still, a row for each."""
    clips = np.stack([run[-1].truth, run[-1].still, run[-1].said])
    rows = [images.grid(np.ascontiguousarray(clips[:, i, None]), 3, SCALE) for i in range(clips.shape[1])]
    return Pictures(rows, images.grid(clips.reshape(-1, 1, *clips.shape[2:]), clips.shape[1], 2))


USE_CASE: UseCase[Forecast, Continued] = UseCase(
    run=forecast,
    page=each(shown),
    numbers=numbers,
    file=film,
    formats=FORMATS,
    checkpoints=lambda request: (FORECASTER,),
    first=Forecast(),
)
