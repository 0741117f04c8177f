"""What the CLIP use cases share: the model, sentences out of lines, vectors of pictures and sentences.

N pictures, M sentences, P width of the common space.
"""

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import scene_samples, scene_tokens
from aigc_demo.models.clip import CLIP, HOTTEST
from aigc_demo.services.clip.requests import CHECKPOINT, MOST
from aigc_demo.services.scene_parts import understood


def clip_of(store: Store) -> CLIP:
    """The model; NotFoundError when the checkpoint holds another kind."""
    return loaded(store, CHECKPOINT, CLIP)


def lines_of(text: str) -> list[str]:
    """One sentence a line, empty ones left out; BadRequestError for none, too many, or one without a known word."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise BadRequestError("scene.empty")
    if len(lines) > MOST:
        raise BadRequestError("clip.many", count=len(lines), most=MOST)
    for line in lines:
        understood(line)
    return lines


def tokens_of(model: CLIP, sentences: list[str]) -> Tensor:
    """M sentences as tokens, padded to the context, (M, T)."""
    return scene_tokens.encode(sentences, model.config.text.context).to(next(model.parameters()).device)


def samples(store: Store) -> Tensor:
    """The pictures that ship, (24, 3, 64, 64) in [-1, 1]."""
    return torch.from_numpy(scene_samples.read()).to(store.device)


def scale_of(model: CLIP) -> float:
    """What similarities are multiplied by before a softmax."""
    return float(model.log_scale.clamp(max=HOTTEST).exp())
