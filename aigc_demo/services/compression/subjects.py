"""The networks that are made smaller: what each costs on held-out data, what it makes, and how long that takes.

    diffusion-digits   cost: mean squared error of the predicted v on held-out digits, at noise levels all along the way
                       output: ten digits drawn in STEPS steps from the seed's noise, read by the judge
    judge-digits       cost: share of 500 held-out digits that are misread
                       output: ten held-out digits, picked by the seed, as they are read
    gpt-shakespeare    cost: nats per character of held-out text (EXTRACTS windows of a context each)
                       output: a text from the seed's random numbers
    smollm2-135m       cost: nats per token of PASSAGES windows of the same text, which it may have read
                       output: QUESTION gone on with, from the seed's random numbers

All data ship with the project; the first three learnt from none of it. The weights of the fourth are fetched, and stand
in memory once, for the chat (services/hf_text) and for this.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.data import digits, shakespeare
from aigc_demo.data.characters import Characters
from aigc_demo.pipelines.text_folder import Words
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.compression.requests import DIGITS, GPT, JUDGE, SMOLLM2
from aigc_demo.services.hf_text.models import models
from aigc_demo.services.page_values import Array

HELD_OUT = "digits-heldout.png"  # 500 test digits, fifty of each class in order
SHOWN = 10  # pictures
STEPS = 6  # of a drawing, without guidance
NOISY = 20  # digits that the diffusion model's cost is taken on
EXTRACTS = 6  # windows of held-out text
PROMPT, LENGTH, TEMPERATURE = "ROMEO:\n", 150, 0.6
TIMED = 8  # characters that are timed
PASSAGES, WINDOW = 3, 256  # of tokens
QUESTION, TOKENS, TIMED_TOKENS = "The capital of France is", 24, 2
PICTURES = 16  # that the judge reads when it is timed


@dataclass(frozen=True)
class Output:
    """What a network made: pictures (N, 1, H, W) in [-1, 1] with what the judge reads in each, or a text."""

    pictures: Array = field(default_factory=lambda: np.zeros((0, 1, 32, 32), np.float32))
    read: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()  # what should be read
    text: str = ""


class Subject(Protocol):
    """A kind of network, and the held-out data that it is measured on."""

    def cost(self, model: Any) -> float:
        """What `model` costs on held-out data; less is better."""

    def output(self, model: Any, seed: int) -> Output:
        """What `model` makes from the random numbers of a seed."""

    def work(self, model: Any) -> Callable[[], object]:
        """Something typical that it does, to be timed; without a gradient."""


@dataclass(frozen=True)
class Drawing:
    """The diffusion model of digits, whose drawings the judge reads."""

    judge: nn.Module
    images: Tensor  # (500, 1, 32, 32)

    def cost(self, model: Any) -> float:
        schedule = alpha_bar(model.config.schedule, model.config.levels)
        x0 = self.images[:: len(self.images) // NOISY][:NOISY]
        levels = torch.linspace(20, model.config.levels - 20, NOISY).long()
        noise = SeededNoise(range(NOISY)).draw(model.config.picture)
        alpha, sigma = (schedule[levels].sqrt(), (1 - schedule[levels]).sqrt())
        alpha, sigma = (part.float().view(-1, 1, 1, 1) for part in (alpha, sigma))
        null = torch.full((NOISY,), model.config.unet.classes - 1)
        x = model.fold(alpha * x0 + sigma * noise).contiguous(memory_format=torch.channels_last)
        found = model(x, levels, null)
        return float(F.mse_loss(found, model.fold(alpha * noise - sigma * x0)))

    def output(self, model: Any, seed: int) -> Output:
        config, asked = model.config, torch.arange(SHOWN)
        noise = SeededNoise(range(seed, seed + SHOWN))
        x = model.fold(noise.draw(config.picture))
        denoise = Denoiser(model, config.prediction, asked, config.unet.classes - 1)
        timesteps, schedule = trailing_timesteps(STEPS, config.levels), alpha_bar(config.schedule, config.levels)
        *_, last = sample(denoise, x, timesteps, schedule, "ddim", noise=noise)
        pictures = model.unfold(last.x).clamp(-1, 1)
        read = self.judge(pictures).argmax(1)
        return Output(pictures.numpy(), tuple(read.tolist()), tuple(asked.tolist()))

    def work(self, model: Any) -> Callable[[], object]:
        x = model.fold(self.images[:1]).contiguous(memory_format=torch.channels_last)
        t, label = torch.tensor([500]), torch.tensor([0])
        return lambda: model(x, t, label)


@dataclass(frozen=True)
class Reading:
    """The judge of digits, on digits whose labels are known."""

    images: Tensor  # (500, 1, 32, 32)
    labels: Tensor  # (500,)

    def cost(self, model: Any) -> float:
        return float((model(self.images).argmax(1) != self.labels).double().mean())

    def output(self, model: Any, seed: int) -> Output:
        each = len(self.images) // SHOWN
        places = torch.randint(each, (SHOWN,), generator=torch.Generator().manual_seed(seed))
        places += each * torch.arange(SHOWN)
        read = model(self.images[places]).argmax(1)
        return Output(self.images[places].numpy(), tuple(read.tolist()), tuple(self.labels[places].tolist()))

    def work(self, model: Any) -> Callable[[], object]:
        x = self.images[:PICTURES].contiguous(memory_format=torch.channels_last)
        return lambda: model(x)


@dataclass(frozen=True)
class Writing:
    """The GPT of Shakespeare's plays, on text that it did not learn from."""

    text: str  # held out
    extracts: int = EXTRACTS

    def tokens(self, model: Any, text: str) -> Tensor:
        """The token of every character, (N,)."""
        return torch.tensor(Characters(model.config.characters).encode(text))

    def cost(self, model: Any) -> float:
        tokens, context = self.tokens(model, self.text), model.config.context
        starts = range(0, len(tokens) - context, (len(tokens) - context - 1) // self.extracts)
        rows = torch.stack([tokens[start : start + context + 1] for start in starts][: self.extracts])
        return float(F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten()))

    def output(self, model: Any, seed: int) -> Output:
        tokens = self.tokens(model, PROMPT)[None]
        picks = write(model, tokens, Sampling(TEMPERATURE), chances(seed, LENGTH))
        written = Characters(model.config.characters).decode(int(pick.token) for pick in picks)
        return Output(text=PROMPT + written)

    def work(self, model: Any) -> Callable[[], object]:
        tokens = self.tokens(model, PROMPT)[None]
        return lambda: list(write(model, tokens, Sampling(0), chances(0, TIMED)))


