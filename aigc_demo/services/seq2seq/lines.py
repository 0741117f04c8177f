"""From what a person typed to a line that the model can read, or a sentence that says what is wrong with it."""

import unicodedata

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data.characters import Characters
from aigc_demo.models.seq2seq import MARKS
from aigc_demo.services.seq2seq.requests import LONGEST, SHORTEST, Beside, Pair

COMMA = "，"
FINAL = "，。！？；：、,.!?;:"  # marks that may stand behind a line


def line_of(text: str, characters: str) -> str:
    """The line without white space and final marks; BadRequestError where the model cannot answer it."""
    line = "".join(unicodedata.normalize("NFC", text).split()).replace(",", COMMA).rstrip(FINAL)
    if not line:
        raise BadRequestError("line_empty")
    known = Characters(characters[len(MARKS) :])
    if unknown := known.named_unknown(line):
        raise BadRequestError("unknown_characters", characters=unknown)
    if sum(character != COMMA for character in line) < SHORTEST:
        raise BadRequestError("line_short", least=SHORTEST)
    if len(line) > LONGEST:
        raise BadRequestError("line_long", longest=LONGEST, length=len(line))
    return line


def pattern_of(request: Pair, line: str) -> str:
    """The tones that are asked by name, one for every character of the line."""
    pattern = "".join(request.pattern.split())
    if len(pattern) != len(line) or set(pattern) - set("平仄中" + COMMA):
        raise BadRequestError("tone_pattern", length=len(line), value=short(request.pattern))
    return pattern


def upper_line(request: Pair | Beside, characters: str) -> str:
    """The upper line of a request."""
    return line_of(request.upper, characters)
