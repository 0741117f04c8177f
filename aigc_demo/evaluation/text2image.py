"""Text-to-image diffusion on captioned scenes: does it draw what it is told?

Every <claim>_right of evaluation/scenes.py at the model's own number of steps; all_right also at others, as
all_right_<n>steps, and <claim>_right of no guidance as all_right_unguided.

nearest_train          median distance of a drawn picture to the nearest training picture, over all its shades
nearest_train_of_test  the same for renders of held-out scenes; a model that only copied would be far below it
"""

from collections.abc import Callable

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import loaded
from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.fetch import present
from aigc_demo.evaluation import scenes as reading
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.evaluation.nearest import nearest
from aigc_demo.evaluation.scene_models import detector
from aigc_demo.models.detector import Detector
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.text2image import Text2Image
from aigc_demo.sampling.guidance import TextDenoiser
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar

SENTENCES = 300  # about training scenes, and as many about held-out ones
OTHER_STEPS = {"teacher": (4, 30), "student": (1, 2)}  # beside the model's own
BATCH = 50


def drawer(
    model: Text2Image,
    autoencoder: KLAutoencoder,
    steps: int,
    guidance: float,
    sampler: str = "euler",
    seed: int = 0,
) -> Callable[[list[str]], Tensor]:
    """A function from sentences to pictures (N, 3, 64, 64) in [-1, 1], one seed after another from `seed`."""
    schedule = alpha_bar(model.config.schedule, model.config.levels)
    config = model.config.unet
    shape = (config.channels, config.image_size, config.image_size)
    device = next(model.parameters()).device

    @torch.inference_mode()
    def draw(sentences: list[str]) -> Tensor:
        away = model.words(model.encode(scene_tokens.encode([""], model.config.text.context).to(device)))
        pictures = []
        for first in range(0, len(sentences), BATCH):
            part = sentences[first : first + BATCH]
            words = model.words(model.encode(scene_tokens.encode(part, model.config.text.context).to(device)))
            denoise = TextDenoiser(model.step, words, away.expand_as(words), guidance)
            noise = SeededNoise(range(seed + first, seed + first + len(part)), device).draw(shape)
            *_, last = sample(denoise, noise, trailing_timesteps(steps, model.config.levels), schedule, sampler)
            pictures.append(autoencoder.decode(last.x / autoencoder.config.scale).clamp(-1, 1).cpu())
        return torch.cat(pictures)

    return draw


def measure(model: Text2Image, task: Task) -> Measured:
    """How well text-to-image diffusion draws, with the autoencoder that ships."""
    autoencoder = loaded(task.store, model.config.autoencoder, KLAutoencoder)
    metrics, count = evaluate(model, autoencoder, detector(task.store))
    draw = drawer(model, autoencoder, model.config.steps, model.config.guidance)
    return Measured(metrics | copying(draw, scenes.Renderer(present("emoji"))), count)


def evaluate(
    model: Text2Image, autoencoder: KLAutoencoder, detector: Detector, count: int = SENTENCES
) -> tuple[Metrics, int]:
    """Every <claim>_right, and the number of sentences."""
    config = model.config
    kind = "student" if config.guidance == 1 else "teacher"
    metrics = reading.measure(drawer(model, autoencoder, config.steps, config.guidance), detector, count)
    for steps in OTHER_STEPS[kind]:
        found = reading.measure(drawer(model, autoencoder, steps, config.guidance), detector, count)
        metrics |= {f"{name}_{steps}steps": found[name] for name in ("all_right", "all_right_heldout")}
    if kind == "teacher":
        found = reading.measure(drawer(model, autoencoder, config.steps, 1.0), detector, count)
        metrics |= {f"{name}_unguided": found[name] for name in ("all_right", "all_right_heldout")}
    return metrics, 2 * count


def copying(
    draw: Callable[[list[str]], Tensor], renderer: scenes.Renderer, count: int = 60, part: int = 2000
) -> Metrics:
    """How near drawn pictures come to those trained on, beside renders of held-out scenes."""
    given = [task.text for task in reading.tasks(count) if task.held_out]
    train, test = scenes.pictures("train"), scenes.pictures("test")
    shown = scenes.to_float(renderer.batch(test[:: len(test) // count][:count]))
    both, least = torch.cat([draw(given), shown]), torch.full((len(given) + count,), torch.inf)
    for first in range(0, len(train), part):
        least = torch.minimum(least, nearest(both, scenes.to_float(renderer.batch(train[first : first + part]))))
    return {
        "nearest_train": float(least[: len(given)].median()),
        "nearest_train_of_test": float(least[len(given) :].median()),
    }
