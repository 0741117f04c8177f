"""One sentence from several seeds at several strengths of guidance: a row per strength, a column per seed."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.data.scenes import SIDE
from aigc_demo.sampling.noise import SeededNoise, seeds_from
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, tiles
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models, Reading
from aigc_demo.services.text2image.requests import SCALES, Grid
from aigc_demo.services.text2image.words import claimed
from aigc_demo.services.use_case import Json, UseCase

Row = tuple[Array, tuple[Reading, ...]]  # pictures (seeds, 3, 64, 64), and what the detector reads in them


@torch.inference_mode()
def grid(store: Store, request: Grid) -> Iterator[Step[tuple[Row, ...] | None]]:
    """The rows that are finished so far, after each of them."""
    claims, models, detector = claimed(request.prompt), Models(store), drawing.detector_of(store)
    states = models.states([request.prompt.strip()] * request.seeds)
    rows: tuple[Row, ...] = ()
    total = len(SCALES) * (request.steps + 1)
    for guidance in SCALES:
        noise = SeededNoise(seeds_from(request.seed, request.seeds), models.device)
        denoise = models.denoiser(states, "", guidance)
        run = models.run(denoise, noise.draw(models.shape), models.timesteps(request.steps), request.sampler, noise)
        done = len(rows) * (request.steps + 1)
        for place, moment in enumerate(run):
            if moment.timestep >= 0:
                yield Step(done + place, total, None)
        pictures = models.decode(moment.x)
        rows = (*rows, (pictures, drawing.read(detector, pictures, claims)))
        yield Step(done + request.steps + 1, total, rows)


def whole(request: Grid, rows: Sequence[Row]) -> Array:
    """All pictures, row by row; what is not there yet is blank."""
    blank = np.zeros(((len(SCALES) - len(rows)) * request.seeds, 3, SIDE, SIDE), np.float32)
    return np.concatenate([*(pictures for pictures, _ in rows), blank])


def shares(rows: Sequence[Row]) -> list[float]:
    """Of every row the share of pictures in which all is right."""
    return [sum(reading.right["all"] for reading in readings) / len(readings) for _, readings in rows]


def table(request: Grid, rows: tuple[Row, ...]) -> Json:
    """The grid with guidance beside the rows and seeds above the columns."""
    columns = list(map(str, seeds_from(request.seed, request.seeds)))
    done = [f" · {100 * share:.0f} %" for share in shares(rows)] + [""] * len(SCALES)
    named = [f"w = {scale}{share}" for scale, share in zip(SCALES, done, strict=False)]
    return tiles(whole(request, rows), rows=named, columns=columns, notes=None, colour=True)


def numbers(request: Grid, rows: tuple[Row, ...]) -> Json:
    """Guidance of each row, and the share of pictures in which the detector finds all that was asked."""
    return {"guidance": list(SCALES[: len(rows)]), "all_right": shares(rows)}


def still(request: Grid, run: Sequence[tuple[Row, ...]]) -> Pictures:
    """A row of pictures for every strength of guidance."""
    return Pictures([images.grid(whole(request, run[-1]), request.seeds, 2)])


USE_CASE: UseCase[Grid, tuple[Row, ...]] = UseCase(
    run=grid,
    page=each(table),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    kept=True,
    any_engine=True,
    checkpoints=lambda request: drawing.ALL,
    first=Grid(),
)
