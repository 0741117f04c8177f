"""What the couplet tab gives back. Free of torch, as the page reads it.

S characters of a line, L layers, H heads.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reply:
    """A lower line, or the beginning of one while it grows."""

    text: str
    cost: float  # of a character, in nats: -log p, mean over the line
    p: tuple[float, ...] = ()  # what the model gave each character
    tones: str = ""  # 平, 仄, ○ either or ？ unknown for every character
    agree: tuple[bool | None, ...] = ()  # at the judged places: opposed to the upper line? None where nobody knows
    looked: np.ndarray | None = None  # (L, H, S, S) uint8 in 255ths: row = lower character, column = upper character


@dataclass(frozen=True)
class Truth:
    """What the poet wrote under a known line that was held out of training."""

    reply: Reply
    source: int  # its number in `famous.KNOWN`
    better: int  # how many of the lines found the model prefers to it


@dataclass(frozen=True)
class Answered:
    upper: str  # as it was read: without white space and final marks
    tones: str
    judged: tuple[int, ...]  # places whose tones should be opposed
    replies: tuple[Reply, ...]  # best first
    truth: Truth | None = None
    ended: bool = True  # False while the lines grow


@dataclass(frozen=True)
class Side:
    """What one of two implementations answered, and how long it took."""

    greedy: str
    beam: tuple[str, ...]
    greedy_ms: float
    beam_ms: float


@dataclass(frozen=True)
class BesideLibrary:
    upper: str
    ours: Side
    theirs: Side
    kind: str  # class of the library's model
    same: bool  # the tokens of both
    layers: tuple[tuple[str, str, float, float], ...]  # our layer, theirs, largest and mean absolute difference
    first: int | None  # index of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float
    tolerance: float
