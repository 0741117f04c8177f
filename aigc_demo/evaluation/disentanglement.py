"""Does each number of a code stand for one factor of the picture? Three scores on shapes whose factors are known.

mig           mutual information gap, 0..1; a code that is the factors themselves has 0.90 (see `gaps`)
sap           separated attribute predictability, 0..1; such a code has 0.93, as chance tells a third of the shapes
factor_score  the score of the FactorVAE paper, about 1/5 by chance, at most 1

All look at the mean of the code only, and at pictures of all combinations of factors, held out or not. The factors
count as they are labelled: that a square looks the same after a quarter turn, and an ellipse after a half, is not taken
into account, as is usual with dSprites, so no code of the picture alone can be perfect in the rotation.

N pictures, D dimensions of the code, K factors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Any

import torch
from torch import Tensor

from aigc_demo.data.shapes import FACTORS, SIZES, draw, random_factors, values_of

BATCH = 256
Code = Callable[[Tensor], Tensor]  # indices of factors (B, K) -> code (B, D)


@dataclass(frozen=True)
class Settings:
    samples: int = 10_000  # pictures for mig and sap, and for the variances that factor_score divides by
    bins: int = 20  # of each dimension, for mig
    votes: int = 800  # of factor_score: as many to learn from as to test
    voters: int = 64  # pictures behind each vote
    dead: float = 0.05  # a dimension of less variance has no vote


def code_of(code: Code, indices: Tensor) -> Tensor:
    """indices (N, K) -> their codes (N, D) in double precision, encoded in batches."""
    codes = torch.cat([code(part).detach().cpu() for part in torch.split(indices, BATCH)]).double()
    if not codes.isfinite().all():
        raise ValueError("the code holds values that are not finite")
    return codes


def binned(codes: Tensor, bins: int) -> Tensor:
    """codes (N, D) -> number of the bin (N, D), each dimension's range cut into equal parts."""
    low, high = codes.amin(0), codes.amax(0)
    width = torch.where(high > low, high - low, 1.0)
    return ((codes - low) / width * bins).long().clamp(max=bins - 1)


def entropy(labels: Tensor) -> Tensor:
    """Entropy of the shares of each label among labels (N,), integer and not below 0. Nats."""
    counts = torch.bincount(labels)
    share = counts[counts > 0].double() / len(labels)
    return -(share * share.log()).sum()


def information(codes: Tensor, indices: Tensor, bins: int) -> Tensor:
    """I(z_j; v_k) = H(z_j) + H(v_k) - H(z_j, v_k) of binned codes (N, D) and indices (N, K) -> (D, K), nats.

    The shares of a finite sample give noise a little too much: of 10,000 pictures in 20 bins, 0.04 of the rotation's
    3.7 nats.
    """
    parts = binned(codes, bins)
    rows = [
        torch.stack([entropy(z) + entropy(v) - entropy(z * size + v) for size, v in zip(SIZES, indices.T, strict=True)])
        for z in parts.T
    ]
    return torch.stack(rows).clamp(min=0)


def gaps(scores: Tensor) -> Tensor:
    """By how much the best dimension is ahead of the second, for each factor. (D, K) -> (K,).

    Of I(z_j; v_k) / H(v_k), its mean over the factors is the MIG (Chen et al., 2018, arXiv:1802.04942, eq. 6), here
    with I estimated as Locatello et al. do (2019, arXiv:1811.12359, appendix C): means in 20 equal bins instead of
    the paper's integral over q(z|x). 20 bins cannot tell 40 rotations or 32 places apart, so that even the factors
    themselves have a gap of 0.81 and 0.85 there.
    """
    if len(scores) < 2:
        raise ValueError("a gap needs at least two dimensions")
    best, second = scores.topk(2, dim=0).values
    return best - second


def threshold_accuracy(values: Tensor, labels: Tensor, classes: int) -> Tensor:
    """How well thresholds on values (N,) tell labels (N,) apart: mean over classes of the share that is found.

    The best of all thresholds that give each class one interval, in any order of the classes; chance is 1 / classes.
    """
    ordered, order = values.sort()
    hot = torch.nn.functional.one_hot(labels[order], classes).double()
    below = (hot / hot.sum(0).clamp(min=1)).cumsum(0)  # (N, classes), share of a class up to the n-th value
    cuts = torch.cat([ordered[1:] > ordered[:-1], torch.tensor([True])])  # no threshold between equal values
    below = torch.cat([torch.zeros(1, classes, dtype=below.dtype), below[cuts]])
    found = []
    for intervals in permutations(range(classes)):
        ahead = torch.zeros(len(below), dtype=below.dtype)
        for left, right in pairwise(intervals):
            ahead = (ahead + below[:, left] - below[:, right]).cummax(0).values
        found.append(ahead[-1] + 1)
    return torch.stack(found).max() / classes


