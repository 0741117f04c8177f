"""DALL-E on captioned scenes: does it draw what it is told, does CLIP pick the better ones, does it say what it sees?

Every <claim>_right of evaluation/scenes.py for one picture per sentence, at a top-p of 0.4; all_right also for the one
of 4 and of 16 that CLIP likes best, drawn at a top-p of 0.95, as all_right_best4 and all_right_best16.

described_<claim>  share of renders of held-out scenes whose description claims it rightly, of the descriptions asked
                   for in each language in turn; described_all: every claim is made, and is right
"""

import random

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import loaded
from aigc_demo.data import claims, scene_tokens, scenes
from aigc_demo.data.captions import LANGUAGES
from aigc_demo.data.fetch import present
from aigc_demo.data.scene_truth import look, truth
from aigc_demo.evaluation.clip import embed_pictures, embed_texts
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.evaluation.scene_models import detector
from aigc_demo.evaluation.scenes import shares, tasks
from aigc_demo.models.clip import CLIP
from aigc_demo.models.dalle import DALLE
from aigc_demo.models.detector import Detector
from aigc_demo.models.vqvae import VQVAE
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write

SENTENCES = 150  # about training scenes, and as many about held-out ones
CANDIDATES = 16
DESCRIBED = 200
BATCH = 64
ONE = Sampling(temperature=1.0, top_p=0.4)  # to draw a single picture
MANY = Sampling(temperature=1.0, top_p=0.95)  # to draw candidates, which had better differ


@torch.inference_mode()
def draw_tokens(model: DALLE, sentences: list[str], how: Sampling, seed: int) -> Tensor:
    """A grid of tokens for each sentence, (N, side, side) below the codebook's size."""
    config, found = model.config, []
    for first in range(0, len(sentences), BATCH):
        text = scene_tokens.encode(sentences[first : first + BATCH], config.text_length)
        picks = write(model.drawing(), model.to_draw(text), how, chances(seed + first, config.side**2, len(text)))
        found.append(torch.stack([pick.token for pick in picks], dim=1) - config.words)
    return torch.cat(found).view(-1, config.side, config.side)


@torch.inference_mode()
def describe(model: DALLE, tokens: Tensor, languages: list[str], how: Sampling, seed: int = 0) -> list[str]:
    """A sentence about each grid of tokens (N, side, side), in the language that is asked for."""
    config, found = model.config, []
    for first in range(0, len(tokens), BATCH):
        part = tokens[first : first + BATCH].flatten(1)
        start = torch.tensor([config.language(name) for name in languages[first : first + BATCH]])
        picks = write(
            model.describing(), model.to_describe(part, start), how, chances(seed, config.text_length - 1, len(part))
        )
        rows = torch.stack([pick.token for pick in picks], dim=1).tolist()
        found += [row[: row.index(config.end)] if config.end in row else row for row in rows]
    return [scene_tokens.decode(row) for row in found]


@torch.inference_mode()
def decode(autoencoder: VQVAE, tokens: Tensor) -> Tensor:
    """tokens (N, side, side) -> pictures (N, 3, 64, 64) in [-1, 1]."""
    return torch.cat([autoencoder.decode(part).clamp(-1, 1) for part in torch.split(tokens, BATCH)])


def measure(model: DALLE, task: Task) -> Measured:
    """How well DALL-E draws and describes, with the autoencoder and the CLIP that ship."""
    autoencoder = loaded(task.store, model.config.autoencoder, VQVAE)
    known = any(entry.id == "clip-scenes" for entry in task.store.catalogue.checkpoints)
    clip = loaded(task.store, "clip-scenes", CLIP) if known else None
    metrics, count = evaluate(model, autoencoder, clip, detector(task.store))
    metrics |= describing(model, autoencoder, scenes.Renderer(present("emoji")))
    return Measured(metrics, count)


def evaluate(
    model: DALLE, autoencoder: VQVAE, clip: CLIP | None, detector: Detector, count: int = SENTENCES
) -> tuple[Metrics, int]:
    """The metrics of drawing, without re-ranking where there is no CLIP, and the number of sentences."""
    given = tasks(count)
    sentences = [task.text for task in given]

    def measured(chosen: Tensor, suffix: str) -> Metrics:
        verdicts = [truth(task.claims, seen) for task, seen in zip(given, look(detector, chosen), strict=True)]
        return shares(given, verdicts, suffix)

    metrics = measured(decode(autoencoder, draw_tokens(model, sentences, ONE, 0)), "")
    if clip is None:
        return metrics, len(given)
    pictures = torch.stack(
        [decode(autoencoder, draw_tokens(model, sentences, MANY, 10_000 * i)) for i in range(CANDIDATES)]
    )  # (candidates, N, 3, 64, 64)
    ranks = torch.stack([similarity(clip, drawn, sentences) for drawn in pictures])  # (candidates, N)
    for best in (4, 16):
        found = measured(pictures[ranks[:best].argmax(0), torch.arange(len(given))], f"_best{best}")
        metrics |= {name: value for name, value in found.items() if name.startswith("all_")}
    return metrics, len(given)


def similarity(clip: CLIP, pictures: Tensor, sentences: list[str]) -> Tensor:
    """How well each picture fits its sentence, (N,)."""
    return (embed_pictures(clip, pictures) * embed_texts(clip, sentences)).sum(1)


def describing(model: DALLE, autoencoder: VQVAE, renderer: scenes.Renderer, count: int = DESCRIBED) -> Metrics:
    """How much of held-out renders is described rightly."""
    chance = random.Random(4)
    shown = [chance.choice(scenes.of_split(kind, "test")) for kind in chance.choices(list(scenes.SHARES), k=count)]
    drawn = renderer.batch([scenes.draw_picture(scene, chance) for scene in shown])
    with torch.inference_mode():
        tokens = torch.cat([autoencoder.encode(part).tokens for part in torch.split(scenes.to_float(drawn), BATCH)])
    languages = [LANGUAGES[i % 2] for i in range(count)]
    said = [claims.read(text).claims for text in describe(model, tokens, languages, Sampling(temperature=0.0))]
    right = {
        "object": [a is not None and sorted(a.objects) == sorted(b.objects) for a, b in zip(said, shown, strict=True)],
        "background": [a is not None and a.background == b.background for a, b in zip(said, shown, strict=True)],
        "count": [a is not None and a.count == b.count for a, b in zip(said, shown, strict=True)],
        "all": [complete(a, b) for a, b in zip(said, shown, strict=True)],
    }
    return {f"described_{name}": sum(found) / count for name, found in right.items()}


def complete(said: scenes.Scene | None, shown: scenes.Scene) -> bool:
    """Whether a description says everything, and nothing wrong."""
    if said is None or not said.background or not said.count or said.relation == "beside":
        return False
    left_out = any(getattr(shown, name) and not getattr(said, name) for name in ("place", "size", "relation"))
    return not left_out and scenes.agrees(said, shown)
