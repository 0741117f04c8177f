"""The GPT without a share of its weights or units, and what is left of it trained on, live."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.core import threads
from aigc_demo.core.steps import Step
from aigc_demo.data import shakespeare
from aigc_demo.services.compression.gptq import gpt
from aigc_demo.services.compression.prune import CUTS
from aigc_demo.services.compression.requests import GPT as CHECKPOINT
from aigc_demo.services.compression.requests import Tune
from aigc_demo.services.compression.subjects import Measured, Writing, as_shipped, held_out_text, measure
from aigc_demo.services.files import Trained
from aigc_demo.services.page_values import newest, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.training.pruned import TEXT_RATE, of_text, tuning

LOOK = 5  # updates between two looks at held-out text


@dataclass(frozen=True)
class Tuned:
    """The network as it ships, pruned, and trained on after that as far as it has come."""

    whole: Measured
    cut: Measured
    after: Measured | None  # at the end
    curve: tuple[tuple[int, float], ...]  # updates, held-out cost in nats per character; pruned at 0
    sizes: tuple[int, int]  # bytes of a file, as it ships with 32 bits a weight, and pruned in half precision
    model: nn.Module


def tune(store: Store, request: Tune) -> Iterator[Step[Tuned]]:
    """Prune, then train what is left: a value at each look at held-out text, the last with a text of it."""
    model, kind = gpt(store), Writing(held_out_text())
    cut = CUTS[request.structure](model, request.share)
    sizes = packing.bits_size(model, 32), packing.pruned_size(cut)
    whole, pruned = as_shipped(store, CHECKPOINT, request.seed), measure(kind, cut, request.seed)
    tokens = kind.tokens(model, shakespeare.shipped("train"))
    curve, total = [(0, pruned.cost)], request.updates + 1
    yield Step(0, total, Tuned(whole, pruned, None, tuple(curve), sizes, cut))
    updates = tuning(cut, of_text(tokens), request.updates, TEXT_RATE, request.seed)
    for done in range(1, total):
        with threads.large():
            twin = next(updates)
        if done % LOOK == 0 or done == request.updates:
            curve.append((done, cost(kind, twin)))
            yield Step(done, total, Tuned(whole, pruned, None, tuple(curve), sizes, twin))
    after = measure(kind, twin, request.seed)
    yield Step(total, total, Tuned(whole, pruned, after, tuple(curve), sizes, twin))


def cost(kind: Writing, model: nn.Module) -> float:
    """What a network that is being trained costs on held-out text, nats per character."""
    learns = model.training
    with torch.inference_mode(), threads.large():
        found = kind.cost(model.eval())
    model.train(learns)
    return found


def numbers(request: Tune, made: Tuned) -> Json:
    """Nats per character as it ships, pruned, and trained on; the curve by updates; bytes before and after."""
    return {
        "costs": [plain(made.whole.cost), plain(made.cut.cost), plain(made.curve[-1][1])],
        "curve": [[updates, plain(cost)] for updates, cost in made.curve],
        "sizes": list(made.sizes),
    }


def page_value(request: Tune, made: Tuned) -> Json:
    """As `numbers`, with the texts of all three; the last one's is empty until it has been trained."""
    texts = [side.output.text if side else "" for side in (made.whole, made.cut, made.after)]
    return {**numbers(request, made), "texts": texts, "updates": request.updates}


def file(request: Tune, run: Sequence[Tuned]) -> Trained:
    """The weights that are left, trained on, and the texts of all three with what each costs."""
    made = run[-1]
    sides = (
        (CHECKPOINT, made.whole),
        (f"- {100 * request.share:.0f} %", made.cut),
        (f"+ {request.updates}", made.after),
    )
    parts = [f"{name}: {side.cost:.4f}\n{side.output.text}\n\n" for name, side in sides if side]
    told = Document(CHECKPOINT, tuple(Part(text, given=True) for text in parts))
    return Trained(lambda: packing.file_of(*packing.of_pruned(made.model)), told)


USE_CASE: UseCase[Tune, Tuned] = UseCase(
    run=tune,
    page=newest(page_value),
    numbers=numbers,
    file=file,
    formats=("safetensors", "txt", "json"),
    checkpoints=lambda request: (CHECKPOINT,),
    device="CPU",
    first=Tune(),
)
