"""The couplet use-cases: answer an upper line, and stand beside the library."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.core.card import Card
from aigc_demo.core.steps import Step
from aigc_demo.data.prosody import Prosody
from aigc_demo.services import text_saving
from aigc_demo.services.saving import values, versions
from aigc_demo.services.seq2seq import saving, scripts
from aigc_demo.services.seq2seq.answering import Answering, model_of
from aigc_demo.services.seq2seq.beside import BesideTransformers
from aigc_demo.services.seq2seq.checkpoints import COUPLETS
from aigc_demo.services.seq2seq.requests import Beside, Pair

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store


class Seq2SeqService(Answering, BesideTransformers):
    """The network that answers couplets, by the checkpoint of the store."""

    def __init__(self, store: "Store"):
        self.store = store

    @cached_property
    def prosody(self) -> Prosody:  # type: ignore[override]
        """Tones of characters, as they ship."""
        return Prosody.read(ASSETS)

    def facts(self) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights."""
        total = sum(parameter.numel() for parameter in model_of(self.store).parameters())
        return {"device": self.store.device.upper(), "parameters": total}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        list(self.pair(Pair()))

    def python(self, request: Pair | Beside) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, with transformers."""
        return scripts.python(request)

    def save(self, request: Pair, format: str) -> Iterator[Step[bytes | None]]:
        """The couplet as a txt, html, png or json file that carries its run card. The file comes with the last step."""
        card = Card("seq2seq_pair", values(request), COUPLETS, self.store.sha256(COUPLETS), versions())
        yield from text_saving.save(lambda wanted: saving.documents(self.pair(wanted)), request, format, card)


create = Seq2SeqService
