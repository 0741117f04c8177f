"""The GAN use-cases: train on points of the plane, live; draw pictures, walk, calculate, ask, judge, compare."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aigc_demo.core.card import Card
from aigc_demo.core.steps import Step
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services.gan import checkpoints, picture_scripts, saving
from aigc_demo.services.gan.judging import Judging
from aigc_demo.services.gan.points import PointTraining
from aigc_demo.services.gan.requests import Draw
from aigc_demo.services.saving import save, values, versions

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

    def save(self, use_case: str, request: Any, format: str) -> Iterator[Step[bytes | None]]:
        """The result as a png, gif, mp4 or json file that carries its run card; made again, as a seed fixes it.

        The file comes with the last step.
        """
        checkpoint = checkpoints.used(request)[0]
        card = Card(use_case, values(request), checkpoint, self.store.sha256(checkpoint), versions())
        yield from save(getattr(self, use_case.partition("_")[2]), request, format, card, saving.file)

    def python(self, request: Any) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, in plain PyTorch."""
        name = "conditional" if not hasattr(request, "model") else request.model
        return picture_scripts.python(request, self.model(name))


create = GANService
