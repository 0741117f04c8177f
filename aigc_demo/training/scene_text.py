"""Teach a text tower what captions of scenes claim, before a U-Net looks at its states.

A linear head on the state of the end token says the objects, background, count and size, and which object stands on
which side. What a linear head can read, cross-attention can hand on: "a dog left of a cat" and "right of a dog is a
cat" become the same. Captions are of training scenes only. The head is thrown away.
"""

import logging
import random

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from aigc_demo.data import scene_tokens
from aigc_demo.data.captions import caption
from aigc_demo.data.scenes import BACKGROUNDS, OBJECTS, PLACES, SIZES, Scene, draw_scene
from aigc_demo.models.clip import TextConfig, TextTower

logger = logging.getLogger(__name__)

COLOURS, COUNTS, OPEN_SIZES = ("", *BACKGROUNDS), (0, 1, 2, 3), ("", *SIZES)  # the first: not said
SIDES = {"left": ("left", "right"), "right": ("right", "left"), "above": ("top", "bottom"), "below": ("bottom", "top")}

RATE = 1e-3  # of AdamW at its peak
NOTHING = ("", Scene((), count=0))  # the empty caption


def targets(claims: list[Scene]) -> tuple[Tensor, Tensor]:
    """What the head is to say: choices (B, 8), being background, count, size and, for each of PLACES, 0 for nothing or
    the object there; and which objects are named, (B, objects)."""
    names = list(OBJECTS)
    rows = []
    for scene in claims:
        sides = dict(zip(SIDES.get(scene.relation, (scene.place,)), scene.objects, strict=False))
        where = [names.index(sides[place]) + 1 if place in sides else 0 for place in PLACES]
        rows.append([COLOURS.index(scene.background), scene.count, OPEN_SIZES.index(scene.size), *where])
    named = [[float(name in scene.objects) for name in names] for scene in claims]
    return torch.tensor(rows), torch.tensor(named)


class Head(nn.Linear):
    """The state of the end token -> logits for each choice of `targets`, and for the objects."""

    def __init__(self, width: int):
        self.sizes = [len(COLOURS), len(COUNTS), len(OPEN_SIZES), *[len(OBJECTS) + 1] * len(PLACES)]
        super().__init__(width, sum(self.sizes) + len(OBJECTS))

    def loss(self, state: Tensor, choices: Tensor, named: Tensor) -> tuple[Tensor, Tensor]:
        """state (B, D), targets -> the loss in nats, summed over the choices; the share of captions read rightly."""
        *logits, objects = self(state).split([*self.sizes, len(OBJECTS)], dim=1)
        losses = [F.cross_entropy(logit, choices[:, i]) for i, logit in enumerate(logits)]
        right = [(logit.argmax(1) == choices[:, i]) for i, logit in enumerate(logits)]
        right.append(((objects > 0) == (named > 0)).all(1))
        loss = torch.stack(losses).sum() + len(OBJECTS) * F.binary_cross_entropy_with_logits(objects, named)
        return loss, torch.stack(right).all(0).float().mean()


def lesson(chance: random.Random) -> tuple[str, Scene]:
    """A caption and its claims: of two scenes without a relation one is passed over, since who stands on which side
    depends on the relation and the order of the objects at once, which is learned last; one in 50 is empty."""
    if chance.random() < 0.02:
        return NOTHING
    while not (scene := draw_scene(chance)).relation and chance.random() < 0.5:
        pass
    return caption(scene, chance)


def taught(config: TextConfig, steps: int = 3000, batch: int = 64, seed: int = 0) -> TextTower:
    """A text tower that has read `steps` x `batch` captions; logs how many of the last it read rightly."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    tower, head = TextTower(config), Head(config.width)
    parameters = [*tower.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, RATE, betas=(0.9, 0.98), weight_decay=0.01)
    mean = 0.0
    for step in range(steps):
        said = [lesson(chance) for _ in range(batch)]
        tokens = scene_tokens.encode([text for text, _ in said], config.context)
        tokens = tokens[:, : int((tokens != scene_tokens.PAD).sum(1).max())]  # nothing before the end sees the padding
        loss, right = head.loss(tower.pool(tokens, tower(tokens)), *targets([claims for _, claims in said]))
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 50) * (1 - step / steps) ** 0.5
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        mean = 0.95 * mean + 0.05 * right.item()
        if (step + 1) % 50 == 0:
            logger.info("text tower: step %d, %.1f %% of captions read rightly", step + 1, 100 * mean)
    return tower.eval()
