"""Our Transformer beside transformers' GPT2LMHeadModel with the same weights: tokens, every layer, the time of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.models.dalle import Only
from aigc_demo.pipelines import convert, parity
from aigc_demo.services.both_write import TOLERANCE, both_write
from aigc_demo.services.dalle.drawing import autoencoder_of, dalle_of, picture, text_tokens
from aigc_demo.services.dalle.requests import CHECKPOINT, CODES, Beside
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.scene_parts import understood
from aigc_demo.services.use_case import Json, UseCase

SCALE = 6  # times that a saved picture is enlarged


@dataclass(frozen=True)
class SideBySide:
    """A picture by our network and by the library's; pictures (3, H, W) in [-1, 1]."""

    ours: Array
    theirs: Array
    same: int  # cells with equal tokens
    count: int  # cells
    our_milliseconds: float
    their_milliseconds: float
    layers: parity.Figures
    first: int | None  # number of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float


@torch.inference_mode()
def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Draw with ours, then with the library's, then compare every layer; the result comes with the last step."""
    understood(request.prompt)
    model, autoencoder = dalle_of(store), autoencoder_of(store)
    config, device = model.config, next(model.parameters()).device
    read = model.to_draw(text_tokens(model, request.prompt)).to(device)
    gpt = model.gpt if request.mistake == "none" else parity.with_mistake(model.gpt, request.mistake)
    theirs = convert.to_library(model.gpt).to(device)
    length, total = config.side**2, config.side**2 + 2
    writer = Only(gpt, config.words, config.image)
    others = [*range(config.words), *range(config.image, config.gpt.vocabulary)]
    both = yield from both_write(writer, theirs, read, length, total, suppress_tokens=others)
    mine, yours = ([token - config.words for token in tokens] for tokens in (both.ours, both.theirs))
    table = parity.compare(
        gpt, theirs, model.to_draw(read[:, :-1], torch.tensor([mine], device=device)), tolerance=TOLERANCE
    )
    made = SideBySide(
        ours=picture(autoencoder, mine, config.side),
        theirs=picture(autoencoder, yours, config.side),
        same=sum(a == b for a, b in zip(mine, yours, strict=True)),
        count=length,
        our_milliseconds=1000 * both.our_seconds,
        their_milliseconds=1000 * both.their_seconds,
        layers=table.figures,
        first=table.first,
        maximum=table.rows[-1].maximum,
        mean=table.rows[-1].mean,
    )
    yield Step(total, total, made)


def compared(request: Beside, made: SideBySide) -> Json:
    """Our picture, the library's, the difference; the table of layers."""
    pictures = np.stack([made.ours, made.theirs, 1 - np.abs(made.ours - made.theirs)])
    return {**tiles(pictures), **numbers(request, made), "tolerance": TOLERANCE}


def numbers(request: Beside, made: SideBySide) -> Json:
    """Equal cells, differences, times, and the first layer over the tolerance."""
    return plain(made)


def still(request: Beside, run: Sequence[SideBySide]) -> Pictures:
    return Pictures([images.grid(np.stack([run[-1].ours, run[-1].theirs]), 2, SCALE)])


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(compared),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CHECKPOINT, CODES),
    first=Beside(),
)
