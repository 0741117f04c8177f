"""CycleGAN: translations of held-out emoji beside the true pairs, which no training saw, in both directions.

mean_absolute_error  of a shade, where black is 0 and white is 1: the translation against the other vendor's drawing
vendor_right         share of translations that the judge reads as drawn by the other vendor
group_right          share that it reads as the group of the true pair
class_right          share that it reads as both
..._nothing          the same when the picture stays as it is
cycle_error          of a shade, as above: translated and translated back again, against the picture itself

Every emoji counts once, however many variants it has. The judge never saw these pictures either.
"""

from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import emoji
from aigc_demo.evaluation.digits import as_saved
from aigc_demo.evaluation.emoji import vendor_and_group
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.cyclegan import CycleGAN
from aigc_demo.models.judge import Judge

BATCH = 48


def apart(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute error of a shade for every picture of x and y (N, C, H, W) in [-1, 1] -> (N,)."""
    return (x - y).abs().flatten(1).mean(1) / 2


@torch.inference_mode()
def translate(model: CycleGAN, x: Tensor, backwards: bool) -> tuple[Tensor, Tensor]:
    """x (N, C, H, W) -> translated, and translated back again, as a file would keep them."""
    device = next(model.parameters()).device
    generated = [model(part.to(device), backwards) for part in torch.split(x, BATCH)]
    there, back = (torch.cat(side).float().cpu() for side in zip(*generated, strict=True))
    return as_saved(there), as_saved(back)


def pictures(folder: Path, names: tuple[str, str], backwards: bool) -> tuple[Tensor, Tensor, int]:
    """Held-out pictures, the other vendor's drawings of the same, and which of emoji.VENDORS drew the latter."""
    source, target = names[::-1] if backwards else names
    return emoji.load(folder, source, "test"), emoji.load(folder, target, "test"), emoji.VENDORS.index(target)


@torch.inference_mode()
def evaluate(model: CycleGAN, judge: Judge, folder: Path) -> tuple[Metrics, int]:
    """All metrics, the mean over both directions, and the number of translations; `folder` holds the emoji."""
    groups, weights = emoji.groups(folder, "test"), emoji.chances(folder, "test")
    sums: Metrics = {}
    count = 0
    for backwards in (False, True):
        x, truth, target = pictures(folder, model.config.names, backwards)
        there, back = translate(model, x, backwards)
        found = {"cycle_error": apart(back, x)}
        for suffix, result in (("", there), ("_nothing", x)):
            vendor, group = vendor_and_group(judge, result)
            found[f"mean_absolute_error{suffix}"] = apart(result, truth)
            found[f"vendor_right{suffix}"] = (vendor == target).float()
            found[f"group_right{suffix}"] = (group == groups).float()
            found[f"class_right{suffix}"] = ((vendor == target) & (group == groups)).float()
        for name, values in found.items():
            sums[name] = sums.get(name, 0.0) + float((values * weights).sum()) / 2
        count += len(x)
    return dict(sorted(sums.items(), key=lambda item: item[0] == "cycle_error")), count


def measure(model: CycleGAN, task: Task) -> Measured:
    """Translators between two vendors of emoji."""
    return Measured(*evaluate(model, task.judge("judge-emoji"), task.folder))
