"""The gpt use-cases: write, look at the odds, compare with the LSTM and the library, train further."""

from typing import TYPE_CHECKING, Any

from aigc_demo.services.gpt.beside import BesideTransformers
from aigc_demo.services.gpt.inside import InsideSaving
from aigc_demo.services.gpt.looking import Looking
from aigc_demo.services.gpt.poem import Composing
from aigc_demo.services.gpt.racing import Racing
from aigc_demo.services.gpt.remembering import Remembering
from aigc_demo.services.gpt.requests import Write
from aigc_demo.services.gpt.tuning import Tuning
from aigc_demo.services.gpt.writing import Writing
from aigc_demo.services.gpt.writing_saving import WritingSaving

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store


class GPTService(
    Writing, WritingSaving, Looking, Remembering, Racing, BesideTransformers, Tuning, InsideSaving, Composing
):
    """Language models of characters, by checkpoints of the store."""

    def __init__(self, store: "Store"):
        self.store = store

    def facts(self, *ids: str) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights of the checkpoints that took part."""
        models = [self.store.load(name) for name in ids]
        total = sum(parameter.numel() for model in models for parameter in model.parameters())
        return {"device": self.store.device.upper(), "parameters": total}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        list(self.write(Write(length=1)))


create = GPTService
