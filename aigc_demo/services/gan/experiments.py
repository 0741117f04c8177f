"""What the questions of the GANs do, and the claims that they prove."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import (
    Experiment,
    Side,
    by_column,
    course,
    gap,
    judged,
    read,
    scatter,
    stored,
    variety,
)
from aigc_demo.services.gan.requests import (
    CONDITIONAL,
    Classes,
    Compare,
    Critic,
    Draw,
    Mix,
    Morph,
    Points,
    Walk,
    checkpoint,
)
from aigc_demo.services.page_values import Array

SEVEN = 7  # the digit that is asked for
SHORT = 0.3  # a truncation that leaves noise less than a fifth as long as in training
SURE = 0.9  # of the judge: a picture that it is less sure of is between two digits
BINS = 24  # of the heaps of scores
MOST_EVEN = (CONDITIONAL, "r3", "mlp")  # compared: the even one, the newest, the largest
TURNS = 200  # of a training on points
LONG = 1200  # until every one of six seeds says the same


def hand(store: Store, request: Draw, drawn: Any) -> list[Side]:
    right = float(np.mean([digit == SEVEN for digit in read(store, drawn.pictures)]))
    return [Side({"variety": variety(drawn.pictures), "sevens": right}, drawn.pictures, 6)]


def blank(store: Store, request: Draw, drawn: Any) -> list[Side]:
    """How much of a stroke there is to see: the share of pixels that are more white than black."""
    return [Side({"bright": float((drawn.pictures > 0).mean())}, drawn.pictures, 6)]


def kinds(store: Store, request: Draw, drawn: Any) -> list[Side]:
    """How many pictures fall to the two digits that are read most often."""
    counts = sorted(np.bincount(read(store, drawn.pictures), minlength=10))
    return [Side({"top_two": sum(counts[-2:]) / sum(counts)}, drawn.pictures, 8)]


def noise_lengths(store: Store, request: Walk, way: Any) -> list[Side]:
    """How long the noise is on the straight way and on the arc."""
    shares = np.linspace(0, 1, len(way.arc_norm)).tolist()
    lines = [
        ("water", list(zip(shares, way.straight_norm.tolist(), strict=True))),
        ("glow", list(zip(shares, way.arc_norm.tolist(), strict=True))),
    ]
    middle, ends = len(shares) // 2, (way.arc_norm[0] + way.arc_norm[-1]) / 2
    measures = {"straight_length": way.straight_norm[middle] / ends, "arc_length": way.arc_norm[middle] / ends}
    axes = ("experiment.along", "experiment.noise_length")
    return [Side(measures, lines=lines, axes=axes, name="experiment.both_ways")]


def sums(store: Store, request: Mix, mixed: Any) -> list[Side]:
    """a, b, c and the sum."""
    return [Side({"from_c": gap(mixed.pictures[2], mixed.pictures[3])}, mixed.pictures, 4)]


def hands(store: Store, request: Classes, drawn: Any) -> list[Side]:
    """Four columns, and how much of slant and ink goes by the column."""
    table = drawn.pictures.reshape(10, request.columns, *drawn.pictures.shape[1:])
    heaviness = (table.mean(axis=(2, 3, 4)) + 1) / 2
    slants = np.array([[slant(picture[0]) for picture in row] for row in table])
    measures = {"column_ink": by_column(heaviness), "column_slant": by_column(slants)}
    return [Side(measures, table[:, :8].reshape(-1, *drawn.pictures.shape[1:]), 8, name="experiment.same_noise")]


def slant(picture: Array) -> float:
    """How far a digit (H, W) leans: pixels to the side for every pixel down."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    weight = (picture + 1) / 2
    across, down = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    return float((weight * across * down).sum() / (weight * down**2).sum())


def heaps(store: Store, request: Critic, scored: Any) -> list[Side]:
    """Scores of made and of real pictures as two heaps."""
    both = (scored.real_scores, scored.made_scores)
    edges = np.histogram_bin_edges(np.concatenate(both), BINS)
    lines = [
        (kind, list(zip(((edges[1:] + edges[:-1]) / 2).tolist(), np.histogram(scores, edges)[0].tolist(), strict=True)))
        for kind, scores in zip(("water", "glow"), both, strict=True)
    ]
    return [Side({"told": scored.told}, lines=lines, axes=("experiment.score", "experiment.pictures"))]


def evenness(store: Store, request: Compare, made: Any) -> list[Side]:
    """How often every digit is read, of three of the models."""
    models = {one.model: one for one in made.models}
    return [
        Side(
            {"rarest": min(models[name].counts), "commonest": max(models[name].counts)},
            lines=[("glow", list(enumerate(map(float, models[name].counts))))],
            axes=("experiment.digit", "experiment.pictures"),
            name=f"gan.model_{name}",
        )
        for name in MOST_EVEN
    ]


