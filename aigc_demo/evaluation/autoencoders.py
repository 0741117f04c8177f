"""Autoencoders: how well they rebuild held-out pictures, how much their code says, and what they imagine.

Digits, on the 10,000 test digits, grey shades as the chance of ink:

squared_error         mean over the pixels, decoded from the mean of the posterior
reconstruction_nats   mean of -log p(x|z), z drawn from the posterior
kl_nats               mean KL(q(z|x) | p(z)), of all dimensions
dead_dimensions       number of dimensions whose KL is below 0.01 nats on average: they say nothing
class_accuracy        share of pictures, decoded from the prior for an asked class, that the judge reads as it
frechet, floor        of pictures decoded from the prior, as in evaluation/digits.py

Binarised digits (Burda et al., 2015, arXiv:1509.00519, section 5), each pixel of a test digit black or white by chance:

nll_nats              -log p(x), estimated with 5,000 codes per digit (eq. 8)
negative_elbo_nats    -ELBO, the bound with one code on average

Shapes, 10,000 that were never trained on: the first three, and the scores of evaluation/disentanglement.py.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data import digits, shapes
from aigc_demo.data.fetch import present
from aigc_demo.evaluation import disentanglement
from aigc_demo.evaluation.digits import as_saved, classify, share
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.measurement import Measured, Metrics, Settings, Task
from aigc_demo.models.judge import Judge
from aigc_demo.models.vae import VAE, bound

TABLE = "vae-shapes.json"  # in assets/examples
CODES = 5000  # importance samples per digit
CHUNK = 1000  # codes decoded at once: few enough to stay near the processor
BATCH = 500
DEAD = 0.01  # nats
SHAPES = 10_000  # held out, for the reconstruction


def judged(pictures: Tensor) -> Tensor:
    """(N, 1, 28, 28) in [0, 1] -> (N, 1, 32, 32) in [-1, 1], as the judge sees them."""
    return as_saved(F.pad(pictures * 2 - 1, (2, 2, 2, 2), value=-1.0))


def batches(*parts: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Tensors of equal length, cut alike."""
    yield from zip(*(torch.split(part, BATCH) for part in parts), strict=True)


@torch.inference_mode()
def rebuilding(model: VAE, images: Tensor, labels: Tensor, seed: int = 0) -> tuple[Metrics, list[float]]:
    """How held-out pictures (N, C, H, W) in [0, 1] come back, and the mean KL of every dimension in nats."""
    generator = torch.Generator().manual_seed(seed)
    squared, nats, kl = [], [], []
    for x, label in batches(images, labels):
        known = label if model.config.classes else None
        posterior = model.encode(x, known)
        squared.append((model.paint(posterior.mean, known) - x).square().flatten(1).mean(1))
        z = posterior.sample(torch.randn(posterior.mean.shape, generator=generator))
        nats.append(-model.log_likelihood(x, model.decode(z, known)))
        kl.append(posterior.kl())
    metrics = {"squared_error": float(torch.cat(squared).mean())}
    if not model.config.variational:
        return metrics, []
    per_dimension = torch.cat(kl).mean(0)
    return {
        **metrics,
        "reconstruction_nats": float(torch.cat(nats).mean()),
        "kl_nats": float(per_dimension.sum()),
        "dead_dimensions": float((per_dimension < DEAD).sum()),
    }, per_dimension.tolist()


@torch.inference_mode()
def imagining(model: VAE, judge: Judge, folder: Path, settings: Settings) -> Metrics:
    """Pictures decoded from the prior N(0, 1), for the classes of training digits picked by the seed."""
    images, labels = digits.load(folder, "train")
    generator = torch.Generator().manual_seed(settings.seed)
    picked = torch.randperm(len(images), generator=generator)[: settings.samples]
    z = torch.randn(len(picked), model.config.latent, generator=generator)
    asked = labels[picked]
    drawn = torch.cat([model.paint(part, label if model.config.classes else None) for part, label in batches(z, asked)])
    features, predicted = classify(judge, judged(drawn))
    test_features, _ = classify(judge, digits.to_float(digits.load(folder, "test")[0]))
    train_features, _ = classify(judge, digits.to_float(images[picked]))
    metrics = {"frechet": frechet(features, test_features), "frechet_floor": frechet(train_features, test_features)}
    return {**({"class_accuracy": share(predicted == asked)} if model.config.classes else {}), **metrics}


