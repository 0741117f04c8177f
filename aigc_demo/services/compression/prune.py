"""Weights or channels left out by magnitude."""

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.compression.pruning import without_channels, without_weights
from aigc_demo.services.compression.requests import CHANNELS, Prune
from aigc_demo.services.compression.shrinking import FORMATS, Shrunk, beside_itself, file, numbers, page_value
from aigc_demo.services.compression.subjects import network
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import UseCase


def prune(store: Store, request: Prune) -> Shrunk:
    """The network without this share of its weights or channels, in half precision, beside itself."""
    model = network(store, request.model)
    cut = without_channels if request.structure == CHANNELS else without_weights
    smaller = cut(model, request.share)

    def tensors() -> tuple[packing.Tensors, dict[str, str]]:
        return packing.of_pruned(smaller)

    size = packing.size(tensors()[0])
    return beside_itself(store, request.model, request.seed, smaller, size, f"prune {request.structure}", tensors)


USE_CASE: UseCase[Prune, Shrunk] = UseCase(
    run=prune,
    page=each(page_value),
    numbers=numbers,
    file=file,
    formats=FORMATS,
    checkpoints=lambda request: (request.model,),
    device="CPU",
    first=Prune(),
)