def clouds(store: Store, request: Points, frame: Any) -> list[Side]:
    return [Side({"away": frame.distance / frame.floor}, scatter(frame.real, frame.fake), 1)]


def falls(name: str, share: float) -> Any:
    """A claim: the measure of the second side is below so large a share of the first one's."""
    return lambda before, after: after.measures[name] < share * before.measures[name]


def most_even(*sides: Sequence[Side]) -> bool:
    """The first side's rarest digit is more frequent, its commonest rarer than those of the others."""
    first, *others = [side.measures for side in sides]  # type: ignore[attr-defined]
    return all(first["rarest"] > other["rarest"] and first["commonest"] < other["commonest"] for other in others)


def undecided(store: Store, request: Morph, way: Any) -> list[Side]:
    """Every third stop, and on how many of all the judge is not sure which of the two it sees."""
    sure = judged(store, way.arc).max(axis=1)
    return [Side({"undecided": int((sure < SURE).sum()), "of_stops": len(sure)}, way.arc[::3], 9)]


def losses(store: Store, request: None, made: None) -> list[Side]:
    """The stored training of the newest: both losses, and the distance to real pictures."""
    told = stored(f"{checkpoint('r3')}-training")
    curve, moments = told["curve"], told["snapshots"]
    both = [[(one["minutes"], one[name]) for one in curve] for name in ("generator", "critic")]
    ends = {"critic_start": curve[0]["critic"], "critic_end": curve[-1]["critic"]}
    away = {"frechet_start": moments[0]["frechet"], "frechet_end": moments[-1]["frechet"]}
    return [
        course(both, "two_losses", "minutes", ends),
        course([[(one["minutes"], one["frechet"]) for one in moments]], "frechet_axis", "minutes", away),
    ]


EXPERIMENTS = {
    "gan.predict_morph": Experiment(
        (Morph(),), undecided, lambda way: 0 < way.measures["undecided"] < 0.2 * way.measures["of_stops"], sides=1
    ),
    "gan.predict_training": Experiment(
        (),
        losses,
        lambda both, away: (
            both.measures.get("critic_end", 0) > both.measures.get("critic_start", 0)
            and away.measures["frechet_end"] < 0.1 * away.measures["frechet_start"]
        ),
        kind="lines",
    ),
    "gan.predict_limit": Experiment(
        (Draw(CONDITIONAL, count=36, digit=SEVEN), Draw(CONDITIONAL, count=36, digit=SEVEN, limit=SHORT)),
        hand,
        lambda before, after: falls("variety", 0.5)(before, after) and after.measures["sevens"] == 1,
    ),
    "gan.predict_blank": Experiment(
        (Draw(count=36), Draw(count=36, limit=SHORT)),
        blank,
        lambda before, after: after.measures["bright"] < 0.02 < 0.1 < before.measures["bright"],
    ),
    "gan.predict_collapse": Experiment(
        (Draw(), Draw("collapsed")),
        kinds,
        lambda before, after: before.measures["top_two"] < 0.5 and after.measures["top_two"] > 0.8,
    ),
    "gan.predict_walk": Experiment(
        (Walk(),),
        noise_lengths,
        lambda both: 0.65 < both.measures["straight_length"] < 0.8 and both.measures["arc_length"] > 0.98,
        sides=1,
        kind="lines",
    ),
    "gan.predict_mix": Experiment(
        (Mix(), Mix(seed_b=Mix.seed_a)),
        sums,
        lambda before, after: after.measures["from_c"] < 1e-3 < 0.05 < before.measures["from_c"],
    ),
    "gan.predict_classes": Experiment(
        (Classes(columns=12),),
        hands,
        lambda table: min(table.measures.values()) > 0.5,
        sides=1,
    ),
    "gan.predict_critic": Experiment(
        (Critic(), Critic("collapsed")),
        heaps,
        lambda before, after: after.measures["told"] > max(0.97, before.measures["told"]),
        kind="lines",
    ),
    "gan.predict_compare": Experiment((Compare(),), evenness, most_even, sides=3, kind="lines"),
    "gan.predict_strong": Experiment(
        (
            Points("grid", "logistic", LONG),
            Points("grid", "logistic", LONG, rate_critic=0.1),
        ),
        clouds,
        lambda before, after: falls("away", 0.9)(after, before),
    ),
    "gan.predict_ring": Experiment(
        (Points("grid", turns=LONG), Points("ring", turns=LONG)), clouds, falls("away", 0.85)
    ),
}
