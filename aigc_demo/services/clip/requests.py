"""What can be asked of CLIP: one frozen request per use case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import Choice, Range, Request, Text

CHECKPOINT = "clip-scenes"
SAMPLES = 24  # pictures that ship
ROW = 6  # pictures of a matrix
MOST = 8  # sentences of a matrix, labels of a classification
MISTAKES = ("no_causal_mask", "last_token", "wrong_scaling", "no_class_token")

Lines = Annotated[str, Text(2000)]  # one sentence a line
Picture = Annotated[str, Text(8_000_000)]  # "data:image/...;base64,...", or empty for one that ships
Sample = Annotated[int, Range(0, SAMPLES - 1)]

SENTENCES = """three cars on a black background
黄色背景上，树在向日葵的左边
a pig in the middle of a black background
a penguin on pink"""
LABELS = """an apple
a mushroom
a dog
一只猫
a car"""


@dataclass(frozen=True)
class Matrix(Request):
    """The similarity of every picture and every sentence."""

    queue: ClassVar[str] = "quick"

    sentences: Lines = SENTENCES
    first: Annotated[int, Range(0, SAMPLES - ROW)] = 0  # of the pictures in the row
    picture: Picture = ""  # one more picture


@dataclass(frozen=True)
class Classify(Request):
    """Which label fits a picture, though none of them was ever trained as a class."""

    queue: ClassVar[str] = "quick"

    sample: Sample = 6  # a cat and a mushroom: two of the labels are true
    picture: Picture = ""
    labels: Lines = LABELS


@dataclass(frozen=True)
class Map(Request):
    """Pictures and their sentences in both languages on a plane, by principal components."""

    queue: ClassVar[str] = "quick"

    sentence: Annotated[str, Text(2000)] = "a cat beside a mushroom"  # one more, of one's own; may be empty
    centred: bool = False  # the mean of the pictures and that of the sentences are taken away first


@dataclass(frozen=True)
class Beside(Request):
    """Our CLIP and transformers' CLIPModel, same weights, same pictures and sentences."""

    sentences: Lines = SENTENCES
    mistake: Annotated[str, Choice(("none", *MISTAKES))] = "none"
