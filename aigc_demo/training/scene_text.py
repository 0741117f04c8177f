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

from aigc_demo.data import scene_tokens
from aigc_demo.data.captions import caption
from aigc_demo.data.scenes import BACKGROUNDS, OBJECTS, PLACES, SIZES, Scene, draw_scene
from aigc_demo.models.clip import TextConfig, TextTower
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine

logger = logging.getLogger(__name__)

COLOURS, COUNTS, OPEN_SIZES = ("", *BACKGROUNDS), (0, 1, 2, 3), ("", *SIZES)  # the first: not said
SIDES = {"left": ("left", "right"), "right": ("right", "left"), "above": ("top", "bottom"), "below": ("bottom", "top")}

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


def taught(config: TextConfig, steps: int = 400, batch: int = 64, seed: int = 0) -> TextTower:
    """A text tower that has read `steps` x `batch` captions; logs how many of the last it read rightly."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    tower, head = TextTower(config), Head(config.width)
    optimizer = MuonAdamW(tower, 0.02, 2e-3, 0.01)
    of_head = torch.optim.AdamW(head.parameters(), 4e-3, weight_decay=0.0)
    mean = 0.0
    for step in range(steps):
        said = [NOTHING if chance.random() < 0.02 else caption(draw_scene(chance), chance) for _ in range(batch)]
        tokens = scene_tokens.encode([text for text, _ in said], config.context)
        tokens = tokens[:, : int((tokens != scene_tokens.PAD).sum(1).max())]  # nothing before the end sees the padding
        loss, right = head.loss(tower.pool(tokens, tower(tokens)), *targets([claims for _, claims in said]))
        optimizer.set_rate(cosine(step / steps))
        torch.autograd.backward(loss)
        optimizer.step()
        of_head.step()
        of_head.zero_grad()
        mean = 0.95 * mean + 0.05 * right.item()
        if (step + 1) % 50 == 0:
            logger.info("text tower: step %d, %.1f %% of captions read rightly", step + 1, 100 * mean)
    return tower.eval()
