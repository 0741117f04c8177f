"""What the questions about DALL-E do, and the claims that they prove."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.dalle.requests import Beside, Both, Candidates, Describe, Draw, Rebuild
from aigc_demo.services.experiments import Experiment, Side, gap

UNSEEN = "a cat above a car on a pink background"  # neither was ever trained on a cat on pink


def finished(store: Store, request: Draw, drawn: Any) -> list[Side]:
    return [Side({}, drawn.picture[None], 1)]


def one_picture(*sides: Side) -> bool:
    """All of them are the same."""
    first, *others = (side.pictures for side in sides if side.pictures is not None)
    return all(np.array_equal(first, other) for other in others)


def ranked(store: Store, request: Candidates, made: Any) -> list[Side]:
    """The better half by CLIP and the other: the share in which everything is as the sentence says."""
    half, sides = len(made.candidates) // 2, []
    for name, some in (("better_half", made.candidates[:half]), ("other_half", made.candidates[half:])):
        right = float(np.mean([one.verdict["all"] for one in some]))
        pictures = np.stack([one.picture for one in some])
        sides.append(Side({"all_asked": right}, pictures, half, name=f"experiment.{name}"))
    return sides


def contest(store: Store, request: Both, made: Any) -> list[Side]:
    """The pictures of each, and the share in which everything is as the sentence says."""
    sides = []
    for name, first in (("dalle", 0), ("diffusion", request.count)):
        found = made.verdicts[first : first + request.count]
        right = float(np.mean([one["all"] for one in found]))
        pictures = made.pictures[first : first + request.count]
        sides.append(Side({"all_asked": right}, pictures, 4, name=f"dalle.both_{name}"))
    return sides


def squeezed(store: Store, request: Rebuild, made: Any) -> list[Side]:
    """The picture and what its tokens give back; the numbers that each of them is."""
    return [
        Side({"numbers_in_all": made.picture.size}, made.picture[None], 1, name="experiment.picture_before"),
        Side(
            {"tokens_in_all": made.tokens.size, "away_from_it": gap(made.picture, made.rebuilt)},
            made.rebuilt[None],
            1,
            name="experiment.picture_rebuilt",
        ),
    ]


def believed(store: Store, request: Describe, made: Any) -> list[Side]:
    """The sentences of each language, likeliest first, and the rank of the first that is true of the picture."""
    sides = []
    for lang, sentences in made.sentences.items():
        rank = next(place for place, one in enumerate(sentences, 1) if one.right)
        text = "\n".join(f"{one.p:.0%} {one.text}" for one in sentences[:5])
        sides.append(Side({"true_rank": rank}, text=text, name=f"experiment.sentences_{lang}"))
    return sides


def untied(store: Store, request: Beside, made: Any) -> list[Side]:
    """What our network draws, and how many tokens are those of the library's."""
    agree = len(made.layers) if made.first is None else made.first
    return [Side({"layers_agree": agree, "same_tokens": made.same}, made.ours[None], 1)]


EXPERIMENTS = {
    "dalle.predict_rank": Experiment(
        (Candidates(),),
        ranked,
        lambda better, other: better.measures["all_asked"] >= 0.5 + other.measures["all_asked"],
    ),
    "dalle.predict_both": Experiment(
        (Both(prompt=UNSEEN, count=8),),
        contest,
        lambda dalle, diffusion: diffusion.measures["all_asked"] >= 0.5 + dalle.measures["all_asked"],
    ),
    "dalle.predict_tokens": Experiment(
        (Rebuild(),),
        squeezed,
        lambda whole, rebuilt: (
            100 * rebuilt.measures.get("tokens_in_all", 1e9) < whole.measures.get("numbers_in_all", 0)
            and rebuilt.measures["away_from_it"] < 0.03
        ),
    ),
    "dalle.predict_true": Experiment(
        (Describe(),),
        believed,
        lambda english, chinese: english.measures["true_rank"] > 1 == chinese.measures["true_rank"],
        kind="text",
    ),
    "dalle.predict_mistake": Experiment(
        (Beside(), Beside(mistake="untied_head")),
        untied,
        lambda right, wrong: (
            right.measures["same_tokens"] == 64 > 6 > wrong.measures["same_tokens"]
            and wrong.measures["layers_agree"] > 30
        ),
    ),
    "dalle.predict_greedy": Experiment(
        tuple(Draw(temperature=0, seed=seed) for seed in (1, 2, 3)), finished, one_picture, sides=3
    ),
}
