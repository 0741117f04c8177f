"""Describe a picture: the same Transformer, picture first. Sentences are drawn, and ranked by their probability."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import claims, scene_tokens
from aigc_demo.models.dalle import DALLE, LANGUAGES
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.dalle.drawing import autoencoder_of, dalle_of
from aigc_demo.services.dalle.requests import CHECKPOINT, CODES, Describe
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, plain, png
from aigc_demo.services.scene_parts import picture_of, seen, small, true_sentences, verdict
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

TITLE = "落霞 · Luoxia: dalle-scenes"
SHOWN = 5  # sentences in each language
GREEDY = Sampling(temperature=0.0)


@dataclass(frozen=True)
class Sentence:
    """A sentence that the model has said about a picture."""

    text: str
    p: float  # of all its tokens together
    right: bool | None  # whether all it claims holds, by the detector; None where it names no object


@dataclass(frozen=True)
class Described:
    """Sentences in both languages, likeliest first."""

    picture: Tensor  # (3, H, W) in [-1, 1], as the model saw it
    sentences: dict[str, tuple[Sentence, ...]]  # by language
    truth: dict[str, str]  # what a picture that ships shows; {} for one's own


@torch.inference_mode()
def describe(store: Store, request: Describe) -> Iterator[Step[Described | None]]:
    """The likeliest sentence and drawn ones, language by language; the result comes with the last step."""
    model = dalle_of(store)
    x = picture_of(store, request.sample, request.picture)
    tokens = autoencoder_of(store).encode(x).tokens.flatten(1)  # (1, N)
    (shown,) = seen(store, x)
    length, found, done = model.config.text_length - 1, dict[str, tuple[Sentence, ...]](), 0
    total = 2 * 2 * length + 1
    for language in LANGUAGES:
        rows = list[tuple[int, ...]]()
        for how, count in ((GREEDY, 1), (Sampling(request.temperature), request.drawn)):
            start = torch.tensor([model.config.language(language)]).expand(count)
            read = model.to_describe(tokens.expand(count, -1), start)
            picks = list[Tensor]()
            for pick in write(model.describing(), read, how, chances(request.seed, length, count)):
                picks.append(pick.token)
                done += 1
                yield Step(done, total, None)
            rows += [ended(row, model.config.end) for row in torch.stack(picks, dim=1).tolist()]
        known = dict[str, Sentence]()
        odds = probabilities(model, tokens, language, list(dict.fromkeys(rows)))
        for row, p in sorted(odds.items(), key=lambda pair: -pair[1]):
            text = scene_tokens.decode(row)
            if text and text not in known:
                known[text] = Sentence(text, p, verdict(claims.read(text), shown).get("all"))
        found[language] = tuple(known.values())[:SHOWN]
    truth = {} if request.picture else true_sentences(request.sample)
    yield Step(total, total, Described(x[0].cpu(), found, truth))


def ended(row: list[int], end: int) -> tuple[int, ...]:
    """A sentence up to its end token."""
    return tuple(row[: row.index(end)] if end in row else row)


def probabilities(
    model: DALLE, picture: Tensor, language: str, rows: Sequence[tuple[int, ...]]
) -> dict[tuple[int, ...], float]:
    """picture (1, N), sentences as tokens -> the probability of each, its end among it."""
    longest = max(map(len, rows))
    text = torch.zeros(len(rows), longest + 1, dtype=torch.long)  # padded; what stands behind the end is left out
    for place, row in enumerate(rows):
        text[place, : len(row) + 1] = torch.tensor([*row, model.config.end])
    start = torch.tensor([model.config.language(language)]).expand(len(rows))
    read = model.to_describe(picture.expand(len(rows), -1), start, text[:, :-1])
    logits = model.text_logits(model(read)[:, picture.shape[1] + 1 :]).float()  # (rows, longest + 1, words)
    found = logits.log_softmax(2).gather(2, text[:, :, None])[:, :, 0]
    inside = torch.arange(longest + 1) <= torch.tensor([len(row) for row in rows])[:, None]
    inside &= torch.arange(longest + 1) < model.config.text_length - 1  # a sentence that is cut has no end
    sums = (found * inside).sum(1).exp().tolist()
    return dict(zip(rows, sums, strict=True))


def sheet(request: Describe, made: Described) -> Json:
    return {"sheet": png(made.picture.numpy()), **numbers(request, made)}


def numbers(request: Describe, made: Described) -> Json:
    """Sentences in both languages, likeliest first, each with its probability and whether the detector agrees."""
    sentences = {
        language: [{"text": one.text, "p": plain(one.p), "right": one.right} for one in found]
        for language, found in made.sentences.items()
    }
    return {"sentences": sentences, "truth": made.truth}


def document(request: Describe, run: Sequence[Described]) -> Document:
    """The sentences, tinted by their probability."""
    parts = list[Part]()
    for found in run[-1].sentences.values():
        for one in found:
            parts += [
                Part(one.text, p=one.p, note=f"p = {100 * one.p:.2f} %"),
                Part(f"    {100 * one.p:.1f} %\n", given=True),
            ]
    return Document(TITLE, tuple(parts))


USE_CASE: UseCase[Describe, Described] = UseCase(
    run=describe,
    page=each(sheet),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (CHECKPOINT, CODES),
    small=small,
    first=Describe(),
)
