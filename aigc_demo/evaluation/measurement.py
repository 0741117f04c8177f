"""What a function that measures a checkpoint gets and gives.

The catalogue names one per checkpoint, `evaluate = "module:function"`; it is called with the model and a Task and
returns a Measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data.fetch import present
from aigc_demo.models.judge import Judge

Metrics = dict[str, float]


@dataclass(frozen=True)
class Settings:
    """Sizes and options of a measurement; the catalogue has figures of the defaults only."""

    samples: int = 5000  # pictures for the Frechet distance
    judged: int = 1000  # the first of them, for class_accuracy and nearest_train
    sampler: str = "dpmpp"
    steps: int = 20
    guidance: float = 1.25
    seed: int = 0  # picture i is drawn from seed + i
    likelihoods: int = 5000  # test digits for nll_nats, picked by the seed
    generated: int = 10_000  # digits drawn by a GAN


@dataclass(frozen=True)
class Task:
    """The checkpoint that is measured and everything a measurement reads besides its weights."""

    checkpoint: Checkpoint
    store: Store
    settings: Settings = Settings()

    @property
    def folder(self) -> Path:
        """Where the data set of the checkpoint is; UnavailableError when it is not on this machine."""
        return present(self.checkpoint.data)

    def judge(self, id: str) -> Judge:
        """The classifier with this id, in eval mode."""
        return loaded(self.store, id, Judge)


@dataclass(frozen=True)
class Measured:
    """What a measurement returns: metrics on held-out data, and what the page shows besides."""

    metrics: Metrics
    samples: int  # pictures, sentences or characters measured
    keep: Callable[[Path], None] | None = None  # writes what the page shows besides metrics into assets/examples
