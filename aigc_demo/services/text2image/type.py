"""Draw while a sentence is typed: the student takes one to four steps, one look of the network each."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import images
from aigc_demo.sampling.noise import SeededNoise, seeds_from
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, tiles
from aigc_demo.services.scene_parts import as_json
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models, Reading
from aigc_demo.services.text2image.requests import AUTOENCODER, STUDENT, Type
from aigc_demo.services.text2image.words import claimed
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class Typed:
    pictures: Array  # (N, 3, 64, 64) in [-1, 1]
    readings: tuple[Reading, ...]  # of every picture


@torch.inference_mode()
def type_(store: Store, request: Type) -> Typed:
    """`count` pictures of the sentence, a seed each."""
    claims, models = claimed(request.prompt), Models(store, STUDENT)
    noise = SeededNoise(seeds_from(request.seed, request.count), models.device)
    states = models.states([request.prompt.strip()]).expand(request.count, -1, -1)
    denoise = models.denoiser(states, "", models.model.config.guidance)
    *_, last = models.run(denoise, noise.draw(models.shape), models.timesteps(request.steps), "euler", noise)
    pictures = models.decode(last.x)
    return Typed(pictures, drawing.read(drawing.detector_of(store), pictures, claims))


def row(request: Type, typed: Typed) -> Json:
    """The pictures, where there are several under their seeds; what was asked and what is there."""
    columns = list(map(str, seeds_from(request.seed, request.count))) if request.count > 1 else [""]
    return tiles(typed.pictures, rows=[""], columns=columns, notes=None, colour=True) | numbers(request, typed)


def numbers(request: Type, typed: Typed) -> Json:
    """What was asked, and what the detector reads in each picture."""
    return {"asked": as_json(claimed(request.prompt)), "pictures": drawing.judged(typed.readings)}


def still(request: Type, run: Sequence[Typed]) -> Pictures:
    """The pictures side by side."""
    return Pictures([images.grid(run[-1].pictures, min(2, request.count), 4)])


USE_CASE: UseCase[Type, Typed] = UseCase(
    run=type_,
    page=each(row),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=lambda request: (STUDENT, AUTOENCODER),
    first=Type(),
    warm=Type(),
)
