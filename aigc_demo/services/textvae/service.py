"""The use-cases of the text autoencoders: from sentence to sentence, by chance, before four models. Each at once."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.card import Card
from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data.sentences import END, SPECIAL, UNKNOWN, Words
from aigc_demo.models.textvae import TextVAE, hide, shifted, write
from aigc_demo.models.vae import Posterior
from aigc_demo.services import text_saving
from aigc_demo.services.saving import versions
from aigc_demo.services.textvae import checkpoints, documents, reading, scripts
from aigc_demo.services.textvae.requests import EXAMPLES, Compare, Draw, Morph
from aigc_demo.services.textvae.results import Compared, Cost, Dimension, Drawn, Morphed, Read, Written

CODES = 64  # drawn from the posterior to see what a line costs an autoencoder
NEAR = 3  # sentences that are drawn around either end of a way


class TextVAEService:
    def __init__(self, store: Store):
        self.store = store

    def facts(self, *ids: str) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights of the checkpoints that took part."""
        models = [self.store.load(name) for name in ids or (checkpoints.VERSE,)]
        total = sum(parameter.numel() for model in models for parameter in model.parameters())
        return {"device": self.store.device.upper(), "parameters": total}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        self.morph(Morph(stops=3))

    @torch.inference_mode()
    def morph(self, request: Morph) -> Morphed:
        """The sentences between two others: z = (1 - t) A + t B, decoded at equal steps."""
        model = self.model(checkpoints.OF[request.corpus])
        examples = EXAMPLES[request.corpus]
        first, last = self.read(request.first or examples[0], model), self.read(request.last or examples[1], model)
        posterior = self.encoded([first, last], model)
        generator = torch.Generator().manual_seed(request.seed)
        t = torch.linspace(0, 1, request.stops, device=posterior.mean.device)[:, None]
        z = posterior.mean[0] + t * (posterior.mean[1] - posterior.mean[0])  # (steps, D)
        noise = torch.randn(NEAR, *posterior.mean.shape, generator=generator).to(z.device)
        near = posterior.sample(noise).transpose(0, 1).flatten(0, 1)  # (2 * NEAR, D), A's first
        around = [found.text for found in self.written(model, near, 0.0, generator)]
        return Morphed(
            request.corpus,
            first,
            last,
            tuple(self.written(model, z, request.temperature, generator)),
            faded(first, last, request),
            tuple(around[:NEAR]),
            tuple(around[NEAR:]),
            dimensions(posterior),
            float((posterior.mean[1] - posterior.mean[0]).norm()),
        )

    @torch.inference_mode()
    def draw(self, request: Draw) -> Drawn:
        """Sentences of codes from the prior, or around the code of a sentence."""
        model = self.model(checkpoints.OF[request.corpus])
        generator = torch.Generator().manual_seed(request.seed)
        noise = request.spread * torch.randn(request.count, model.config.latent, generator=generator)
        noise = noise.to(self.store.device)
        around = self.read(request.around, model) if request.around else None
        if around is None:
            z, middle, centre = noise, None, torch.zeros_like(noise[0])
        else:
            posterior = self.encoded([around], model)
            z, centre = posterior.sample(noise), posterior.mean[0]
            middle = self.written(model, posterior.mean, 0.0, generator)[0]
        away = tuple(round(far, 3) for far in (z - centre).norm(dim=1).tolist())
        return Drawn(
            request.corpus, around, middle, tuple(self.written(model, z, request.temperature, generator)), away
        )

    @torch.inference_mode()
    def compare(self, request: Compare) -> Compared:
        """A line of verse before the four models of Bowman et al., and rebuilt with words hidden."""
        costs = [self._cost(name, id, request) for name, id in checkpoints.COMPARED.items()]
        model = self.model(checkpoints.VERSE)
        line = self.read(request.sentence or EXAMPLES["verse"][0], model)
        tokens = self.rows([line], model)
        chance = torch.rand(tokens.shape, generator=torch.Generator().manual_seed(request.seed)).to(tokens.device)
        before = hide(shifted(tokens), chance, request.hidden)
        logits = model.decode(model.encode(tokens).mean, before)[0].float()  # (T, V)
        logits[:, [0, UNKNOWN]] = -torch.inf
        best = logits.softmax(1).max(1)
        count = len(line.tokens)
        words = tuple(model.config.tokens[token] for token in best.indices[:count].tolist())
        shown = tuple(
            "" if token == UNKNOWN else model.config.tokens[token] for token in before[0, 1 : count + 1].tolist()
        )
        rebuilt = Written(
            "".join("" if word in SPECIAL else word for word in words), words, rounded(best.values[: count + 1])
        )
        return Compared(line, tuple(costs), shown, rebuilt)

    def _cost(self, name: str, checkpoint: str, request: Compare) -> Cost:
        """What the line costs one of the four."""
        model = self.model(checkpoint)
        line = self.read(request.sentence or EXAMPLES["verse"][0], model)
        tokens = self.rows([line], model)
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

    def read(self, text: str, model: TextVAE) -> Read:
        """A sentence as this model reads it."""
        return reading.read(text, model.config)

    def rows(self, sentences: list[Read], model: TextVAE) -> Tensor:
        """Sentences as the encoder takes them, (B, T)."""
        longest = model.config.longest
        found = [reading.padded(sentence.tokens, longest) for sentence in sentences]
        return torch.tensor(found, device=self.store.device)

    def encoded(self, sentences: list[Read], model: TextVAE) -> Posterior:
        """q(z|x) of sentences."""
        return model.encode(self.rows(sentences, model))

    def written(self, model: TextVAE, z: Tensor, temperature: float, generator: torch.Generator) -> list[Written]:
        """The sentences of codes z (B, D)."""
        tokens, chances = write(model, z, temperature, generator)
        words = Words(model.config.tokens, model.config.by)
        found = []
        for row, sure in zip(tokens.tolist(), chances, strict=True):
            count = row.index(END)
            pieces = tuple(model.config.tokens[token] for token in row[:count])
            found.append(Written(words.decode(row), pieces, rounded(sure[: count + 1])))
        return found

    def python(self, request: Morph | Draw | Compare) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, in plain PyTorch."""
        return scripts.python(request, self.model(checkpoints.used(request)[-1]).config)

    def save(self, use_case: str, request: Any, format: str) -> Iterator[Step[bytes | None]]:
        """The result as a txt, html, png or json file that carries its run card. The file comes with the last step."""
        checkpoint = checkpoints.used(request)[0]
        card = Card(use_case, asdict(request), checkpoint, self.store.sha256(checkpoint), versions())
        make = getattr(self, use_case.partition("_")[2])
        yield from text_saving.save(lambda asked: documents.document(make(asked)), request, format, card)

    def model(self, checkpoint: str) -> TextVAE:
        """The text autoencoder, or language model, with this id."""
        model = self.store.load(checkpoint)
        if not isinstance(model, TextVAE):
            raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
        return model


def rounded(numbers: Tensor) -> tuple[float, ...]:
    """Numbers as they are sent."""
    return tuple(round(number, 4) for number in numbers.tolist())


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


create = TextVAEService