@torch.inference_mode()
def likelihood(model: VAE, images: Tensor, codes: int = CODES, seed: int = 0) -> Metrics:
    """Estimates of -log p(x) and of -ELBO over black-and-white pictures (N, C, H, W)."""
    generator = torch.Generator().manual_seed(seed)
    found, bounds = [], []
    for x in torch.split(images, 1):
        parts = [
            model.log_weights(x, torch.randn(min(CHUNK, codes - done), 1, model.config.latent, generator=generator))
            for done in range(0, codes, CHUNK)
        ]
        weights = torch.cat(parts).double()  # (codes, 1)
        found.append(bound(weights))
        bounds.append(weights.mean(0))
    return {"nll_nats": -float(torch.cat(found).mean()), "negative_elbo_nats": -float(torch.cat(bounds).mean())}


def evaluate_digits(model: VAE, judge: Judge, folder: Path, settings: Settings) -> tuple[Metrics, int]:
    """All metrics of a model of grey digits; with the number of test digits."""
    images, labels = digits.load(folder, "test")
    metrics, _ = rebuilding(model, images / 255, labels, settings.seed)
    return {**metrics, **imagining(model, judge, folder, settings)}, len(images)


def evaluate_binarised(model: VAE, folder: Path, settings: Settings) -> tuple[Metrics, int]:
    """Both figures of a model of black-and-white digits; with the number of digits, picked and drawn by the seed."""
    generator = torch.Generator().manual_seed(settings.seed)
    images = digits.load(folder, "test")[0]
    images = images[torch.randperm(len(images), generator=generator)[: settings.likelihoods]] / 255
    x = (torch.rand(images.shape, generator=generator) < images).float()
    return likelihood(model, x, seed=settings.seed), len(x)


@torch.inference_mode()
def evaluate_shapes(model: VAE, settings: Settings) -> tuple[Metrics, int, list[list[float]]]:
    """All metrics of a model of shapes, the number of held-out shapes, and what each dimension says of each factor.

    The last is I(z_j; v_k) / H(v_k), a row per dimension, see evaluation/disentanglement.py.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    kept = [shapes.held_out_batch(BATCH, generator) for _ in range(SHAPES // BATCH)]
    parts = [rebuilding(model, x, factors[:, 0], settings.seed)[0] for x, factors in kept]
    names = [name for name in parts[0] if name != "dead_dimensions"]
    metrics = {name: sum(part[name] for part in parts) / len(parts) for name in names}
    apart = disentanglement.evaluate(lambda x: model.encode(x).mean, settings.seed)
    scores = {name: apart[name] for name in ("mig", "sap", "factor_score")}
    return {**metrics, **scores}, SHAPES, apart["information_share"]


def measure_digits(model: VAE, task: Task) -> Measured:
    """An autoencoder of grey digits, on the MNIST test set."""
    return Measured(*evaluate_digits(model, task.judge("judge-digits"), task.folder, task.settings))


def measure_binarised(model: VAE, task: Task) -> Measured:
    """An autoencoder of black-and-white digits, by its likelihood."""
    return Measured(*evaluate_binarised(model, present("mnist"), task.settings))


def measure_shapes(model: VAE, task: Task) -> Measured:
    """An autoencoder of shapes; keeps which dimension tells which factor."""
    metrics, samples, information = evaluate_shapes(model, task.settings)
    return Measured(metrics, samples, partial(keep_information, task.checkpoint.id, metrics, information))


def keep_information(id: str, metrics: Metrics, information: list[list[float]], folder: Path) -> None:
    """Put what was measured on vae-shapes-beta<b>-seed<n> into the table that the page reads in `folder`."""
    path = folder / TABLE
    beta, seed = id.removeprefix("vae-shapes-beta").split("-seed")
    run = {"beta": float(beta), "seed": int(seed)}
    known = json.loads(path.read_text())["runs"] if path.exists() else []
    others = [r for r in known if (r["beta"], r["seed"]) != (run["beta"], run["seed"])]
    rounded = {name: round(value, 5) for name, value in metrics.items()}
    shares = [[round(share, 4) for share in row] for row in information]
    runs = sorted([*others, {**run, **rounded, "information": shares}], key=lambda r: (r["beta"], r["seed"]))
    table = {"factors": [factor.name for factor in shapes.FACTORS], "runs": runs}
    path.write_text(json.dumps(table, indent=1) + "\n")
