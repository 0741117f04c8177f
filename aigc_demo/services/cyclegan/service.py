"""The translation use-cases: there and back, and with the cycle term beside without. Each answers at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.card import Card
from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data import emoji
from aigc_demo.models.cyclegan import CycleGAN
from aigc_demo.services.cyclegan import checkpoints, saving, scripts
from aigc_demo.services.cyclegan.requests import PAIRS, ROWS, Compare, Translate
from aigc_demo.services.cyclegan.results import Array, Compared, Reading, Translated
from aigc_demo.services.saving import save, versions

GROUPS = len(emoji.GROUPS)


class CycleGANService:
    def __init__(self, store: Store):
        self.store = store

    def facts(self, *ids: str) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights of the checkpoints that took part."""
        models = [self.store.load(name) for name in ids or (checkpoints.CYCLE,)]
        total = sum(parameter.numel() for model in models for parameter in model.parameters())
        return {"device": self.store.device.upper(), "parameters": total}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        self.translate(Translate())

    def pairs(self) -> tuple[Tensor, Tensor]:
        """The shipped emoji as Twitter and as Google draw them, (24, 3, 64, 64) each, in [-1, 1]."""
        sheet = emoji.read_samples(Path(self.store.assets) / "examples" / "emoji-pairs.png")  # (48, 64, 64, 3)
        both = torch.from_numpy(sheet.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1
        return both[:PAIRS].to(self.store.device), both[PAIRS:].to(self.store.device)

    def seen(self, request: Translate) -> tuple[Tensor, Tensor | None]:
        """What is translated (1, 3, 64, 64), and as the other vendor draws it, where that is known."""
        if request.picture:
            return torch.from_numpy(saving.brought(request.picture))[None].to(self.store.device), None
        source, target = self.pairs()[:: -1 if backwards(request) else 1]
        return source[request.sample : request.sample + 1], target[request.sample : request.sample + 1]

    @torch.inference_mode()
    def translate(self, request: Translate) -> Translated:
        """A picture in the other vendor's style and back again, and what critic and judge say of it."""
        model = self.model(checkpoints.CYCLE)
        x, truth = self.seen(request)
        there, back = model(x, backwards(request))
        same = model.translator(not backwards(request))(x)
        error = (back - x)[0].abs().mean(0).cpu().numpy() / 2
        first, second, *third = self._readings(model, request, [x, there, *([] if truth is None else [truth])])
        return Translated(
            direction=request.direction,
            picture=shown(x)[0],
            there=shown(there)[0],
            back=shown(back)[0],
            same=shown(same)[0],
            truth=None if truth is None else shown(truth)[0],
            cycle_error=error,
            readings=(first, second, third[0] if third else None),
        )

    def _readings(self, model: CycleGAN, request: Translate, found: list[Tensor]) -> list[Reading]:
        """What the critic of the style that is aimed at, and the judge, make of pictures (1, 3, 64, 64)."""
        x = torch.cat(found)
        scores = model.discriminator(backwards(request))(x).cpu().numpy()  # (N, 14, 14)
        target = emoji.VENDORS.index(model.config.names[0 if backwards(request) else 1])
        chances = self.store.load(checkpoints.JUDGE)(x).softmax(1).view(len(x), -1, GROUPS).sum(2)[:, target]
        return [Reading(float(c), float(s.mean()), s) for c, s in zip(chances, scores, strict=True)]

    @torch.inference_mode()
    def compare(self, request: Compare) -> Compared:
        """A row of held-out emoji as they are, without the cycle term, with it, and as the other vendor draws them."""
        start = 8 * ROWS.index(request.row)
        x, truth = (side[start : start + 8] for side in self.pairs()[:: -1 if backwards(request) else 1])
        made = [self.model(name).translator(backwards(request))(x) for name in (checkpoints.WITHOUT, checkpoints.CYCLE)]
        rows = [x, *made]
        errors = [((row - truth).abs().flatten(1).mean(1) / 2).cpu().numpy() for row in rows]
        return Compared(request.direction, *(shown(row) for row in (*rows, truth)), *errors)

    def python(self, request: Translate | Compare) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, in plain PyTorch."""
        return scripts.python(request, self.model(checkpoints.CYCLE).config)

    def save(self, use_case: str, request: Any, format: str) -> Iterator[Step[bytes | None]]:
        """The result as a png, gif, mp4 or json file that carries its run card. The file comes with the last step."""
        checkpoint = checkpoints.used(request)[0]
        card = Card(use_case, saving.values(request), checkpoint, self.store.sha256(checkpoint), versions())
        yield from save(getattr(self, use_case.partition("_")[2]), request, format, card, saving.file)

    def model(self, checkpoint: str) -> CycleGAN:
        """The translators with this id."""
        model = self.store.load(checkpoint)
        if not isinstance(model, CycleGAN):
            raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
        return model


def backwards(request: Translate | Compare) -> bool:
    """Whether the request goes from Google's style to Twitter's."""
    return request.direction == "to_twitter"


def shown(x: Tensor) -> Array:
    """(N, 3, H, W), about in [-1, 1] -> the same in [0, 1], where it can be looked at."""
    return np.clip((x.cpu().numpy() + 1) / 2, 0, 1)


create = CycleGANService
