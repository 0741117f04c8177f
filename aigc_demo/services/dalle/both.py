"""DALL-E beside diffusion: pictures of one sentence by both, the time of each, and what the detector finds wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.sampling.noise import SeededNoise, seeds_from
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.dalle.drawing import autoencoder_of, dalle_of, text_tokens
from aigc_demo.services.dalle.requests import CHECKPOINT, CODES, JUDGE, Both
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.scene_parts import seen, understood, verdict
from aigc_demo.services.text2image import drawing as diffusion
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import Json, UseCase

SCALE = 3  # times that a saved picture is enlarged
ROUNDS = 2  # that are timed, of both in turns


@dataclass(frozen=True)
class Contest:
    """Pictures of one sentence by both, DALL-E's first."""

    pictures: Array  # (2 N, 3, H, W) in [-1, 1]
    verdicts: tuple[dict[str, bool], ...]  # which claims of the sentence hold, of each
    dalle_milliseconds: float  # of all N, from the sentence to pixels
    diffusion_milliseconds: float


@torch.inference_mode()
def both(store: Store, request: Both) -> Iterator[Step[Contest | None]]:
    """The pictures of both; the value comes with the last step."""
    reading = understood(request.prompt)
    yield Step(0, 2, None)
    pictures = torch.cat([by_dalle(store, request), by_diffusion(store, request)])
    yield Step(1, 2, None)
    times = medians((lambda: by_dalle(store, request), lambda: by_diffusion(store, request)), ROUNDS)
    verdicts = tuple(verdict(reading, found) for found in seen(store, pictures))
    yield Step(2, 2, Contest(pictures.cpu().numpy(), verdicts, *times))


def by_dalle(store: Store, request: Both) -> Tensor:
    """(N, 3, H, W) in [-1, 1], written token by token."""
    model, side = dalle_of(store), dalle_of(store).config.side
    how = Sampling(request.temperature, 0, request.top_p)
    read = model.to_draw(text_tokens(model, request.prompt, request.count))
    picks = write(model.drawing(), read, how, chances(request.seed, side * side, request.count))
    tokens = torch.stack([pick.token for pick in picks], dim=1) - model.config.words
    return autoencoder_of(store).decode(tokens.view(-1, side, side)).clamp(-1, 1)


def by_diffusion(store: Store, request: Both) -> Tensor:
    """(N, 3, H, W) in [-1, 1], out of noise, by Euler's method."""
    models = diffusion.Models(store)
    noise = SeededNoise(seeds_from(request.seed, request.count), models.device)
    denoise = models.denoiser(models.states([request.prompt.strip()] * request.count), "", request.guidance)
    *_, last = models.run(denoise, noise.draw(models.shape), models.timesteps(request.steps), "euler", noise)
    return torch.from_numpy(models.decode(last.x))


def numbers(request: Both, made: Contest) -> Json:
    """Which claims hold in every picture, in how many all of them do, and both times."""
    right = [found.get("all", False) for found in made.verdicts]
    return {
        "verdicts": list(made.verdicts),
        "dalle_right": sum(right[: request.count]),
        "diffusion_right": sum(right[request.count :]),
        "pictures_each": request.count,
        "dalle_milliseconds": plain(made.dalle_milliseconds),
        "diffusion_milliseconds": plain(made.diffusion_milliseconds),
    }


def table(request: Both, made: Contest) -> Json:
    """A row of pictures by each, and the numbers."""
    columns = [str(place + 1) for place in range(request.count)]
    shown = tiles(made.pictures, rows=["", ""], columns=columns, notes=None, colour=True)
    return {**shown, **numbers(request, made)}


def still(request: Both, run: Sequence[Contest]) -> Pictures:
    """DALL-E's pictures above those of diffusion."""
    return Pictures([images.grid(np.asarray(run[-1].pictures), request.count, SCALE)])


USE_CASE: UseCase[Both, Contest] = UseCase(
    run=both,
    page=each(table),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=lambda request: (CHECKPOINT, CODES, *diffusion.ALL, JUDGE),
    first=Both(),
)
