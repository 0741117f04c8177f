"""Train a small GPT on a text, from nothing, for minutes; go on, take it home, open it again."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import tidied
from aigc_demo.core.steps import Step
from aigc_demo.data import shakespeare
from aigc_demo.data.own_text import corpus
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.services.files import Trained
from aigc_demo.services.gpt import tune
from aigc_demo.services.gpt.tune_session import Sampled, Training, Tuned
from aigc_demo.services.lending import lend
from aigc_demo.services.page_values import newest
from aigc_demo.services.training.requests import LAYERS, SPANS, THIN, Gpt
from aigc_demo.services.training.session import opened
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.training import scaling
from aigc_demo.training.language import Recipe
from aigc_demo.training.optimisers import MuonAdamW

PLAYS = 300_000  # characters of Shakespeare, where no text is given
MOST = 5_000  # different characters of a text
RECIPE = Recipe()  # its rates, at the peak of the schedule


class FromNothing(Training):
    """A GPT whose vocabulary are the characters of its text, by the recipe of training/language.py."""

    def __init__(self, store: Store, request: Gpt, text: str):
        characters = "".join(sorted(set(text)))
        if len(characters) > MOST:
            raise BadRequestError("training.many_characters", count=len(characters), most=MOST)
        made = corpus(text, characters)
        self.store = store
        with torch.random.fork_rng():
            torch.manual_seed(request.seed)
            model = GPT(scaling.config((request.width, request.layers), request.span, characters))
        super().__init__(model, made, start_of(request), request.seed, request.span, request.pieces)

    def optimised(self) -> Any:
        return MuonAdamW(self.model, RECIPE.muon_rate, RECIPE.rate, RECIPE.weight_decay)

    def set_rate(self, rate: float) -> None:
        """At so many times the recipe's rates."""
        self.optimiser.set_rate(rate)

    def look(self, request: Sampled) -> None:
        super().look(request)
        self.own = lend(self.store, self.model, self.own)


def start_of(request: Gpt) -> tuple[Any, ...]:
    """What a training begins from: another one is another training."""
    return request.text, request.width, request.layers, request.span, request.pieces, request.seed


def text_of(request: Gpt) -> str:
    """The text that is learned from, tidied."""
    return tidied(request.text) if request.text.strip() else shakespeare.shipped("train")[:PLAYS]


def gpt(store: Store, request: Gpt, token: str | None = None) -> Iterator[Step[Tuned]]:
    """Train for so many minutes, from nothing or from where the training of `token` stands.

    A value after every update. With a token, "" for a new training, it is found again by the token in its results.
    """
    yield from tune.gone_on(request, start_of(request), token, lambda: FromNothing(store, request, text_of(request)))


def shown(store: Store, request: Gpt, token: str) -> Iterator[Step[Tuned]]:
    """The training that stands on the page; where there is none, one is made and not kept."""
    found = tune.standing(token)
    yield from gpt(store, request) if found is None else [Step(1, 1, found)]


def numbers(request: Gpt, made: Tuned) -> Json:
    """The curve, the samples, what became of the text, and the checkpoint by which the model is found."""
    return {**tune.numbers(request, made), "own": made.own, "begin": begin_of(made.model)}


def page_value(request: Gpt, made: Tuned) -> Json:
    """The same for the page, with the token that it keeps."""
    return {**numbers(request, made), "token": made.token, "own": made.own if made.token else ""}


def file(request: Gpt, run: Sequence[Tuned]) -> Trained:
    """The weights, and the samples as a text."""
    shape = f"{request.layers} layers of {request.width} · context {request.span}"
    return tune.taken_home(shape, f"rate × {request.rate:g} · seed {request.seed}", run[-1])


def parameters(store: Store, request: Gpt) -> int:
    """Weights of the model that is asked for."""
    characters = "".join(sorted(set(text_of(request))))
    model = GPT(scaling.config((request.width, request.layers), request.span, characters))
    return sum(weight.numel() for weight in model.parameters())


@dataclass(frozen=True)
class Opened:
    """A model that was opened again."""

    own: str  # checkpoint by which other use cases find it
    begin: str  # what it can go on from
    weights: int
    characters: int


def open_again(store: Store, path: Path) -> Opened:
    """A model out of a file that was saved here, lent to this session; the file is deleted."""
    try:
        _, model = opened(path, kind_of, {"gpt": (GPT, GPTConfig)})
    finally:
        path.unlink(missing_ok=True)
    assert isinstance(model, GPT)
    count = sum(weight.numel() for weight in model.parameters())
    return Opened(lend(store, model), begin_of(model), count, model.config.vocabulary)


def kind_of(told: str) -> str | None:
    """JSON of a config -> "gpt" where such a model is made here with its characters, else None."""
    try:
        characters = json.loads(told)["characters"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(characters, str) or not 0 < len(characters) <= MOST or len(set(characters)) < len(characters):
        return None
    shapes = [(width, layers, span) for width in THIN for layers in LAYERS for span in SPANS]
    made = (scaling.config((width, layers), span, characters) for width, layers, span in shapes)
    return "gpt" if any(told == json.dumps(asdict(config)) for config in made) else None


def begin_of(model: GPT) -> str:
    """A character that a model can go on from: the first letter that it knows."""
    characters = model.config.characters
    return next((sign for sign in characters if sign.isalpha()), characters[-1])


USE_CASE: UseCase[Gpt, Tuned] = UseCase(
    run=gpt,
    page=newest(page_value),
    numbers=numbers,
    file=file,
    formats=("safetensors", "txt", "json"),
    shown=shown,
    parameters=parameters,
    device="CPU",
    first=Gpt(),
)
