"""What the hf_text use-cases give back: texts and numbers. Free of torch, as the page reads them."""

from dataclasses import dataclass

TOLERANCE = 1e-3  # absolute, between a layer of ours and the library's


@dataclass(frozen=True)
class Said:
    """An answer under way or finished."""

    text: str
    tokens: int  # of the answer
    prompt_tokens: int  # that were read before it
    cut: int  # tokens at the start of what was sent that did not fit, and were left out
    speed: float  # tokens a second, from the first one on
    wait: float  # seconds until the first one
    ended: str  # "end": the model came to an end; "length": it was cut off; "": under way
    by: str  # who answers: an engine and, for a model of the hub, its id


@dataclass(frozen=True)
class Loading:
    """A model is on its way: megabytes, or memory that is being filled."""

    what: str  # hub, pypi, convert, open
    megabytes: int


@dataclass(frozen=True)
class SideBySide:
    """One text written by our Llama and by the library's."""

    prompt_tokens: int
    ours: str
    theirs: str
    bytes: str  # what ours wrote with a byte per weight
    same: int  # tokens that agree from the start on
    length: int  # tokens written
    our_speed: float  # tokens a second
    their_speed: float
    int8_speed: float | None  # ours with a byte per weight, None where this machine has no way to it
    int8_same: int
    logits: float  # largest absolute difference of the logits of the prompt
    layers: tuple[tuple[str, str, float, float], ...]  # our name, theirs, maximum, mean, in the order they run
    first: int | None  # the first layer over the tolerance
    maximum: float  # of all layers
    mean: float  # of the last
