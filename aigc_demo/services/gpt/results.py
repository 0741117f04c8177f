"""What the gpt use-cases give back: plain texts and numbers. Free of torch, as the page reads them."""

from dataclasses import dataclass

RIVALS = 8  # of the tokens that could have stood in a place, so many are named


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
