"""What a model's critic says of its generator's pictures and of real ones, and what it would change in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import digits, emoji
from aigc_demo.models.gan import GAN
from aigc_demo.sampling.noise import seeds_from
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.gan.drawing import classes_of, grid, model_of, noise, rounded, shown
from aigc_demo.services.gan.requests import ANY, Critic, checkpoint
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase

WIDE = 20  # pictures in a row of a saved sheet
SCALES = {"mlp": "logistic", "dcgan": "logistic", "collapsed": "logistic"} | {
    "wgan-clip": "wasserstein",
    "wgan-gp": "wasserstein",
}  # what a score means; the other models pair real pictures with made ones


@dataclass(frozen=True)
class Scores:
    """Scores of N made and of M real pictures, each from the lowest to the highest."""

    made: Array
    made_scores: Array  # (N,)
    made_wish: Array  # (N, H, W) in [-1, 1]: where the critic wants it lighter (1) or darker (-1), the strongest is 1
    seeds: tuple[int, ...]  # of the made ones
    digits: tuple[int, ...]  # asked for; empty where the model has no classes
    real: Array
    real_scores: Array  # (M,)
    fooled: float  # share of made pictures that score above the middle real one
    told: float  # share of pairs, one made and one real, in which the real one scores higher; guessing is right in half


def critic(store: Store, request: Critic) -> Scores:
    """Scores of made and real pictures, and where the critic would change the made ones."""
    model = model_of(store, checkpoint(request.model))
    seeds = seeds_from(request.seed, request.count)
    asked = classes_of(model, seeds, ANY)
    with torch.inference_mode():
        made = model.generator(noise(model, seeds), asked)
        real, label = real_pictures(store, model, request.count)
        real_scores, real_order = model.critic(real, label).sort()
    scores, wish = wished(model, made.clone(), asked)
    scores, order = scores.sort()
    middle = real_scores[len(real_scores) // 2]
    told = (real_scores[:, None] > scores).float() + (real_scores[:, None] == scores).float() / 2
    return Scores(
        made[order].cpu().numpy(),
        scores.cpu().numpy(),
        wish[order].cpu().numpy(),
        tuple(seeds[place] for place in order.tolist()),
        tuple(asked[order].tolist()) if model.config.classes else (),
        real[real_order].cpu().numpy(),
        real_scores.cpu().numpy(),
        float((scores > middle).float().mean()),
        float(told.mean()),
    )


def real_pictures(store: Store, model: GAN, count: int) -> tuple[Tensor, Tensor]:
    """At most `count` of the real pictures that ship, (M, C, H, W) in [-1, 1], evenly chosen, and their classes (M,).

    The digits are of the test set; the emoji are of those that the model was trained on, as there are few others.
    """
    examples = Path(store.assets) / "examples"
    if model.config.channels == 1:
        sheet = torch.from_numpy(digits.read_samples(examples / "mnist-samples.png").copy())[..., None]
        label = torch.arange(10).repeat_interleave(len(sheet) // 10)
    else:
        sheet = torch.from_numpy(emoji.read_samples(examples / "emoji-portraits.png").copy())
        label = torch.zeros(len(sheet), dtype=torch.int64)
    chosen = torch.linspace(0, len(sheet) - 1, min(count, len(sheet))).round().long()
    x = sheet[chosen].permute(0, 3, 1, 2).float() / 127.5 - 1
    return x.to(store.device), label[chosen].to(store.device)


def wished(model: GAN, x: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """Scores (N,) of x (N, C, H, W), and their slope there, summed over channels, scaled so that the strongest is 1."""
    x.requires_grad_(True)
    score = model.critic(x, label)
    (slope,) = torch.autograd.grad(score.sum(), x)
    slope = slope.sum(1)  # (N, H, W)
    strongest = slope.abs().amax((1, 2), keepdim=True).clamp(min=1e-12)
    return score.detach(), slope / strongest


def numbers(request: Critic, scored: Scores) -> Json:
    """Scores and seeds, from the lowest score to the highest, and how well the critic tells made from real."""
    scores = {"made_scores": rounded(scored.made_scores), "real_scores": rounded(scored.real_scores)}
    return {**scores, "seeds": list(scored.seeds), "fooled": round(scored.fooled, 4), "told": round(scored.told, 4)}


def sheet(request: Critic, scored: Scores) -> Json:
    """Made pictures from the lowest score to the highest, what the critic would change in each, then real ones."""
    wish = scored.made_wish[:, None].repeat(scored.made.shape[1], axis=1)  # 0, middle grey, where all is well
    facts = {**numbers(request, scored), "digits": list(scored.digits)}
    scale = SCALES.get(request.model, "relativistic")
    return shown(np.concatenate([scored.made, wish, scored.real]), scale=scale, **facts)


def still(request: Critic, run: Sequence[Scores]) -> Pictures:
    """Made pictures from the highest score to the lowest, a blank row, real ones in the same order."""
    made, real = run[-1].made[::-1], run[-1].real[::-1]
    blank = np.ones((-len(made) % WIDE + WIDE, *made.shape[1:]), np.float32)
    return Pictures([grid(np.concatenate([made, blank, real]), WIDE)])


USE_CASE: UseCase[Critic, Scores] = UseCase(
    run=critic,
    page=each(sheet),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (checkpoint(request.model),),
    first=Critic(),
)
