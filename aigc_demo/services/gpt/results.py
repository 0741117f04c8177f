"""What the gpt use-cases give back: plain texts and numbers. Free of torch, as the page reads them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RIVALS = 8  # of the tokens that could have stood in a place, so many are named
TOLERANCE = 1e-3  # absolute, between a layer of ours and the library's


@dataclass(frozen=True)
class Rival:
    """A token that could have stood there."""

    text: str
    p: float  # by the model's own odds, before temperature and cuts


@dataclass(frozen=True)
class Token:
    """A token where it stands, and what the model thought of it before it came."""

    text: str
    p: float  # by the model's own odds; surprise is -log p nats
    chance: float  # by the odds that were drawn from; 1 for tokens of the prompt
    entropy: float  # of the model's own odds, in nats
    rivals: tuple[Rival, ...]  # the likeliest first, the token itself among them if it is one of them


@dataclass(frozen=True)
class Written:
    """A text under way or finished."""

    prompt: tuple[Token, ...]  # what the model read; the first one was not foreseen by anything: p is 1, no rivals
    tokens: tuple[Token, ...]  # what it wrote
    cut: int  # characters at the start of the prompt that do not fit into the context
    speed: float  # tokens a second


@dataclass(frozen=True)
class Candidate:
    """One token on its way through the cuts: its probability after each, 0 once it is out."""

    text: str
    softmax: float
    tempered: float
    top_k: float
    top_p: float
    final: float


@dataclass(frozen=True)
class Odds:
    """What can come at a place: the likeliest tokens, and what all others have together."""

    candidates: tuple[Candidate, ...]
    rest: Candidate  # text is empty
    position: int  # of the place in the prompt
    entropy: float  # of the model's own odds, in nats


@dataclass(frozen=True)
class Attention:
    """Where every head looks: L layers, H heads, T characters."""

    text: str  # the T characters
    cut: int  # characters before them that were left out
    weights: npt.NDArray[np.uint8]  # (L, H, T (T + 1) / 2): 255 times the shares, row by row up to the diagonal
    tokens_next: tuple[Rival, ...]  # what the model expects after the text


@dataclass(frozen=True)
class Side:
    """One of two models that write beside each other."""

    text: str  # what it wrote so far
    p: tuple[float, ...]  # of each character by the model's own odds
    nats: float | None  # mean cost of a character of the prompt, but for the first; None where there is one only
    milliseconds: float  # per character
    numbers: int  # that it carries on to the next character
    kept_bytes: int  # the same in bytes
    each: int  # numbers that one character more adds
    most: int  # characters that are looked back on; 0 where there is no end


@dataclass(frozen=True)
class Strip:
    """What an LSTM has in its cells after every character: T characters, U units, half busy ones, half slow ones."""

    text: str  # the T characters
    units: tuple[tuple[int, int], ...]  # (layer, number) of each, both from 0
    cells: npt.NDArray[np.int8]  # (U, T): 127 tanh(c)


@dataclass(frozen=True)
class Fading:
    """How far the odds move, character by character, when the first word of a text is another: KL divergence in nats.

    Number i belongs to the odds after the i-th character behind the word.
    """

    word: str
    changed: str
    text: str  # behind the word
    gpt: tuple[float, ...]
    lstm: tuple[float, ...]


@dataclass(frozen=True)
class Remembered:
    """A GPT and an LSTM side by side, under way or finished."""

    prompt: str  # what both read
    cut: int
    gpt: Side
    lstm: Side
    strip: Strip | None  # with the first and the last of a run
    fading: Fading | None  # with the last, where there is a text behind the first word


@dataclass(frozen=True)
class Raced:
    """The same text written with a cache and without."""

    prompt: str
    cut: int
    text: str
    with_cache: tuple[float, ...]  # milliseconds of every token
    without: tuple[float, ...]
    same: bool  # whether both ways chose the same tokens so far
    cache_bytes: int
    parameters: int  # multiplied with every token that is read


@dataclass(frozen=True)
class BesideLibrary:
    """A text by our network and by the library's, and how far their layers are apart."""

    prompt: str
    cut: int
    ours: str
    theirs: str
    same: int  # characters from the start on in which both agree
    our_speed: float  # tokens a second
    their_speed: float
    kind: str  # class of the library
    layers: tuple[tuple[str, str, float, float], ...]  # our name, theirs, largest and mean absolute difference
    first: int | None  # number of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float


@dataclass(frozen=True)
class Sample:
    """What a model wrote at a moment of its training."""

    step: int
    text: str


@dataclass(frozen=True)
class Dropped:
    """What became of the characters of a text that a model does not know."""

    replaced: int  # by one that looks alike
    left_out: tuple[tuple[str, int], ...]  # character and how often, the most frequent first
    total: int  # left out altogether


@dataclass(frozen=True)
class Tuned:
    """A training on a text of one's own, under way or finished."""

    token: str  # by which it is found again; empty where it is not kept
    step: int
    seconds: float  # of training, all presses together
    speed: float  # characters a second
    curve: tuple[tuple[int, float], ...]  # step, running mean of the loss in nats per character
    held: tuple[tuple[int, float], ...]  # step, loss on the part that is held out
    samples: tuple[Sample, ...]
    train: int  # characters to learn from
    test: int  # held out
    dropped: Dropped
    random: float  # loss of a guess that knows nothing, ln V


@dataclass(frozen=True)
class Sign:
    """A character of a poem."""

    text: str
    given: bool  # by the person, not by the model
    p: float  # of the model, had it been free to choose
    tone: str  # 平 level, 仄 oblique, ○ either, ？ unknown
    rhyme: str  # "first": the end that sets the rhyme, "yes" or "no": an end that should follow, "": no such end
    opposed: str  # in a lower line, where tones should be opposed to the upper one: "yes" or "no"; else ""


@dataclass(frozen=True)
class Composed:
    """A poem under way or finished."""

    title: str
    cut: str  # end of a title that was too long
    width: int  # characters of a line that the form asks for
    count: int  # lines
    lines: tuple[tuple[Sign, ...], ...]
    ended: bool  # the model wrote the end
    right: bool  # so far: no line is too long or too short, none too many
