"""The GPT, its student, and the same small network that learned alone: figures, texts, and what each expects.

Held-out cost, time and texts are measured anew; sizes and numbers of weights are those of the files that ship.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.compression.gptq import gpt, windows
from aigc_demo.services.compression.requests import TRIO, Distil
from aigc_demo.services.compression.subjects import TEMPERATURE, held_out_text
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.tokens import text_of, tokens_of
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.training.distil import soft_cost

EXTRACTS = 32  # windows of held-out text
BATCHES = (1, 16)  # texts at a time
TIMED = 8  # characters that each text grows by
WRITTEN = 100  # characters behind the prompt
FINEST = 100  # steps of a nat in which log probabilities travel to the page
LEAST = -25.0  # nats: what is less likely is as likely as that there


@dataclass(frozen=True)
class Learner:
    """One of the three."""

    size: int  # bytes of its file
    parameters: int
    cost: float  # nats per character of held-out text
    apart: float  # nats per character by which its probabilities differ from the teacher's there
    text: str  # what it writes behind the prompt
    expected: Array  # log probabilities (T, V) of the character after each of the prompt


@dataclass(frozen=True)
class Class:
    """Teacher, student and the one that learned alone, in the order of TRIO."""

    characters: str  # of the vocabulary
    learners: tuple[Learner, ...]
    milliseconds: tuple[tuple[float, ...], ...] = ()  # of a character, each of BATCHES for each of the three


@torch.inference_mode()
def learner(model: GPT, rows: Tensor, told: Tensor | None, request: Distil, checkpoint: str) -> tuple[Learner, Tensor]:
    """Measure one on rows (N, T + 1) of held-out text; its logits (N, T, V) there, `told` being the teacher's."""
    prompt = tokens_of(model, request.prompt)
    with threads.large():
        logits = model(rows[:, :-1])
        picks = write(model, prompt, Sampling(TEMPERATURE), chances(request.seed, WRITTEN))
        text = text_of(model, torch.cat([pick.token for pick in picks]))
        expected = model(prompt)[0].log_softmax(-1)
    cost = float(F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten()))
    apart = 0.0 if told is None else float(soft_cost(logits, told, 1.0))
    entry = catalogue.checkpoint(checkpoint)
    return Learner(entry.size, entry.parameters, cost, apart, text, expected.numpy()), logits


def growing(model: GPT, batch: int) -> Callable[[], object]:
    """`batch` texts that grow by TIMED characters, the likeliest each time."""
    tokens = torch.zeros(batch, 1, dtype=torch.long)
    return lambda: list(write(model, tokens, Sampling(0), chances(0, TIMED, batch)))


def distil(store: Store, request: Distil) -> Iterator[Step[Class | None]]:
    """A step for each of the three, then one for each of BATCHES; the result comes with the last."""
    models = [gpt(store, checkpoint) for checkpoint in TRIO]
    tokens_of(models[0], request.prompt)  # what it does not know is said at once
    rows = windows(tokens_of(models[0], held_out_text())[0], EXTRACTS, models[0].config.context + 1)
    total, found, told = len(TRIO) + len(BATCHES), list[Learner](), None
    for model, checkpoint in zip(models, TRIO, strict=True):
        made, logits = learner(model, rows, told, request, checkpoint)
        told = logits if told is None else told
        found.append(made)
        yield Step(len(found), total, None)
    times: list[tuple[float, ...]] = []
    for batch in BATCHES:
        spent = medians([growing(model, batch) for model in models])
        times.append(tuple(one / (TIMED * batch) for one in spent))
        if len(times) < len(BATCHES):
            yield Step(len(found) + len(times), total, None)
    yield Step(total, total, Class(models[0].config.characters, tuple(found), tuple(zip(*times, strict=True))))


def softened(expected: Array, temperature: float) -> Tensor:
    """Log probabilities (..., V) at a temperature -> probabilities."""
    return (torch.from_numpy(expected) / temperature).softmax(-1)


def figures(made: Class) -> Json:
    """What is measured of the three, a list for each figure."""
    learners = made.learners
    return {
        "models": list(TRIO),
        **{name: [getattr(one, name) for one in learners] for name in ("size", "parameters")},
        **{name: [plain(getattr(one, name)) for one in learners] for name in ("cost", "apart")},
        "batches": list(BATCHES),
        "milliseconds": plain(made.milliseconds),
        "texts": [one.text for one in learners],
    }


def numbers(request: Distil, made: Class) -> Json:
    """The figures, and at every character of the prompt but the first how likely each thought it, softened by T."""
    soft = [softened(one.expected, request.temperature) for one in made.learners]
    came = [made.characters.index(sign) for sign in request.prompt[1:]]
    places = [
        [request.prompt[place + 1], *(plain(float(one[place, sign])) for one in soft)]
        for place, sign in enumerate(came)
    ]
    return {**figures(made), "temperature": request.temperature, "places": places}


def page_value(request: Distil, made: Class) -> Json:
    """The figures, and all log probabilities along the prompt, in 1 / FINEST nats."""
    expected = [(FINEST * one.expected.clip(LEAST, 0)).round().astype(int).tolist() for one in made.learners]
    told = {"prompt": request.prompt, "characters": made.characters, "temperature": request.temperature}
    return {**figures(made), **told, "finest": FINEST, "expected": expected}


def document(request: Distil, run: Sequence[Class]) -> Document:
    """The texts of all three with their figures."""
    made = run[-1]
    parts = []
    for name, one, times in zip(TRIO, made.learners, made.milliseconds, strict=True):
        spent = ", ".join(f"{time:.3f} ms ({batch})" for time, batch in zip(times, BATCHES, strict=True))
        parts.append(f"{name}: {one.parameters} weights, {one.cost:.4f} nats, {spent}\n{request.prompt}{one.text}\n\n")
    return Document("Distillation", tuple(Part(text, given=True) for text in parts))


USE_CASE: UseCase[Distil, Class] = UseCase(
    run=distil,
    page=each(page_value),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: TRIO,
    device="CPU",
    first=Distil(),
)