@dataclass(frozen=True)
class Continuing:
    """SmolLM2, which reads tokens of several characters and writes until it comes to an end."""

    words: Words
    text: str

    def cost(self, model: Any) -> float:
        tokens = torch.tensor(self.words.encode(self.text))
        size = min(WINDOW, model.config.context - 1, len(tokens) - 1)
        starts = (place * (len(tokens) - size - 1) // PASSAGES for place in range(PASSAGES))
        rows = [tokens[start : start + size + 1] for start in starts]  # in turn: scores of a window take 50 MB
        return sum(float(F.cross_entropy(model(row[None, :-1])[0], row[1:])) for row in rows) / PASSAGES

    def written(self, model: Any, sampling: Sampling, seed: int, length: int) -> Iterator[int]:
        """What it writes after the question, token by token."""
        picks = write(model, torch.tensor([self.words.encode(QUESTION)]), sampling, chances(seed, length))
        return (int(pick.token) for pick in picks)

    def output(self, model: Any, seed: int) -> Output:
        ends = {self.words.special(name) for name in ("<|im_end|>", "<|endoftext|>")}
        tokens = takewhile(lambda token: token not in ends, self.written(model, Sampling(TEMPERATURE), seed, TOKENS))
        return Output(text=QUESTION + self.words.decode(list(tokens)))

    def work(self, model: Any) -> Callable[[], object]:
        return lambda: list(self.written(model, Sampling(0), 0, TIMED_TOKENS))


def network(store: Store, checkpoint: str) -> nn.Module:
    """The network of a checkpoint, on the CPU: that is where few bits and few weights matter here.

    SmolLM2: the one that answers in the chat; UnavailableError, with what to do, where it was not fetched.
    """
    return models().own().model if checkpoint == SMOLLM2 else shipped(store, checkpoint)


def parameters(model: nn.Module) -> int:
    """Number of weights, one that is used twice counted once."""
    return sum(weight.numel() for weight in model.parameters())


@lru_cache(maxsize=8)
def shipped(store: Store, checkpoint: str) -> nn.Module:
    """The network of a checkpoint of the catalogue, on the CPU."""
    model = store.load(checkpoint)
    return model if store.device == "cpu" else copy.deepcopy(model).cpu()


def subject(store: Store, checkpoint: str) -> Subject:
    """What is measured on the network of a checkpoint."""
    if checkpoint == SMOLLM2:
        return Continuing(models().own().words, held_out_text())
    if checkpoint == GPT:
        return Writing(held_out_text())
    images, labels = held_out(Path(store.assets) / "examples" / HELD_OUT)
    if checkpoint == DIGITS:
        return Drawing(network(store, JUDGE), images)
    return Reading(images, labels)


@lru_cache(maxsize=1)
def held_out_text() -> str:
    """The last tenth of the plays."""
    return shakespeare.shipped("test")


@lru_cache(maxsize=2)
def held_out(sheet: Path) -> tuple[Tensor, Tensor]:
    """The digits of a sheet (N, 1, 32, 32) in [-1, 1], and their labels (N,)."""
    pictures = digits.read_samples(sheet)
    images = digits.to_float(torch.from_numpy(pictures.copy())[:, None])
    return images, torch.arange(10).repeat_interleave(len(pictures) // 10)


@dataclass(frozen=True)
class Measured:
    """A network on held-out data, and what it makes."""

    cost: float
    output: Output


@torch.inference_mode()
def measure(kind: Subject, model: nn.Module, seed: int) -> Measured:
    """Cost and output of a network of this kind, without a gradient."""
    with threads.large():
        return Measured(kind.cost(model), kind.output(model, seed))


@lru_cache(maxsize=24)
def as_shipped(store: Store, checkpoint: str, seed: int) -> Measured:
    """The network as it ships or was fetched; it does not change."""
    return measure(subject(store, checkpoint), network(store, checkpoint), seed)
