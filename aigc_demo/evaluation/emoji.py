"""Emoji: what the judge of vendors and groups reads, in real pictures and in those that a model makes.

vendor_right, group_right  share of pictures that the judge reads as the right vendor, as the right group
frechet                    Frechet distance of the generated pictures to the test pictures, in the judge's features
frechet_floor              the same for training pictures, as many as were generated: what a perfect model would reach
nearest_train              median distance of a generated picture to the nearest training picture, over all its shades
nearest_train_of_test      the same for the test pictures; a model that copies would be far below it
"""

from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import emoji
from aigc_demo.evaluation.digits import as_saved, classify
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.evaluation.nearest import nearest
from aigc_demo.models.judge import Judge

GROUPS = len(emoji.GROUPS)


def vendor_and_group(judge: Judge, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """pictures (N, 3, 64, 64) -> who drew them and which group they show, as the judge reads them, (N,) each."""
    _, predicted = classify(judge, pictures)
    return predicted // GROUPS, predicted % GROUPS


def judge_metrics(judge: Judge, folder: Path) -> tuple[Metrics, int]:
    """How the judge reads held-out emoji, every emoji counting once, however many variants; with their number."""
    groups, weights = emoji.groups(folder, "test"), emoji.chances(folder, "test")
    found = dict.fromkeys(("vendor_right", "group_right", "class_accuracy"), 0.0)
    for place, vendor in enumerate(emoji.VENDORS):
        by, shows = vendor_and_group(judge, emoji.load(folder, vendor, "test"))
        for name, right in zip(found, (by == place, shows == groups, (by == place) & (shows == groups)), strict=True):
            found[name] += float((right * weights).sum()) / len(emoji.VENDORS)
    return found, len(groups) * len(emoji.VENDORS)


def drawing_metrics(generated: Tensor, train: Tensor, test: Tensor, judge: Judge, seed: int = 0) -> Metrics:
    """All metrics of generated (N, 3, 64, 64), by a model that was trained on train (M, ...) and not on test (K, ...).

    All pictures in [-1, 1]. Few test pictures make both Frechet distances larger, in the same way.
    """
    generated = as_saved(generated)
    picked = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[: len(generated)]
    features = {
        name: classify(judge, x)[0] for name, x in (("generated", generated), ("train", train[picked]), ("test", test))
    }
    return {
        "frechet": frechet(features["generated"], features["test"]),
        "frechet_floor": frechet(features["train"], features["test"]),
        "nearest_train": float(nearest(generated, train).median()),
        "nearest_train_of_test": float(nearest(test, train).median()),
    }


def measure_judge(judge: Judge, task: Task) -> Measured:
    """The classifier of vendors and groups, on the test split."""
    return Measured(*judge_metrics(judge, task.folder))
