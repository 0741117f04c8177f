"""How the learning rate follows the budget: shares of its peak, by the progress of the training, 0 to 1."""

import math

import torch


def cosine(progress: float, least: float = 0.0) -> float:
    """Up over the first 2 %, then down along a cosine, not below `least`."""
    return min(progress / 0.02, 1.0) * max(0.5 * (1 + math.cos(math.pi * progress)), least)


def one_cycle(progress: float) -> float:
    """Up over the first fifth, then down along a cosine (Smith & Topin, 2018, arXiv:1708.07120)."""
    if progress < 0.2:
        return 0.04 + 0.96 * progress / 0.2
    return 0.5 * (1 + math.cos(math.pi * (progress - 0.2) / 0.8))


def trapezoid(progress: float) -> float:
    """Up over the first 1 %, level up to 30 %, then down along a line, not below 1 %."""
    return min(progress / 0.01, 1.0, max((1 - progress) / 0.7, 0.01))


def linear(progress: float, steady: float = 0.5) -> float:
    """Level up to `steady`, then down along a line to 0."""
    return 1.0 if progress < steady else max(0.0, (1 - progress) / (1 - steady))


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give all weights of `optimizer` this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
