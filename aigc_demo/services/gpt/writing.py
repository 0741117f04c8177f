"""Writing on from a prompt with a language model of characters, and the odds at one place of a text."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import Writer, chances, context_of, go_on
from aigc_demo.services.gpt.reading import entropy, foreseen, read_all, token_of, tokens_of
from aigc_demo.services.gpt.requests import ENDS, Surgery, Write
from aigc_demo.services.gpt.results import Candidate, Odds, Token, Written

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

SHOWN = 12  # candidates that are named


def sampling(request: Any) -> Sampling:
    """The settings of a request about how to choose."""
    return Sampling(request.temperature, request.top_k, request.top_p, request.min_p, request.repetition)


class Writing:
    """The part of the service that writes."""

    store: "Store"

    def model(self, checkpoint: str) -> GPT | LSTM:
        """The language model with this id."""
        model = self.store.load(checkpoint)
        if not isinstance(model, GPT | LSTM):
            raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
        return model

    @torch.inference_mode()
    def write(self, request: Write) -> Iterator[Step[Written]]:
        """Yield the text after every token."""
        model = self.model(request.model)
        tokens = tokens_of(model, request.prompt)
        most = context_of(model) or tokens.shape[1]
        recent = tokens[:, -most:]
        writer = Writer(model, recent, every=True)  # the prompt goes through the model once
        prompt = foreseen(model.config.characters, recent, writer.read)
        cut = tokens.shape[1] - recent.shape[1]
        found: list[Any] = []
        spent, began = 0.0, time.perf_counter()  # seconds of work: not those until the next step is asked for
        for pick in go_on(writer, sampling(request), chances(request.seed, request.length)):
            token = int(pick.token)
            chance = float(pick.stages.final[0, token])
            found.append(token_of(model.config.characters, token, pick.stages.softmax[0], chance))
            spent += time.perf_counter() - began
            speed = len(found) / max(spent, 1e-9)
            ended = found[-1].text == ENDS.get(request.model)
            yield Step(len(found), len(found) if ended else request.length, Written(prompt, tuple(found), cut, speed))
            if ended:
                return
            began = time.perf_counter()

    @torch.inference_mode()
    def reading(self, request: Surgery) -> tuple[Token, ...]:
        """What the model foresaw at every place of the prompt."""
        model = self.model(request.model)
        return read_all(model, tokens_of(model, request.prompt))

    @torch.inference_mode()
    def surgery(self, request: Surgery) -> Odds:
        """The odds of what comes after the first `position` characters of the prompt."""
        model = self.model(request.model)
        tokens = tokens_of(model, request.prompt[: max(1, request.position)])
        found = Writer(model, tokens).consider(sampling(request))
        rows = torch.stack([found.softmax, found.tempered, found.top_k, found.top_p, found.final])[:, 0]  # (5, V)
        best = found.softmax[0].topk(min(SHOWN, rows.shape[1])).indices
        named = [Candidate(model.config.characters[int(i)], *rows[:, i].tolist()) for i in best]
        rest = Candidate("", *rows.index_fill(1, best, 0.0).sum(1).tolist())
        return Odds(tuple(named), rest, tokens.shape[1], float(entropy(found.softmax[0])))
