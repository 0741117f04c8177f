"""What the questions of the autoencoders do, and the claims that they prove. Pictures come as (N, H, W) in [0, 1]."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side, course, stored, variety
from aigc_demo.services.page_values import Array
from aigc_demo.services.vae.requests import KINDS, Anomaly, Beside, Beta, Draw, Plane, Rebuild, Shapes, Walk

FAR = Plane(3.4, -3.2)  # where no digit lies
ON = 0.4  # share of ink from which on a pixel belongs to a stroke
GREY = (0.2, 0.8)  # neither paper nor ink
ALIVE = 0.01  # nats: a number of the code that says less says nothing
LENS = 4  # times that small differences are shown
ACROSS = 3  # the factor that is the place from left to right


def paper(pictures: Array | Sequence[Array]) -> Array:
    """(N, H, W) in [0, 1] -> (N, 1, H, W) in [-1, 1]."""
    return np.array(pictures, np.float32)[:, None] * 2 - 1


def far_out(store: Store, request: Plane, made: Any) -> list[Side]:
    """All four models at one point, and how dark the darkest pixel of the palest picture is."""
    return [Side({"darkest": float(made.max(axis=(1, 2)).min())}, paper(made), len(KINDS), name="experiment.far")]


def blurred(store: Store, request: Beta, made: Any) -> list[Side]:
    """The digit and its rebuilt picture, how grey that is, and how much of the code is in use."""
    alive = int((made.kl_dimensions > ALIVE).sum())
    return [Side({"grey": grey(made.rebuilt), "alive": alive}, paper([made.picture, made.rebuilt]), 2)]


def grey(picture: Array) -> float:
    """Share of pixels that are neither paper nor ink."""
    return float(((picture > GREY[0]) & (picture < GREY[1])).mean())


def again(store: Store, request: Rebuild, made: Any) -> list[Side]:
    """Four fresh codes of the AE and of the VAE, decoded, and where each differs from the mean of eight."""
    rows = {row.kind: row.again for row in made.rows}
    sides = []
    for kind in ("ae", "vae"):
        shown = np.concatenate([rows[kind][:4], np.clip(LENS * np.abs(rows[kind] - rows[kind].mean(axis=0))[:4], 0, 1)])
        sides.append(Side({"variety": variety(paper(rows[kind]))}, paper(shown), 4, name=f"experiment.again_{kind}"))
    return sides


def drawn(store: Store, request: Draw, made: Any) -> list[Side]:
    """Codes by chance, decoded, and into how many pieces the strokes fall."""
    return [Side({"pieces": float(np.mean([pieces(picture) for picture in made]))}, paper(made), 8)]


def pieces(picture: Array) -> int:
    """Strokes of a picture (H, W) that do not touch, diagonals counted as touching."""
    left, count = {(int(y), int(x)) for y, x in np.argwhere(picture > ON)}, 0
    while left:
        count += 1
        reached = [left.pop()]
        while reached:
            y, x = reached.pop()
            near = {(y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            reached += near
    return count


def moved(store: Store, request: Shapes, made: Any) -> list[Side]:
    """What the number does that tells most of the place from left to right, in this training."""
    from aigc_demo.services.vae.autoencoders import measured  # here, since a page is served without torch

    runs = {(run["beta"], run["seed"]): run["information"] for run in measured("shapes")["runs"]}
    told = [row[ACROSS] for row in runs[request.beta, request.training_seed]]
    best = told.index(max(told))
    return [Side({"answers": best + 1}, paper(made.traversals[best]), 3)]


def likely(store: Store, request: Anomaly, made: Any) -> list[Side]:
    """A picture, rebuilt, and how many test digits are less likely."""
    return [Side({"less_likely": made.rank}, paper([made.picture, made.rebuilt]), 2)]


def half_way(store: Store, request: Walk, made: Any) -> list[Side]:
    """Half-way between two digits: between their codes, and between their pixels."""
    middle = request.frames // 2
    return [
        Side({"grey": grey(row[middle])}, paper(row[middle - 1 : middle + 2]), 3, name=f"experiment.walk_{name}")
        for name, row in (("pixels", made.fade), ("codes", made.arc))
    ]


def twins(store: Store, request: Beside, made: Any) -> list[Side]:
    """The emoji, and what ours and the library's make of its code."""
    pictures = np.stack([made.picture, made.ours, made.theirs]) * 2 - 1
    return [Side({"apart": made.maximum}, pictures, 3, name="experiment.before_ours_theirs")]


def first_seconds(store: Store, request: None, made: None) -> list[Side]:
    """The stored training of the plane: what a rebuilt digit costs, and what the first seconds had done of it."""
    moments = stored("vae-digits-vae-2d-training")["snapshots"]
    costs = [one["reconstruction_nats"] for one in moments]
    begun = max((one for one in moments if one["minutes"] <= 0.1), key=lambda one: one["minutes"])
    share = (costs[0] - begun["reconstruction_nats"]) / (costs[0] - costs[-1])
    measures = {"seconds_in": 60 * begun["minutes"], "share_of_way": share}
    points = [(one["minutes"], cost) for one, cost in zip(moments, costs, strict=True)]
    return [course([points], "digit_nats", "minutes", measures)]


EXPERIMENTS = {
    "vae.predict_beside": Experiment((Beside(),), twins, lambda both: both.measures["apart"] < 1e-4, sides=1),
    "vae.predict_training": Experiment(
        (),
        first_seconds,
        lambda whole: whole.measures["seconds_in"] <= 6 and whole.measures["share_of_way"] > 0.75,
        sides=1,
        kind="lines",
    ),
    "vae.predict_plane": Experiment(
        (FAR,),
        far_out,
        lambda side: side.measures["darkest"] > 0.8,
        sides=1,
    ),
    "vae.predict_beta": Experiment(
        (Beta(beta=1), Beta(beta=16)),
        blurred,
        lambda before, after: (
            after.measures["grey"] > 1.5 * before.measures["grey"]
            and after.measures["alive"] < 0.5 * before.measures["alive"]
        ),
    ),
    "vae.predict_rebuild": Experiment(
        (Rebuild(code=16),),
        again,
        lambda ae, vae: ae.measures["variety"] < 1e-6 and vae.measures["variety"] > 0.02,
    ),
    "vae.predict_prior": Experiment(
        (Draw("ae"), Draw("vae")),
        drawn,
        lambda ae, vae: ae.measures["pieces"] > 1.25 * vae.measures["pieces"],
    ),
    "vae.predict_shapes": Experiment(
        (Shapes(training_seed=0), Shapes(training_seed=1, dimension=10)),
        moved,
        lambda first, second: first.measures["answers"] == 8 != second.measures["answers"],
    ),
    "vae.predict_odd": Experiment(
        (Anomaly(), Anomaly(odd="letter")),
        likely,
        lambda digit, letter: letter.measures["less_likely"] < 0.02 < 0.2 < digit.measures["less_likely"],
    ),
    "vae.predict_walk": Experiment(
        (Walk(),),
        half_way,
        lambda pixels, codes: codes.measures["grey"] < 0.6 * pixels.measures["grey"],
    ),
}
