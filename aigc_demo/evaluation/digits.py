"""Digits: what the judge reads, in real pictures and in those that a model draws.

class_accuracy        share that the judge reads as the class that was asked for
frechet               Frechet distance of the drawn digits to the test digits, in the judge's features
frechet_floor         the same for as many training digits, with the same labels: what a perfect model would reach
nearest_train         median distance of a drawn digit to the nearest training digit
nearest_train_of_test the same for as many test digits; a model that copies would be far below it
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import digits
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.measurement import Measured, Metrics, Settings, Task
from aigc_demo.evaluation.nearest import nearest
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.models.judge import Judge
from aigc_demo.models.precision import autocast
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar

BATCH = 128  # guided, a batch of the network for each of two cores, which take least per picture so


@torch.inference_mode()
def classify(judge: Judge, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """pictures (N, C, H, W) -> features (N, D) and the predicted class (N,)."""
    device = next(judge.parameters()).device
    features = torch.cat([judge.features(part.to(device)) for part in torch.split(pictures, BATCH)])
    return features.cpu(), judge.decide(features).argmax(1).cpu()


def as_saved(pictures: Tensor) -> Tensor:
    """Pictures as a PNG keeps them: clipped, 256 shades."""
    return ((pictures.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1


@torch.inference_mode()
def draw(model: DiffusionModel, labels: Tensor, settings: Settings, seeds: Sequence[int] = ()) -> Tensor:
    """One picture per label (N,), each from its own seed, given or counted up -> (N, C, H, W) in [-1, 1]."""
    config = model.config
    device = next(model.parameters()).device
    schedule = alpha_bar(config.schedule, config.levels)
    timesteps = trailing_timesteps(settings.steps, config.levels)

    def network(*given: Tensor | None) -> Tensor:
        with autocast(model):  # on the thread that computes this part of the batch
            output: Tensor = model(*given)
        return output

    pictures = []
    seeds = seeds or range(settings.seed, settings.seed + len(labels))
    for first in range(0, len(labels), BATCH):
        part = labels[first : first + BATCH]
        noise = SeededNoise(seeds[first : first + BATCH], device)
        x = model.fold(noise.draw(config.picture))
        denoise = Denoiser(network, config.prediction, part.to(device), config.unet.classes - 1, settings.guidance)
        *_, last = sample(denoise, x, timesteps, schedule, settings.sampler, noise=noise)
        pictures.append(as_saved(model.unfold(last.x.float())).cpu())
    return torch.cat(pictures)


def judge_metrics(judge: Judge, folder: Path) -> tuple[Metrics, int]:
    """How the judge itself reads the test digits of `folder`; with the number of pictures."""
    images, labels = digits.load(folder, "test")
    _, predicted = classify(judge, digits.to_float(images))
    return {"class_accuracy": share(predicted == labels)}, len(images)


def drawing_metrics(
    paint: Callable[[Tensor], Tensor],  # labels (N,) -> pictures (N, C, H, W)
    judge: Judge,
    folder: Path,
    settings: Settings,
) -> tuple[Metrics, int]:
    """All metrics of a model that draws what is asked for; with the number of pictures drawn.

    The asked labels are those of training digits picked by the seed, so the mix of classes is that of the data.
    """
    images, labels = digits.load(folder, "train")
    test = digits.to_float(digits.load(folder, "test")[0])
    generator = torch.Generator().manual_seed(settings.seed)
    picked = torch.randperm(len(images), generator=generator)[: settings.samples]
    asked, judged = labels[picked], settings.judged
    pictures = paint(asked)
    features, predicted = classify(judge, pictures)
    test_features, _ = classify(judge, test)
    train_features, _ = classify(judge, digits.to_float(images[picked]))
    train = digits.to_float(images)
    some = test[torch.randperm(len(test), generator=generator)[:judged]]
    return {
        "class_accuracy": share(predicted[:judged] == asked[:judged]),
        "frechet": frechet(features, test_features),
        "frechet_floor": frechet(train_features, test_features),
        "nearest_train": float(nearest(pictures[:judged], train).median()),
        "nearest_train_of_test": float(nearest(some, train).median()),
    }, len(pictures)


def share(right: Tensor) -> float:
    """Share of true values in (N,)."""
    return float(right.double().mean())


def measure(model: DiffusionModel, task: Task) -> Measured:
    """A diffusion model that is asked for classes of digits."""
    judge = task.judge("judge-digits")
    return Measured(
        *drawing_metrics(lambda asked: draw(model, asked, task.settings), judge, task.folder, task.settings)
    )


def measure_judge(judge: Judge, task: Task) -> Measured:
    """The classifier of digits, on the MNIST test set."""
    return Measured(*judge_metrics(judge, task.folder))
