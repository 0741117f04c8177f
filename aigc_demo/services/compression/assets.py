"""What the page of compression reads beside its first results; `python -m aigc_demo.services compression` writes it.

assets/examples/ then holds

    digits-heldout.png       500 test digits of MNIST, fifty of each class: needs `python -m aigc_demo.data fetch mnist`
    compression-curves.json  bytes and held-out cost of every network at every number of bits and every share left out
    compression-tuned.json   the same of the digit classifier, fine-tuned on MNIST after a cut: needs MNIST, too
"""

from pathlib import Path

from torch import nn

from aigc_demo.compression import packing
from aigc_demo.compression.rounding import with_bits
from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.services import first_results
from aigc_demo.services.compression.prune import CUTS
from aigc_demo.services.compression.requests import BITS, CHANNEL, GRANULARITIES, JUDGE, SHIPPED, STRUCTURES
from aigc_demo.services.compression.shrinking import CURVES, TUNED, cost_of, curves
from aigc_demo.services.compression.subjects import HELD_OUT, network
from aigc_demo.services.service import Service
from aigc_demo.training.pruned import finetuned

EACH = 50  # digits of a class
LEARNED = 3_200  # training digits that a pruned classifier is fine-tuned on
TUNED_SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

Point = tuple[float, int, float]  # setting, bytes, cost


def held_out(service: Service, folder: Path) -> None:
    """The digits that all costs are taken on."""
    digits.write_samples(*digits.load(present("mnist"), "test"), folder / HELD_OUT, EACH)


def write_curves(service: Service, folder: Path) -> None:
    """Every curve of every network that ships, measured point by point."""
    found: dict[str, list[Point]] = {}
    for checkpoint in SHIPPED:
        model = network(service.store, checkpoint)

        def cost(smaller: nn.Module, checkpoint: str = checkpoint) -> float:
            return cost_of(service.store, checkpoint, smaller)

        for granularity in GRANULARITIES:
            channel = granularity == CHANNEL
            found[f"{checkpoint} bits {granularity}"] = [
                (bits, packing.bits_size(model, bits, channel), cost(with_bits(model, bits, channel))) for bits in BITS
            ]
        for structure in STRUCTURES:
            smaller = [CUTS[structure](model, share) for share in SHARES]
            found[f"{checkpoint} prune {structure}"] = [
                (share, packing.pruned_size(one), cost(one)) for share, one in zip(SHARES, smaller, strict=True)
            ]
    first_results.write(folder / f"{CURVES}.json", found)
    curves.cache_clear()


def write_tuned(service: Service, folder: Path) -> None:
    """Both pruning curves of the digit classifier after fine-tuning on training digits; costs are of held-out ones."""
    pictures, labels = digits.load(present("mnist"), "train")
    x, y = digits.to_float(pictures[:LEARNED]), labels[:LEARNED]
    model = network(service.store, JUDGE)
    found: dict[str, list[Point]] = {}
    for structure in STRUCTURES:
        tuned = {share: finetuned(CUTS[structure](model, share), x, y) for share in TUNED_SHARES}
        found[f"{JUDGE} prune {structure}"] = [
            (share, packing.pruned_size(one), cost_of(service.store, JUDGE, one)) for share, one in tuned.items()
        ]
    first_results.write(folder / f"{TUNED}.json", found)
    curves.cache_clear()


MAKERS = {"digits-heldout": held_out, CURVES: write_curves, TUNED: write_tuned}
