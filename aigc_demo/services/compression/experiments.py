"""What the questions of compression do, and the claims that they prove."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.compression.requests import DIGITS, GPT, Beside, Bits, Distil, Gptq, Prune, Tune
from aigc_demo.services.experiments import Experiment, Side, gap

if TYPE_CHECKING:
    from aigc_demo.services.compression.shrinking import Shrunk  # a page is served without torch

SEEN = 0.02  # mean difference of two pictures, as a share of full ink, that is not seen


def drawn(store: Store, request: Any, made: "Shrunk") -> Sequence[Side]:
    """The digits, and how far they are from those of 32 bits."""
    before, after = (side.measured.output for side in (made.before, made.after))
    right = sum(read == asked for read, asked in zip(after.read, after.asked, strict=True))
    measures = {"from_whole": gap(before.pictures, after.pictures), "read_as_asked": float(right)}
    return [Side(measures, after.pictures[:9], 3)]


def written(store: Store, request: Any, made: "Shrunk") -> Sequence[Side]:
    """The text, and how much more than the whole network's held-out text costs."""
    more = made.after.measured.cost / made.before.measured.cost - 1
    return [Side({"costs_more": 100 * more}, text=made.after.measured.output.text)]


def rounded(store: Store, request: Gptq, made: Any) -> Sequence[Side]:
    """Round to nearest and GPTQ: the text, and how much more held-out text costs."""
    return [
        Side({"costs_more": 100 * (side.cost / made.whole.cost - 1)}, text=side.output.text, name=f"experiment.{name}")
        for name, side in (("nearest", made.nearest), ("gptq", made.gptq))
    ]


def trained_on(store: Store, request: Tune, made: Any) -> Sequence[Side]:
    """Pruned and trained on: the text, and how much more than the whole network's held-out text costs."""
    return [
        Side({"costs_more": 100 * (side.cost / made.whole.cost - 1)}, text=side.output.text, name=f"compression.{name}")
        for name, side in (("tune_cut", made.cut), ("tune_now", made.after))
    ]


def bytes_each(store: Store, request: Beside, made: Any) -> Sequence[Side]:
    """Ours and torch's: how much more held-out text costs than with float32."""
    whole, *both = made.costs
    formats = ("8 bit × float32", "8 bit × 8 bit")
    return [
        Side({"costs_more": abs(100 * (cost / whole - 1))}, text=words, name=f"compression.beside_{name}")
        for name, words, cost in zip(("ours", "torch"), formats, both, strict=True)
    ]


def taught(store: Store, request: Distil, made: Any) -> Sequence[Side]:
    """The student and the one that learned alone: what each writes, held-out cost, how far it is from the teacher."""
    return [
        Side({"held_nats": one.cost, "from_teacher": one.apart}, text=one.text, name=f"compression.distil_{name}")
        for name, one in zip(("student", "alone"), made.learners[1:], strict=True)
    ]


EXPERIMENTS = {
    "compression.predict_distil": Experiment(
        (Distil(),),
        taught,
        lambda student, alone: (
            student.measures["held_nats"] < alone.measures["held_nats"]
            and student.measures["from_teacher"] < alone.measures["from_teacher"]
        ),
        kind="text",
    ),
    "compression.predict_tune": Experiment(
        (Tune(),),
        trained_on,
        lambda cut, now: 3 < now.measures["costs_more"] < cut.measures["costs_more"] / 3,
        kind="text",
    ),
    "compression.predict_gptq": Experiment(
        (Gptq(bits=2),),
        rounded,
        lambda nearest, gptq: nearest.measures["costs_more"] > 3 * gptq.measures["costs_more"] > 0,
        kind="text",
    ),
    "compression.predict_beside": Experiment(
        (Beside(batch=1),),
        bytes_each,
        lambda ours, theirs: ours.measures["costs_more"] < 0.2 < 0.5 < theirs.measures["costs_more"],
        kind="text",
    ),
    "compression.predict_eight": Experiment(
        tuple(Bits(model=DIGITS, bits=bits) for bits in (32, 8, 2)),
        drawn,
        lambda whole, eight, two: (
            whole.measures["from_whole"] == 0
            and eight.measures["from_whole"] < SEEN
            and eight.measures["read_as_asked"] >= whole.measures["read_as_asked"] - 1
            and two.measures["from_whole"] > 5 * SEEN
            and two.measures["read_as_asked"] <= 5
        ),
        sides=3,
    ),
    "compression.predict_text": Experiment(
        tuple(Bits(model=GPT, bits=bits) for bits in (4, 3, 2)),
        written,
        lambda four, three, two: (
            four.measures["costs_more"] < 1 < three.measures["costs_more"] < 8 and two.measures["costs_more"] > 100
        ),
        sides=3,
        kind="text",
    ),
    "compression.predict_half": Experiment(
        tuple(Prune(model=GPT, share=share) for share in (0.5, 0.8)),
        written,
        lambda half, most: half.measures["costs_more"] < 10 and most.measures["costs_more"] > 100,
        kind="text",
    ),
}
