"""The GAN use-cases: train on points of the plane, live; draw pictures, walk, calculate, ask, judge, compare."""

from typing import TYPE_CHECKING, Any

from aigc_demo.models.gan import PointGANConfig
from aigc_demo.services.gan.judging import Judging
from aigc_demo.services.gan.points import PointTraining
from aigc_demo.services.gan.requests import Draw

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store


class GANService(Judging):
    """Pictures by checkpoints of the store; `live` trains on points, from nothing."""

    def __init__(self, store: "Store", config: PointGANConfig | None = None):
        self.store = store
        self.live = PointTraining(config)

    def facts(self, *ids: str) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights of the checkpoints that took part."""
        models = [self.store.load(name) for name in ids]
        total = sum(parameter.numel() for model in models for parameter in model.parameters())
        return {"device": self.store.device.upper(), "parameters": total}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        self.live.warm()
        self.draw(Draw(count=1))


create = GANService
