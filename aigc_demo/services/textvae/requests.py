"""What can be asked of the text autoencoders: one frozen request per use-case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

VERSE, REVIEWS = "textvae-verse", "textvae-reviews"
OF = {"verse": VERSE, "reviews": REVIEWS}
COMPARED = {  # Bowman et al., table 2: name -> checkpoint
    "lm": "textvae-verse-lm",
    "vae": "textvae-verse-vae",
    "vae_inputless": "textvae-verse-vae-inputless",
    "lm_inputless": "textvae-verse-lm-inputless",
}
CORPORA = ("verse", "reviews")  # lines of Tang verse, phrases of film reviews
LONGEST = 400  # characters of a sentence that are taken in at all
EXAMPLES = {  # what an empty box stands for
    "verse": ("春风吹又生", "独钓寒江雪"),
    "reviews": ("a beautiful film about love and loss", "the plot makes no sense at all"),
}

Corpus = Annotated[str, Choice(CORPORA)]
Sentence = Annotated[str, Text(LONGEST)]
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Morph(Request):
    """Go from sentence A to sentence B in equal steps between their codes."""

    queue: ClassVar[str] = "quick"

    corpus: Corpus = "verse"
    first: Sentence = ""  # A; empty: the example
    last: Sentence = ""  # B; empty: the example
    stops: Annotated[int, Range(3, 25)] = 11  # sentences on the way, both ends counted
    temperature: Annotated[float, Range(0, 1.5, 0.05)] = 0.0  # of the words; 0: always the likeliest
    seed: Seed = 7


@dataclass(frozen=True)
class Draw(Request):
    """Write sentences of codes drawn from the prior, or around a sentence."""

    queue: ClassVar[str] = "quick"

    corpus: Corpus = "verse"
    around: Sentence = ""  # empty: from the prior
    spread: Annotated[float, Range(0, 2, 0.1)] = 1.0  # of the codes: times the deviation of prior or posterior
    temperature: Annotated[float, Range(0, 1.5, 0.05)] = 0.0
    count: Annotated[int, Range(1, 16)] = 8
    seed: Seed = 7


@dataclass(frozen=True)
class Compare(Request):
    """What a line of verse costs four models, and how a decoder writes it with some of its words hidden."""

    queue: ClassVar[str] = "quick"

    sentence: Sentence = ""  # empty: the example
    hidden: Annotated[float, Range(0, 1, 0.1)] = 0.4  # share of the words that the decoder is not shown
    seed: Seed = 7
