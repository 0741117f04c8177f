"""Picture GANs: how good the generated pictures are, and how much of the data they cover.

Digits, 10,000 pictures of as many seeds, against the 10,000 test digits, in the judge's features:

class_share_min       the smallest share that any of the ten classes has, as the judge reads the generated pictures
class_accuracy        of a model with classes: share that the judge reads as the class that was asked for
frechet, floor        as in evaluation/digits.py: as many training digits, instead of generated ones, stand at the floor
recall                share of test digits near generated ones: within the distance from some generated digit to its
                      third nearest
precision             share of generated digits near test digits, in the same sense
recall_of_train       the recall that as many training digits have: what a perfect model would reach
nearest_train, ..._of_test  as in evaluation/digits.py, of the first 1,000

Recall and precision: Kynkaanniemi et al., 2019 (arXiv:1904.06991), equations 1 and 2 with k = 3.

Emoji. There are too few held-out portraits (38) for a Frechet distance. So the training portraits are halved ten times
by chance: `frechet` is the mean distance of generated pictures to one half, as many as it has, and `frechet_floor` that
of the other half to it. A portrait and its mirror image, which the training showed too, are in the same half. `recall`
is of all training portraits by as many generated ones. Whether they are copies is for nearest_train to say: the median
distance of a generated picture to the nearest training portrait, beside the same for the held-out ones.
"""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data import digits, emoji
from aigc_demo.evaluation.digits import BATCH, as_saved, classify, share
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.measurement import Measured, Metrics, Settings, Task
from aigc_demo.evaluation.nearest import nearest
from aigc_demo.models.gan import GAN
from aigc_demo.models.judge import Judge
from aigc_demo.sampling.noise import SeededNoise

TABLE = "gan-classes.json"  # in assets/examples
CLASSES = 10
NEIGHBOURS = 3  # k
HALVINGS = 10
CHUNK = 1000  # rows of a table of distances at once


@torch.inference_mode()
def draw(model: GAN, seeds: Sequence[int], label: Tensor) -> Tensor:
    """One picture per seed, of class label (N,) where the model has classes -> (N, C, H, W) as a file keeps them."""
    device = next(model.parameters()).device
    generated = []
    for first in range(0, len(seeds), BATCH):
        z = SeededNoise(seeds[first : first + BATCH], device).draw((model.config.noise,))
        generated.append(as_saved(model.generator(z, label[first : first + BATCH].to(device)).float()).cpu())
    return torch.cat(generated)


def padded(pictures: Tensor) -> Tensor:
    """(N, 1, 28, 28) in [-1, 1] -> (N, 1, 32, 32), as the judge sees digits."""
    return F.pad(pictures, (2, 2, 2, 2), value=-1.0)


@torch.inference_mode()
def radii(features: Tensor, k: int = NEIGHBOURS) -> Tensor:
    """Distance of each of features (N, D) to the k-th nearest other one. -> (N,)."""
    near = [
        torch.cdist(part, features).topk(k + 1, largest=False).values[:, k] for part in torch.split(features, CHUNK)
    ]
    return torch.cat(near)  # the nearest one of all is itself


@torch.inference_mode()
def covered(points: Tensor, centres: Tensor) -> float:
    """Share of points (N, D) that lie as near to one of centres (M, D) as its k-th neighbour among them does."""
    reach = radii(centres)
    return share(torch.cat([(torch.cdist(part, centres) <= reach).any(1) for part in torch.split(points, CHUNK)]))


def evaluate_digits(model: GAN, judge: Judge, folder: Path, settings: Settings) -> tuple[Metrics, int, list[int]]:
    """All metrics, the number of pictures, and how often each class was read.

    The asked classes are those of training digits picked by the seed, so their mix is that of the data.
    """
    images, labels = digits.load(folder, "train")
    test = digits.to_float(digits.load(folder, "test")[0])
    generator = torch.Generator().manual_seed(settings.seed)
    picked = torch.randperm(len(images), generator=generator)[: settings.generated]
    asked = labels[picked]
    generated = padded(draw(model, range(settings.seed, settings.seed + len(asked)), asked))
    features, predicted = classify(judge, generated)
    test_features, _ = classify(judge, test)
    train_features, _ = classify(judge, digits.to_float(images[picked]))
    counts = torch.bincount(predicted, minlength=CLASSES)
    judged, train = settings.judged, digits.to_float(images)
    some = test[torch.randperm(len(test), generator=generator)[:judged]]
    metrics = {
        "class_share_min": float(counts.min()) / len(generated),
        **({"class_accuracy": share(predicted == asked)} if model.config.classes else {}),
        "frechet": frechet(features, test_features),
        "frechet_floor": frechet(train_features, test_features),
        "recall": covered(test_features, features),
        "recall_of_train": covered(test_features, train_features),
        "precision": covered(features, test_features),
        "nearest_train": float(nearest(generated[:judged], train).median()),
        "nearest_train_of_test": float(nearest(some, train).median()),
    }
    return metrics, len(generated), counts.tolist()


def halved(features: Tensor, generated: Tensor, generator: torch.Generator) -> tuple[float, float]:
    """frechet and frechet_floor of one halving by chance.

    features (2, N, D) of portraits and of their mirror images, generated (M, D) with M >= N.
    """
    order = torch.randperm(features.shape[1], generator=generator)
    half = len(order) // 2
    kept, other = (features[:, order[part]].flatten(0, 1) for part in (slice(half), slice(half, 2 * half)))
    chosen = torch.randperm(len(generated), generator=generator)[: len(kept)]
    return frechet(generated[chosen], kept), frechet(other, kept)


def evaluate_colour(model: GAN, judge: Judge, folder: Path, settings: Settings) -> tuple[Metrics, int]:
    """All metrics of a model of emoji portraits, and the number of pictures."""
    train, test = (emoji.portraits(folder, split) for split in ("train", "test"))
    both = torch.cat([train, train.flip(-1)])
    seeds = range(settings.seed, settings.seed + len(both))
    generated = draw(model, seeds, torch.zeros(len(both), dtype=torch.int64))
    generated_features, real_features = (classify(judge, x)[0] for x in (generated, both))
    generator = torch.Generator().manual_seed(settings.seed)
    pairs = real_features.view(2, len(train), -1)
    distances = torch.tensor([halved(pairs, generated_features, generator) for _ in range(HALVINGS)]).mean(0)
    metrics = {
        "frechet": float(distances[0]),
        "frechet_floor": float(distances[1]),
        "recall": covered(real_features, generated_features),
        "nearest_train": float(nearest(generated, both).median()),
        "nearest_train_of_test": float(nearest(test, both).median()),
    }
    return metrics, len(generated)


def measure_digits(model: GAN, task: Task) -> Measured:
    """A GAN of digits; keeps how often each class was read."""
    judge = task.judge("judge-digits")
    metrics, samples, counts = evaluate_digits(model, judge, task.folder, task.settings)
    return Measured(metrics, samples, partial(keep_counts, task.checkpoint.id, counts))


def measure_colour(model: GAN, task: Task) -> Measured:
    """A GAN of emoji portraits, against the portraits of the training and test splits."""
    return Measured(*evaluate_colour(model, task.judge("judge-emoji"), task.folder, task.settings))


def keep_counts(id: str, counts: list[int], folder: Path) -> None:
    """Put how often each class was read among a model's pictures into the table that the page reads in `folder`."""
    path = folder / TABLE
    known: dict[str, list[int]] = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(dict(sorted({**known, id: counts}.items())), indent=1) + "\n")
