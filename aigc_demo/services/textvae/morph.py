"""Go from one sentence to another: z = (1 - t) A + t B, decoded at equal steps. D latent dimensions."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.sentences import SPECIAL, UNKNOWN
from aigc_demo.models.vae import Posterior
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, fields
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.textvae.requests import EXAMPLES, OF, Morph
from aigc_demo.services.textvae.sentences import (
    PLAIN,
    Read,
    Written,
    encoded,
    model_of,
    parts_of,
    read,
    rounded,
    written,
)
from aigc_demo.services.use_case import Json, UseCase

NEAR = 3  # sentences that are drawn around either end of a way
TYPED = 4  # stops of the way on the card of the landing page


@dataclass(frozen=True)
class Dimension:
    """One latent dimension at both ends of a way: the posteriors, and where the way begins and ends."""

    mean_first: float
    deviation_first: float
    mean_last: float
    deviation_last: float


@dataclass(frozen=True)
class Morphed:
    """A way from one sentence to another."""

    corpus: str  # verse or reviews
    first: Read
    last: Read
    steps: tuple[Written, ...]
    fade: tuple[str, ...]  # the same steps where words, not codes, are mixed
    around_first: tuple[str, ...]  # sentences of codes drawn from q(z|A)
    around_last: tuple[str, ...]
    dimensions: tuple[Dimension, ...]  # those that differ most first
    distance: float  # between the two codes


@torch.inference_mode()
def morph(store: Store, request: Morph) -> Morphed:
    """The sentences between two others: z = (1 - t) A + t B, decoded at equal steps."""
    model = model_of(store, OF[request.corpus])
    first, last = (
        read(text or example, model.config)
        for text, example in zip((request.first, request.last), EXAMPLES[request.corpus], strict=True)
    )
    posterior = encoded([first, last], model)
    generator = torch.Generator().manual_seed(request.seed)
    t = torch.linspace(0, 1, request.stops, device=posterior.mean.device)[:, None]
    z = posterior.mean[0] + t * (posterior.mean[1] - posterior.mean[0])  # (steps, D)
    noise = torch.randn(NEAR, *posterior.mean.shape, generator=generator).to(z.device)
    near = posterior.sample(noise).transpose(0, 1).flatten(0, 1)  # (2 * NEAR, D), A's first
    around = [found.text for found in written(model, near, 0.0, generator)]
    return Morphed(
        request.corpus,
        first,
        last,
        tuple(written(model, z, request.temperature, generator)),
        faded(first, last, request),
        tuple(around[:NEAR]),
        tuple(around[NEAR:]),
        dimensions(posterior),
        float((posterior.mean[1] - posterior.mean[0]).norm()),
    )


def dimensions(posterior: Posterior) -> tuple[Dimension, ...]:
    """Both posteriors (2, D), dimension by dimension; those first that differ most."""
    order = (posterior.mean[1] - posterior.mean[0]).abs().argsort(descending=True)
    columns = (posterior.mean[0], posterior.deviation[0], posterior.mean[1], posterior.deviation[1])
    return tuple(Dimension(*rounded(row)) for row in torch.stack(columns, dim=1)[order])


def faded(first: Read, last: Read, request: Morph) -> tuple[str, ...]:
    """The same steps made of words alone: one place after the other, in an order by the seed, goes over from A to B."""
    places = max(len(first.words), len(last.words))
    order = list(range(places))
    random.Random(request.seed).shuffle(order)
    longer = [(*end.words, *[""] * (places - len(end.words))) for end in (first, last)]
    found = []
    for step in range(request.stops):
        turned = set(order[: round(step / (request.stops - 1) * places)])
        mixed = [longer[place in turned][place] for place in range(places)]
        by = "" if request.corpus == "verse" else " "
        found.append(by.join("□" if word == SPECIAL[UNKNOWN] else word for word in mixed if word))
    return tuple(found)


def told(result: Morphed) -> Iterator[Part]:
    """A, the way, B; below it the way in which words are mixed."""
    last = len(result.steps) - 1
    yield Part(f"A  {result.first.text}\n", given=True)
    for place, step in enumerate(result.steps):
        yield Part(f"{place / last:.2f}  ")
        yield from parts_of(step, result.corpus)
    yield Part(f"B  {result.last.text}\n\n", given=True)
    for place, text in enumerate(result.fade):
        yield Part(f"{place / last:.2f}  {text}\n")


def document(request: Morph, run: Sequence[Morphed]) -> Document:
    """A, the way, B, and the way in which words are mixed."""
    return Document("Luoxia · text VAE · morph", tuple(told(run[-1])))


def card(store: Store) -> Json:
    """A short way between two sentences, each once, for the landing page."""
    made = morph(store, Morph(stops=TYPED))
    lines = dict.fromkeys(step.text for step in made.steps)
    return {"typed": {"prompt": f"{made.first.text}\n", "text": "\n".join(lines)}}


USE_CASE: UseCase[Morph, Morphed] = UseCase(
    run=morph,
    page=each(fields),
    numbers=fields,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (OF[request.corpus],),
    library=lambda request: PLAIN,
    first=Morph(),
    card=card,
    warm=Morph(stops=3),
)
