"""What the autoencoders give back: arrays that can be looked at. Free of torch, as the page reads them.

Digits are (28, 28) and shapes (64, 64) float32 in [0, 1]. D latent dimensions, N pictures.
"""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
TOLERANCE = 1e-4  # largest absolute difference of two layers that agree
TRAVERSE = (-3.0, -2.25, -1.5, -0.75, 0.0, 0.75, 1.5, 2.25, 3.0)  # values that a latent dimension is given


@dataclass(frozen=True)
class Rebuilt:
    """One model's view of one digit."""

    kind: str  # of KINDS
    mean: Array  # (D,) of the posterior
    deviation: Array  # (D,), zeros for an autoencoder
    picture: Array  # decoded from the mean
    error: Array  # picture - digit
    again: Array  # (N, 28, 28) decoded from fresh codes of the same posterior
    squared_error: float  # mean over the pixels
    kl_nats: float  # 0 for an autoencoder, which has none


@dataclass(frozen=True)
class Rebuilds:
    """A digit, rebuilt by every model."""

    picture: Array  # the digit as the models saw it
    digit: int  # the class that a CVAE was told: given, or as the judge read it
    rows: tuple[Rebuilt, ...]  # in the order of KINDS


@dataclass(frozen=True)
class Way:
    """Three ways between two digits, (N, 28, 28) each, and the length of the code on the first two, (N,)."""

    straight: Array
    arc: Array
    fade: Array  # of the pixels of the two ends
    straight_norm: Array
    arc_norm: Array


@dataclass(frozen=True)
class Betas:
    """A digit at one trained beta."""

    beta: float  # the trained one that was used
    picture: Array
    rebuilt: Array
    reconstruction_nats: float  # -log p(x|z) at the mean, of this picture
    kl_dimensions: Array  # (D,) KL of this picture in nats, per dimension
    traversals: Array  # (D, 9, 28, 28): one dimension moved to the values of TRAVERSE, the others at the mean


@dataclass(frozen=True)
class Shaped:
    """A shape, rebuilt, and what every dimension of its code does."""

    picture: Array
    rebuilt: Array
    mean: Array  # (D,)
    deviation: Array  # (D,)
    traversals: Array  # (D, 9, 64, 64)


@dataclass(frozen=True)
class Likelihood:
    """How a picture fares as a digit."""

    picture: Array
    rebuilt: Array
    error: Array
    bound_nats: float  # importance weighted bound on log p(x), eq. 8 of arXiv:1509.00519
    rank: float  # share of the test digits that are less likely, 0 to 1


@dataclass(frozen=True)
class SideBySide:
    """One picture through our autoencoder and the library's; (3, 64, 64) in [0, 1]."""

    picture: Array
    ours: Array
    theirs: Array
    latent: Array  # (4, 16, 16) ours, the mean
    maximum: float  # largest absolute difference of the two rebuilt pictures, in [-1, 1] units
    mean: float
    our_milliseconds: float
    their_milliseconds: float
    layers: tuple[tuple[str, str, float, float], ...]  # our name, theirs, maximum, mean, in the order they run
    first: int | None  # the first layer over the tolerance
