"""What can be asked of the GANs: one frozen request per use-case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated

from aigc_demo.core.params import SEED, Choice, Range, Text, check

SETS = ("grid", "ring", "spiral", "line", "drawn")
LOSSES = ("relativistic", "wasserstein_slope", "wasserstein_clip", "least_squares", "logistic")
SIDES = ("both", "generator", "critic")  # whose turn it is
MOST = 20_000  # generator updates of one training, all presses together

Rate = Annotated[float, Range(0, 0.1, 0.0001)]


@dataclass(frozen=True)
class Points:
    """Train a generator against a critic on points of the plane."""

    data: Annotated[str, Choice(SETS)] = "grid"
    loss: Annotated[str, Choice(LOSSES)] = "relativistic"
    turns: Annotated[int, Range(1, MOST)] = 2000  # generator updates
    rate_generator: Rate = 0.002
    rate_critic: Rate = 0.002
    updates: Annotated[int, Range(1, 10)] = 1  # of the critic, for one of the generator
    seed: Annotated[int, SEED] = 7
    drawing: Annotated[str, Text(1_000_000)] = ""  # "0.1,-0.25; 0.12,-0.2", for the set drawn by hand

    def __post_init__(self) -> None:
        check(self)

    @property
    def start(self) -> tuple[str, str, str, int]:
        """What a training cannot change on the way; another one begins anew."""
        return self.data, self.drawing if self.data == "drawn" else "", self.loss, self.seed
