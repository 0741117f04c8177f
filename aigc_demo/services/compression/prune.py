"""Weights or channels left out by magnitude."""

from collections.abc import Iterator

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.compression.pruning import without_channels, without_weights
from aigc_demo.core.steps import Step
from aigc_demo.services.compression.requests import CHANNELS, WEIGHTS, Prune
from aigc_demo.services.compression.shrinking import Shrunk, beside_itself, shrinks
from aigc_demo.services.use_case import UseCase

CUTS = {WEIGHTS: without_weights, CHANNELS: without_channels}  # structure -> what leaves out a share of it


def prune(store: Store, request: Prune) -> Iterator[Step[Shrunk | None]]:
    """The network without this share of its weights or channels, in half precision, beside itself."""
    cut = CUTS[request.structure]
    return beside_itself(
        store,
        request.model,
        request.seed,
        f"prune {request.structure}",
        make=lambda model: cut(model, request.share),
        tensors=lambda model: packing.of_pruned(cut(model, request.share)),
        size=lambda model, smaller: packing.pruned_size(smaller),
    )


USE_CASE: UseCase[Prune, Shrunk] = shrinks(prune, Prune())
