"""A network beside itself made smaller: what both cost, make and take, what became of the weights, and the curve."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from aigc_demo.checkpoints.layout import for_single_rows
from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.compression.rounding import error_of, matrices
from aigc_demo.core import garbage
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.services import first_results
from aigc_demo.services.compression.requests import JUDGE, SHIPPED, STEPS
from aigc_demo.services.compression.subjects import (
    SHOWN,
    Measured,
    as_shipped,
    measure,
    network,
    parameters,
    subject,
)
from aigc_demo.services.files import Pictures, Trained
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import Json, R, UseCase

FORMATS = ("png", "json", "safetensors")
CURVES, TUNED = "compression-curves", "compression-tuned"  # as cut, and fine-tuned afterwards
BINS = 48
LEVELS = 256  # levels of a grid that are shown, at most
LARGEST = 160e6  # bytes of a file that is made: SmolLM2 with 8 bits, or without half of its weights
ALLOWED = 0.01  # share of the cost, or of held-out digits, that the knee may lose

Packed = tuple[packing.Tensors, dict[str, str]]  # tensors and header of a file
Make = Callable[[nn.Module], nn.Module]  # a network -> a smaller copy
Size = Callable[[nn.Module, nn.Module], int]  # both -> bytes of the smaller one


@dataclass(frozen=True)
class Weights:
    """One output channel of one layer: its weights before and after, in order."""

    layer: str
    before: Array
    after: Array


@dataclass(frozen=True)
class Side:
    """A network with its size in a file, its speed, and what was measured on it."""

    size: int  # bytes of its tensors in a file
    parameters: int
    measured: Measured
    milliseconds: float


@dataclass(frozen=True)
class Shrunk:
    """A network as it ships and made smaller."""

    model: str
    before: Side
    after: Side
    layers: tuple[tuple[str, float], ...]  # relative error of every matrix; none where layers have other shapes
    weights: Weights
    curve: tuple[tuple[float, int, float], ...]  # setting, bytes, cost: measured when the page was made
    tuned: tuple[tuple[float, int, float], ...]  # the same after fine-tuning; none where that was not measured
    knee: int | None  # place in the curve of the smallest that loses at most ALLOWED
    tensors: Callable[[], Packed]


def beside_itself(
    store: Store, checkpoint: str, seed: int, curve: str, make: Make, tensors: Callable[[nn.Module], Packed], size: Size
) -> Iterator[Step[Shrunk | None]]:
    """Measure what `make` makes of a network against the network itself; a step for each part.

    tensors: of its file. size: their bytes. The copy is gone when the result comes: one of SmolLM2 takes 538 MB.
    """
    yield Step(0, STEPS, None)
    model, kind = network(store, checkpoint), subject(store, checkpoint)
    yield Step(1, STEPS, None)
    smaller = make(model)
    smaller = for_single_rows(smaller) if hasattr(smaller, "state") else smaller
    yield Step(2, STEPS, None)
    before = as_shipped(store, checkpoint, seed)
    yield Step(3, STEPS, None)
    after = measure(kind, smaller, seed)
    yield Step(4, STEPS, None)
    times = medians([kind.work(model), kind.work(smaller)])
    known = curve_of(Path(store.assets), f"{checkpoint} {curve}")
    made = Shrunk(
        model=checkpoint,
        before=Side(packing.bits_size(model, 32), parameters(model), before, times[0]),
        after=Side(size(model, smaller), parameters(smaller), after, times[1]),
        layers=errors(model, smaller),
        weights=channel(model, smaller),
        curve=known,
        tuned=curve_of(Path(store.assets), f"{checkpoint} {curve}", TUNED),
        knee=knee(known, checkpoint, before.cost),
        tensors=lambda: tensors(model),
    )
    del smaller
    give_back(checkpoint)
    yield Step(STEPS, STEPS, made)


def give_back(checkpoint: str) -> None:
    """Return the room of copies that are gone to the system, where they were large."""
    if checkpoint not in SHIPPED:
        garbage.give_back()


def used(request: Any) -> tuple[str, ...]:
    """The checkpoint that a request makes smaller; none where that is fetched."""
    return (request.model,) if request.model in SHIPPED else ()


def weights_of(store: Store, request: Any) -> int:
    """Number of weights of the network that a request makes smaller."""
    return parameters(network(store, request.model))


def errors(model: nn.Module, smaller: nn.Module) -> tuple[tuple[str, float], ...]:
    """Name and relative error of every matrix; none where the shapes differ."""
    pairs = list(zip(matrices(model), matrices(smaller), strict=True))
    if any(one.shape != other.shape for (_, one), (_, other) in pairs):
        return ()
    return tuple((name.removesuffix(".weight"), error_of(one, other)) for (name, one), (_, other) in pairs)


def channel(model: nn.Module, smaller: nn.Module) -> Weights:
    """The first output channel of the layer in the middle."""
    layers = list(matrices(model))
    name, weight = layers[len(layers) // 2]
    other = dict(matrices(smaller))[name]
    one, two = weight[0], other[0]
    return Weights(name.removesuffix(".weight"), one.flatten().numpy().copy(), two.flatten().numpy().copy())


@lru_cache(maxsize=8)
def curves(folder: Path, file: str = CURVES) -> Json:
    """Curve -> its points, as services/compression/assets.py wrote them; empty where there are none."""
    return first_results.read(file, folder) or {}


def curve_of(assets: Path, name: str, file: str = CURVES) -> tuple[tuple[float, int, float], ...]:
    """Setting, bytes and cost of every point."""
    return tuple((setting, size, cost) for setting, size, cost in curves(assets / "examples", file).get(name, ()))


def knee(curve: Sequence[tuple[float, int, float]], checkpoint: str, cost: float) -> int | None:
    """Place of the smallest that costs one per cent more at most: of the cost, or of the digits that are read."""
    most = cost + ALLOWED if checkpoint == JUDGE else cost * (1 + ALLOWED)
    good = [(size, place) for place, (_, size, found) in enumerate(curve) if found <= most]
    return min(good)[1] if good else None


# as it is looked at, told and saved


def page_value(request: Any, made: Shrunk) -> Json:
    """Figures of both, pictures or texts of both, weights of a channel, errors of layers, and the curve."""
    sides = [made.before, made.after]
    value: Json = numbers(request, made)
    weights = (made.weights.before, made.weights.after)
    edges = np.histogram_bin_edges(weights[0], BINS)
    levels, counts = np.unique(weights[1], return_counts=True)
    value["channel"] = {
        "layer": made.weights.layer,
        "edges": plain(edges.tolist()),
        "before": np.histogram(weights[0], edges)[0].tolist(),
        "after": np.histogram(weights[1], edges)[0].tolist(),
        "levels": plain(levels.tolist()) if len(levels) < LEVELS else [],
        "counts": counts.tolist() if len(levels) < LEVELS else [],
    }
    if made.before.measured.output.text:
        return value | {"texts": [side.measured.output.text for side in sides]}
    outputs = [side.measured.output for side in sides]
    sheet = tiles(np.concatenate([output.pictures for output in outputs]))
    return value | sheet | {"read": [list(o.read) for o in outputs], "asked": list(outputs[0].asked)}


def numbers(request: Any, made: Shrunk) -> Json:
    """Bytes, cost, milliseconds and weights of both; errors of layers; the curve, fine-tuned, too, and its knee."""
    sides = (made.before, made.after)
    return {
        "model": made.model,
        "sizes": [side.size for side in sides],
        "costs": [plain(side.measured.cost) for side in sides],
        "milliseconds": [plain(side.milliseconds) for side in sides],
        "weights": [side.parameters for side in sides],
        "layers": [[name, plain(error)] for name, error in made.layers],
        "curve": [[plain(setting), size, plain(cost)] for setting, size, cost in made.curve],
        "tuned": [[plain(setting), size, plain(cost)] for setting, size, cost in made.tuned],
        "knee": made.knee,
    }


def file(request: Any, run: Sequence[Shrunk]) -> Trained:
    """The smaller network, unless that is too large for a file, and a picture or a text of what both make."""
    made = run[-1]

    def weights() -> bytes:
        if made.after.size > LARGEST:
            sizes = {"megabytes": round(made.after.size / 1e6), "most": round(LARGEST / 1e6)}
            raise BadRequestError("weights_large", **sizes)
        written = packing.file_of(*made.tensors())
        give_back(made.model)
        return written

    return Trained(weights, told(made))


def told(made: Shrunk) -> Document | Pictures:
    """The digits of both in two rows, or the texts of both."""
    before, after = made.before.measured.output, made.after.measured.output
    if before.text:
        texts = (f"{made.before.size} B\n{before.text}\n\n", f"{made.after.size} B\n{after.text}\n")
        return Document(made.model, tuple(Part(text, given=True) for text in texts), boxes=True)
    return Pictures((), still=both_rows(before.pictures, after.pictures))


def both_rows(before: Array, after: Array) -> Image.Image:
    """Pictures (N, 1, H, W) of both, one row each."""
    return images.grid(np.concatenate([before, after]), SHOWN, 3)


def shrinks(run: Callable[[Store, R], Iterator[Step[Shrunk | None]]], first: R) -> UseCase[R, Shrunk]:
    """The use case that makes a network smaller as `run` does."""
    return UseCase(
        run=run,
        page=each(page_value),
        numbers=numbers,
        file=file,
        formats=FORMATS,
        checkpoints=used,
        parameters=weights_of,
        device="CPU",
        first=first,
    )


@torch.inference_mode()
def cost_of(store: Store, checkpoint: str, smaller: nn.Module) -> float:
    """What a network made of the checkpoint's costs on held-out data."""
    return subject(store, checkpoint).cost(smaller)
