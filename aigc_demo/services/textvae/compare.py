"""What a line of verse costs the four models of Bowman et al., 2015 (arXiv:1511.06349), table 2."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.sentences import SPECIAL, UNKNOWN
from aigc_demo.models.textvae import hide, shifted
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, fields
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.textvae.requests import COMPARED, EXAMPLES, VERSE, Compare
from aigc_demo.services.textvae.sentences import PLAIN, Read, Written, model_of, parts_of, read, rounded, rows
from aigc_demo.services.use_case import UseCase

CODES = 64  # drawn from the posterior to see what a line costs an autoencoder
NAMES = {
    "lm": "language model, standard decoder",
    "vae": "text VAE, standard decoder",
    "vae_inputless": "text VAE, inputless decoder",
    "lm_inputless": "language model, inputless decoder",
}


@dataclass(frozen=True)
class Cost:
    """What a sentence costs one model, in nats."""

    model: str  # of requests.COMPARED
    words: tuple[float, ...]  # of every word, then of the end; an autoencoder's mean over codes of the posterior
    total: float  # -log p(x), an autoencoder's bound: reconstruction and KL
    kl: float | None  # of an autoencoder
    dimensions: tuple[float, ...] = field(default=())  # KL of each dimension, largest first


@dataclass(frozen=True)
class Compared:
    """A line before four models, and one that is written with words hidden."""

    sentence: Read
    costs: tuple[Cost, ...]  # in the order of requests.COMPARED
    shown: tuple[str, ...]  # the words before each place as the decoder saw them; "" is hidden
    rebuilt: Written  # word after word, each time with the true words before it, as far as they are shown


@torch.inference_mode()
def compare(store: Store, request: Compare) -> Compared:
    """A line of verse before the four models of Bowman et al., and rebuilt with words hidden."""
    costs = [cost_of(store, name, id, request) for name, id in COMPARED.items()]
    model = model_of(store, VERSE)
    line = read(request.sentence or EXAMPLES["verse"][0], model.config)
    tokens = rows([line], model)
    chance = torch.rand(tokens.shape, generator=torch.Generator().manual_seed(request.seed)).to(tokens.device)
    before = hide(shifted(tokens), chance, request.hidden)
    logits = model.decode(model.encode(tokens).mean, before)[0].float()  # (T, V)
    logits[:, [0, UNKNOWN]] = -torch.inf
    best = logits.softmax(1).max(1)
    count = len(line.tokens)
    words = tuple(model.config.tokens[token] for token in best.indices[:count].tolist())
    shown = tuple("" if token == UNKNOWN else model.config.tokens[token] for token in before[0, 1 : count + 1].tolist())
    rebuilt = Written(
        "".join("" if word in SPECIAL else word for word in words), words, rounded(best.values[: count + 1])
    )
    return Compared(line, tuple(costs), shown, rebuilt)


def cost_of(store: Store, name: str, checkpoint: str, request: Compare) -> Cost:
    """What the line costs one of the four."""
    model = model_of(store, checkpoint)
    line = read(request.sentence or EXAMPLES["verse"][0], model.config)
    tokens = rows([line], model)
    kl: Tensor | None = None
    z = None
    if model.config.variational:
        posterior = model.encode(tokens)
        noise = torch.randn(CODES, model.config.latent, generator=torch.Generator().manual_seed(request.seed))
        z, kl = posterior.sample(noise.to(tokens.device)), posterior.kl()[0]
    many = tokens.expand(1 if z is None else CODES, -1)
    chances = model.decode(z, shifted(many)).float().log_softmax(2)
    nats = -chances.gather(2, many[..., None])[..., 0].mean(0) * (tokens[0] != UNKNOWN)
    nats = nats[: len(line.tokens) + 1]  # (T,), the end last
    total = float(nats.sum()) + (float(kl.sum()) if kl is not None else 0.0)
    each = rounded(kl.sort(descending=True).values) if kl is not None else ()
    return Cost(name, rounded(nats), round(total, 2), None if kl is None else round(float(kl.sum()), 2), each)


def told(result: Compared) -> Iterator[Part]:
    """The line, what it costs each model, and what came back with words hidden."""
    yield Part(f"{result.sentence.text}\n", given=True)
    for cost in result.costs:
        kl = "" if cost.kl is None else f" (KL {cost.kl:.1f})"
        yield Part(f"{cost.total:.1f} nats{kl}  {NAMES[cost.model]}\n")
    yield Part("\n" + "".join(word or "□" for word in result.shown) + "\n")
    yield from parts_of(result.rebuilt, "verse")


def document(request: Compare, run: Sequence[Compared]) -> Document:
    """The line, what it costs each model, and what came back with words hidden."""
    return Document("Luoxia · text VAE · four models", tuple(told(run[-1])))


USE_CASE: UseCase[Compare, Compared] = UseCase(
    run=compare,
    page=each(fields),
    numbers=fields,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (*COMPARED.values(), VERSE),
    library=lambda request: PLAIN,
    first=Compare(),
)
