"""Where each word of the prompt is looked at, step by step: the cross-attention maps of the U-Net.

Tang et al., "What the DAAM", 2023 (arXiv:2210.04885): the maps of all layers, brought to one size and added up. The
states of the end token and of the padding have read the whole sentence, so they have a row of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import claims, images, scene_tokens
from aigc_demo.data.scenes import SIDE
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, tiles
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from aigc_demo.services.text2image.requests import Attention
from aigc_demo.services.text2image.words import checked
from aigc_demo.services.use_case import Json, UseCase

SHOWN = (0, 0.25, 1)  # parts of the run after which the maps are shown: as many as a phone has room for
END = "END"  # the row of the end token and the padding
LIT = 0.95  # quantile of a map from which on its pixels are fully lit
DARKEST = 0.15  # of the light that is left where nobody looks


@dataclass(frozen=True)
class Looked:
    """What was looked at in some steps of a run. W words, the last being END; K steps."""

    words: tuple[str, ...]
    levels: tuple[int, ...]  # noise levels of the K steps
    pictures: Array  # (K, 3, 64, 64), the predicted clean picture of each step
    maps: Array  # (W, K, 64, 64), attention of each pixel to each word; all tokens of a sentence add up to 1


class Listener:
    """The network, which also keeps what the positions look at in the prompt: attention (H, W, T) per call."""

    def __init__(self, models: Models):
        self.models = models
        self.heard: list[Tensor] = []

    def __call__(self, x: Tensor, level: Tensor, words: Tensor) -> Tensor:
        """As the network; the prompt is the last of the batch."""
        seen: list[Tensor] = []
        output: Tensor = self.models.model.step(x, level, words, seen)
        side = self.models.shape[-1]
        maps = [F.interpolate(layer[-1:].permute(0, 3, 1, 2), (side, side), mode="bilinear") for layer in seen]
        self.heard.append(torch.cat(maps).mean(0))
        return output


def rows_of(prompt: str, context: int) -> dict[str, list[int]]:
    """Word of the prompt that says something -> its tokens; END -> the end token and the padding."""
    found = scene_tokens.shipped().encode(prompt)
    rows: dict[str, list[int]] = {}
    for term in claims.read(prompt).terms:
        tokens = [i for i, (start, end) in enumerate(found.offsets) if start < term.end and end > term.start]
        tokens = [i for i in tokens if i < context - 1]
        if term.kind not in ("filler", "unknown", "ground") and tokens:
            rows.setdefault(prompt[term.start : term.end], []).extend(tokens)
    last = min(len(found.ids), context) - 1
    return {**rows, END: list(range(last, context))}


@torch.inference_mode()
def attention(store: Store, request: Attention) -> Iterator[Step[Looked | None]]:
    """Draw one picture and keep where its words were looked at. The value comes last."""
    prompt, models = checked(request.prompt), Models(store)
    rows = rows_of(prompt, models.model.config.text.context)
    listener, noise = Listener(models), SeededNoise([request.seed], models.device)
    denoise = models.denoiser(models.states([prompt]), "", request.guidance or 1.0)  # at 0 nobody looks at the prompt
    denoise.network = listener
    moments = []
    run = models.run(denoise, noise.draw(models.shape), models.timesteps(request.steps), "euler", noise)
    for done, moment in enumerate(run):
        moments.append(moment)
        yield Step(done, request.steps + 1, None)
    shown = np.unique((np.array(SHOWN) * (request.steps - 1)).round().astype(int))
    heard = torch.stack([listener.heard[i] for i in shown])  # (K, T, H, W)
    maps = torch.stack([heard[:, tokens].sum(1) for tokens in rows.values()])  # (W, K, H, W)
    made = Looked(
        tuple(rows),
        tuple(moments[i].timestep for i in shown),
        models.decode(torch.cat([moments[i].estimate.x0 for i in shown])),
        F.interpolate(maps, (SIDE, SIDE), mode="bilinear").cpu().numpy(),
    )
    yield Step(request.steps + 1, request.steps + 1, made)


def lit(made: Looked) -> Array:
    """Row by row: the pictures, then for each word the same ones, light where it is looked at most in that step.

    The brightest pixels of a map, a few that stand far out, are all fully lit: beside them nothing else would be seen.
    """
    least = made.maps.min((2, 3), keepdims=True)
    most = np.quantile(made.maps, LIT, axis=(2, 3), keepdims=True)
    shares = np.clip((made.maps - least) / np.maximum(most - least, 1e-6), 0, 1)
    light = DARKEST + (1 - DARKEST) * shares[:, :, None]  # (W, K, 1, 64, 64)
    rows = (made.pictures + 1) * light - 1
    return np.concatenate([made.pictures[None], rows]).reshape(-1, *made.pictures.shape[1:]).astype(np.float32)


def table(request: Attention, made: Looked) -> Json:
    """The maps with words beside the rows and noise levels above the columns."""
    columns = [f"t = {level}" for level in made.levels]
    notes = [""] * len(columns) + [f"← {100 * share:.0f} %" for share in in_left(made).ravel()]
    return tiles(lit(made), rows=["x̂₀", *made.words], columns=columns, notes=notes, colour=True)


def in_left(made: Looked) -> Array:
    """Share of a word's attention that lies in the left half of the picture, of every step (W, K)."""
    return made.maps[..., : made.maps.shape[-1] // 2].sum((2, 3)) / made.maps.sum((2, 3))


def numbers(request: Attention, made: Looked) -> Json:
    """The share of all attention that each word gets, step by step, and how much of that lies in the left half."""
    shares = made.maps.mean((2, 3))

    def told(values: Array) -> Json:
        return {word: [round(float(x), 4) for x in row] for word, row in zip(made.words, values, strict=True)}

    return {"levels": list(made.levels), "shares": told(shares), "in_left": told(in_left(made))}


def still(request: Attention, run: Sequence[Looked]) -> Pictures:
    """The pictures, and the maps under them."""
    return Pictures([images.grid(lit(run[-1]), len(run[-1].levels), 2)])


USE_CASE: UseCase[Attention, Looked] = UseCase(
    run=attention,
    page=each(table),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: drawing.ALL,
    library=None,
    first=Attention(),
)
