"""What the text autoencoders give back. Free of torch, as the page reads them.

D latent dimensions. A written sentence is its words, or characters, each with how likely the model held it.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Read:
    """A sentence as the model read it."""

    given: str  # what stood in the box, or the example
    text: str  # what was read of it
    tokens: tuple[int, ...]  # without the end
    words: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...] = ()  # a word that is not known, and the nearest one, or nothing
    cut: str = ""  # what was left off at the end


@dataclass(frozen=True)
class Written:
    """A sentence that the model wrote."""

    text: str
    words: tuple[str, ...]
    chances: tuple[float, ...]  # of every word, then of the end


@dataclass(frozen=True)
class Dimension:
    """One latent dimension at both ends of a way: the posteriors, and where the way begins and ends."""

    mean_first: float
    deviation_first: float
    mean_last: float
    deviation_last: float


@dataclass(frozen=True)
class Morphed:
    """A way from one sentence to another."""

    corpus: str  # verse or reviews
    first: Read
    last: Read
    steps: tuple[Written, ...]
    fade: tuple[str, ...]  # the same steps where words, not codes, are mixed
    around_first: tuple[str, ...]  # sentences of codes drawn from q(z|A)
    around_last: tuple[str, ...]
    dimensions: tuple[Dimension, ...]  # those that differ most first
    distance: float  # between the two codes


@dataclass(frozen=True)
class Drawn:
    """Sentences of codes drawn by chance."""

    corpus: str  # verse or reviews
    around: Read | None
    middle: Written | None  # of the mean of the posterior
    sentences: tuple[Written, ...]
    distances: tuple[float, ...]  # of their codes from the middle


@dataclass(frozen=True)
class Cost:
    """What a sentence costs one model, in nats."""

    model: str  # of checkpoints.COMPARED
    words: tuple[float, ...]  # of every word, then of the end; an autoencoder's mean over codes of the posterior
    total: float  # -log p(x), an autoencoder's bound: reconstruction and KL
    kl: float | None  # of an autoencoder
    dimensions: tuple[float, ...] = field(default=())  # KL of each dimension, largest first


@dataclass(frozen=True)
class Compared:
    """A line before four models, and one that is written with words hidden."""

    sentence: Read
    costs: tuple[Cost, ...]  # in the order of checkpoints.COMPARED
    shown: tuple[str, ...]  # the words before each place as the decoder saw them; "" is hidden
    rebuilt: Written  # word after word, each time with the true words before it, as far as they are shown
