"""Where the heads of a GPT look.

L layers, H heads, T tokens.
"""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.models.gpt import GPT
from aigc_demo.services.gpt.reading import rivals, tokens_of
from aigc_demo.services.gpt.requests import Attend
from aigc_demo.services.gpt.results import Attention

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

SEEN = 72  # characters of a map, at most: the last ones of a prompt


def gpt_of(store: "Store", checkpoint: str) -> GPT:
    """The GPT with this id."""
    model = store.load(checkpoint)
    if not isinstance(model, GPT):
        raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
    return model


def triangle(weights: Tensor) -> np.ndarray:
    """weights (L, H, T, T), zero above the diagonal -> the rest row by row in 255ths, (L, H, T (T + 1) / 2)."""
    rows, columns = torch.tril_indices(*weights.shape[2:])
    return (255 * weights[:, :, rows, columns]).round().to(torch.uint8).cpu().numpy()


class Looking:
    """The part of the service that shows attention."""

    store: "Store"

    @torch.inference_mode()
    def attend(self, request: Attend) -> Attention:
        """How much every character takes from each before it, by every head."""
        model = gpt_of(self.store, request.model)
        tokens = tokens_of(model, request.prompt)
        seen = tokens[:, -min(SEEN, model.config.context) :]
        known = model.config.characters
        expected = model(seen)[0, -1].float().softmax(0)
        text = "".join(known[int(token)] for token in seen[0])
        return Attention(
            text, tokens.shape[1] - seen.shape[1], triangle(model.attention(seen)[:, 0]), rivals(known, expected)
        )
