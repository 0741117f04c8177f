"""Where the heads of a GPT look (Vaswani et al., 2017, arXiv:1706.03762).

L layers, H heads, T tokens.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.gpt.requests import Attention
from aigc_demo.services.gpt.tokens import Rival, gpt_of, rivals, text_of, tokens_of
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.use_case import Json, UseCase

SEEN = 72  # characters of a map, at most: the last ones of a prompt
NEXT = 5  # of what the model expects next, so many are told
CELL, GAP = 4, 12  # pixels of a character in a saved map, and between two maps
PAPER, GLOW, AHEAD = (0xFB, 0xF8, 0xF3), (0xC8, 0x45, 0x2B), (0xE6, 0xDF, 0xD3)


@dataclass(frozen=True)
class Heads:
    """How much every character takes from each before it, by every head."""

    text: str  # the T characters
    cut: int  # characters before them that were left out
    weights: npt.NDArray[np.uint8]  # (L, H, T (T + 1) / 2): 255 times the shares, row by row up to the diagonal
    tokens_next: tuple[Rival, ...]  # what the model expects after the text


@torch.inference_mode()
def attention(store: Store, request: Attention) -> Heads:
    """The attention of every head over the last SEEN characters of the prompt."""
    model = gpt_of(store, request.model)
    tokens = tokens_of(model, request.prompt)
    seen = tokens[:, -min(SEEN, model.config.context) :]
    expected = model(seen)[0, -1].float().softmax(0)
    cut = tokens.shape[1] - seen.shape[1]
    weights = triangle(model.attention(seen)[:, 0])
    return Heads(text_of(model, seen[0]), cut, weights, rivals(model.config.characters, expected))


def triangle(weights: Tensor) -> npt.NDArray[np.uint8]:
    """weights (L, H, T, T), zero above the diagonal -> the rest row by row in 255ths, (L, H, T (T + 1) / 2)."""
    rows, columns = torch.tril_indices(*weights.shape[2:])
    return (255 * weights[:, :, rows, columns]).round().to(torch.uint8).cpu().numpy()


def heads(request: Attention, made: Heads) -> Json:
    """Text, what is expected next, and the bytes of `weights`, row by row, as base64."""
    layers, count = made.weights.shape[:2]
    return {
        "text": made.text,
        "cut": made.cut,
        "layers": layers,
        "heads": count,
        "weights": base64.b64encode(made.weights.tobytes()).decode(),
        "next": [[rival.text, plain(rival.p)] for rival in made.tokens_next[:NEXT]],
    }


def maps(request: Attention, run: Sequence[Heads]) -> Pictures:
    """Every head as a map: a row per layer."""
    made = run[-1]
    layers, count = made.weights.shape[:2]
    length = len(made.text)
    rows, columns = np.tril_indices(length)
    side, paper, glow = length * CELL + GAP, np.array(PAPER), np.array(GLOW)
    sheet = np.full((layers * side + GAP, count * side + GAP, 3), PAPER, dtype=np.uint8)
    for layer in range(layers):
        for head in range(count):
            shares = np.zeros((length, length, 1))
            shares[rows, columns, 0] = np.minimum(1, 1.1 * (made.weights[layer, head] / 255) ** 0.6)
            small = paper + shares * (glow - paper)
            small[np.triu_indices(length, 1)] = AHEAD
            top, left = GAP + layer * side, GAP + head * side
            large = small.round().astype(np.uint8).repeat(CELL, axis=0).repeat(CELL, axis=1)
            sheet[top : top + length * CELL, left : left + length * CELL] = large
    return Pictures([Image.fromarray(sheet)])


USE_CASE: UseCase[Attention, Heads] = UseCase(
    run=attention,
    page=each(heads),
    numbers=heads,
    file=maps,
    formats=PICTURE,
    checkpoints=lambda request: (request.model,),
    first=Attention(),
)