def predictability(codes: Tensor, indices: Tensor) -> Tensor:
    """How well dimension j alone predicts factor k: codes (N, D), indices (N, K) -> (D, K), each in [0, 1].

    Kumar et al., 2018 (arXiv:1711.00848), section 3: the R^2 of a linear regression, Cov(z_j, v_k)^2 / (Var z_j
    Var v_k), and for the shape, which has no order, the balanced accuracy of the best thresholds. The SAP is the
    mean gap of the two best dimensions. They are fitted and scored on the same samples: with two numbers to fit on
    10,000 samples that matters little, and alike for all dimensions. Unlike in the paper, a dimension that does not
    vary is not set to 0 but has what it earns, which is 0 for the R^2 and chance for the shape.
    """
    values = values_of(indices).double()
    z, v = codes - codes.mean(0), values - values.mean(0)
    spread = z.square().sum(0)[:, None] * v.square().sum(0)
    scores = torch.where(spread > 0, (z.T @ v).square() / spread.clamp(min=1e-300), 0.0)
    shape = [threshold_accuracy(dimension, indices[:, 0], SIZES[0]) for dimension in codes.T]
    return torch.cat([torch.stack(shape)[:, None], scores[:, 1:]], dim=1)


def ballots(settings: Settings, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """For each vote, pictures that share one factor: indices (votes, voters, K), and which factor (votes,)."""
    indices = random_factors(settings.votes * settings.voters, generator).view(settings.votes, settings.voters, -1)
    factor = torch.randint(len(SIZES), (settings.votes,), generator=generator)
    shared = torch.nn.functional.one_hot(factor, len(SIZES)).bool()[:, None]
    return torch.where(shared, indices[:, :1], indices), factor


def vote(code: Code, variance: Tensor, settings: Settings, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Which dimension varies least for its size, and which factor was fixed: (votes,) each. variance (D,) of all."""
    indices, factor = ballots(settings, generator)
    codes = code_of(code, indices.flatten(0, 1)).view(settings.votes, settings.voters, -1)
    relative = codes.var(1) / variance
    return relative.masked_fill(variance < settings.dead, torch.inf).argmin(1), factor


def factor_votes(code: Code, variance: Tensor, settings: Settings, generator: torch.Generator) -> tuple[Tensor, float]:
    """How often each dimension was named for each factor (D, K), and the share of new votes that this foretells.

    Kim & Mnih, 2018 (arXiv:1802.05983), section 4: fix one factor, take the dimension of least variance relative to
    its variance over all pictures, `variance` (D,); a dimension stands for the factor that it was named for most often.
    Dimensions of a variance below `settings.dead` are left out; without any other the score is 0.
    """
    counts = torch.zeros(len(variance), len(SIZES), dtype=torch.long)
    if not (variance >= settings.dead).any():
        return counts, 0.0
    named, factor = vote(code, variance, settings, generator)
    counts.index_put_((named, factor), torch.ones_like(named), accumulate=True)
    named, factor = vote(code, variance, settings, generator)
    return counts, float((counts.argmax(1)[named] == factor).double().mean())


@torch.inference_mode()
def score(code: Code, seed: int = 0, settings: Settings | None = None) -> dict[str, Any]:
    """The three scores of a code of factors, and the tables behind them as lists: D rows of K, or K, or D numbers."""
    settings = settings or Settings()
    generator = torch.Generator().manual_seed(seed)
    indices = random_factors(settings.samples, generator)
    codes = code_of(code, indices)
    nats = information(codes, indices, settings.bins)
    share = nats / torch.stack([entropy(v) for v in indices.T])
    predicted = predictability(codes, indices)
    variance = codes.var(0)
    counts, factor_score = factor_votes(code, variance, settings, generator)
    return {
        "mig": float(gaps(share).mean()),
        "sap": float(gaps(predicted).mean()),
        "factor_score": factor_score,
        "factors": [factor.name for factor in FACTORS],
        "variance": variance.tolist(),
        "information_nats": nats.tolist(),
        "information_share": share.tolist(),
        "mig_gaps": gaps(share).tolist(),
        "predictability": predicted.tolist(),
        "sap_gaps": gaps(predicted).tolist(),
        "votes": counts.tolist(),
    }


def evaluate(encode: Callable[[Tensor], Tensor], seed: int = 0, settings: Settings | None = None) -> dict[str, Any]:
    """`score` of an encoder: pictures (B, 1, 64, 64) in [0, 1] -> means of the code (B, D)."""
    return score(lambda indices: encode(draw(indices)), seed, settings)
