"""CLIP on held-out scenes: does the right picture come first for a sentence?

retrieval_at_1_en, retrieval_at_5_en  share of sentences whose picture is the first, among the first five, of all
                                      held-out pictures, one per scene; the same for Chinese, _zh
"""

import random

import torch
from torch import Tensor

from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.captions import LANGUAGES, sentence
from aigc_demo.data.fetch import present
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.clip import CLIP

PAIRS = 500
BATCH = 50


def pairs(count: int) -> list[scenes.Scene]:
    """At most `count` held-out scenes of which no two are the same seen from two sides; evenly of every kind."""
    chance = random.Random(2)
    found: list[scenes.Scene] = []
    for kind in scenes.SHARES:
        group = [scene for scene in scenes.of_split(kind, "test") if scene.relation in ("", "left", "above")]
        found += chance.sample(group, min(len(group), count))
    chance.shuffle(found)
    return found[:count]


@torch.inference_mode()
def embed_pictures(model: CLIP, pictures: Tensor) -> Tensor:
    """pictures (N, 3, 64, 64) in [-1, 1] -> unit vectors (N, P)."""
    device = next(model.parameters()).device
    return torch.cat([model.encode_picture(part.to(device)) for part in torch.split(pictures, BATCH)])


@torch.inference_mode()
def embed_texts(model: CLIP, texts: list[str]) -> Tensor:
    """N sentences -> unit vectors (N, P)."""
    device = next(model.parameters()).device
    return model.encode_text(scene_tokens.encode(texts, model.config.text.context).to(device))


def ranks(similarity: Tensor) -> Tensor:
    """similarity (N, N) of sentences to pictures -> how many pictures are before a sentence's own (N,)."""
    return (similarity > similarity.diagonal()[:, None]).sum(1)


def measure(model: CLIP, task: Task) -> Measured:
    """How well CLIP finds the picture of a sentence."""
    metrics, count = evaluate(model, scenes.Renderer(present("emoji")))
    return Measured(metrics, count)


def evaluate(model: CLIP, renderer: scenes.Renderer, count: int = PAIRS) -> tuple[Metrics, int]:
    """All metrics, and the number of pairs."""
    chosen, chance = pairs(count), random.Random(3)
    drawn = [scenes.draw_picture(scene, chance) for scene in chosen]
    pictures = embed_pictures(model, scenes.to_float(renderer.batch(drawn)))
    metrics: Metrics = {}
    for language in LANGUAGES:
        before = ranks(embed_texts(model, [sentence(scene, language) for scene in chosen]) @ pictures.T)
        for first in (1, 5):
            metrics[f"retrieval_at_{first}_{language}"] = float((before < first).float().mean())
    return metrics, len(chosen)
