"""Has a model learned its training pictures by heart? The distance from each picture to the nearest of a set."""

import torch
from torch import Tensor


@torch.inference_mode()
def nearest(pictures: Tensor, others: Tensor, chunk: int = 250) -> Tensor:
    """Euclidean distance over all pixels from pictures (N, ...) to the nearest of others (M, ...). -> (N,)."""
    others = others.flatten(1)
    near = [
        torch.cdist(part, others).amin(1) for part in torch.split(pictures.flatten(1), chunk)
    ]  # (chunk, M) -> (chunk,)
    return torch.cat(near)
