"""A melody of a person as signs of the soprano: typed, clicked or out of a MIDI file."""

import re

import numpy as np

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data import midi
from aigc_demo.data.chorales import HOLD, RANGES, REST, SIGNS, STEPS, key_of
from aigc_demo.services.music.requests import AUTO, BARS, KEYS

FILE = "data:"  # what a file begins with, as browsers send it


def most_steps(metre: int) -> int:
    """Steps of the longest melody that is harmonised, in eighth notes."""
    return BARS * metre * STEPS


def melody_of(text: str, metre: int) -> tuple[int, ...]:
    """Signs of the soprano, whole beats, moved by octaves into its range; BadRequestError says what cannot be."""
    most = most_steps(metre)
    signs = midi.from_data_url(text, most) if text.startswith(FILE) else [sign_of(word) for word in text.split()]
    if len(signs) > most:
        raise BadRequestError("music.melody_long", most=BARS, bars=-(-len(signs) // (metre * STEPS)))
    while signs and signs[-1] == REST:
        signs.pop()
    notes = [sign for sign in signs if sign > HOLD]
    if not notes:
        raise BadRequestError("music.no_melody")
    low, high = RANGES[0]
    shift = next(
        (shift for shift in (0, 12, -12, 24, -24, 36, -36) if low <= min(notes) + shift <= max(notes) + shift <= high),
        None,
    )
    if shift is None:
        raise BadRequestError("music.melody_wide", semitones=high - low, width=max(notes) - min(notes))
    sung = [sign + shift if sign > HOLD else sign for sign in signs]
    first = next(place for place, sign in enumerate(sung) if sign > HOLD)
    sung[:first] = [REST] * first  # nothing is held before the first note
    return tuple(sung + [HOLD] * (-len(sung) % STEPS))


def sign_of(word: str) -> int:
    """A sign out of a word: a pitch, - or ."""
    if word in SIGNS:
        return SIGNS[word]
    if not re.fullmatch(r"[0-9]{1,3}", word) or not 1 < int(word) < 128:
        raise BadRequestError("music.melody_sign", value=short(word))
    return int(word)


def text_of(signs: tuple[int, ...]) -> str:
    """The melody as `melody_of` reads it."""
    names = {value: name for name, value in SIGNS.items()}
    return " ".join(names.get(sign, str(sign)) for sign in signs)


def key_for(melody: tuple[int, ...], wish: str) -> int:
    """The number of a key; of "auto", the one that fits best."""
    return key_of(np.array([melody])) if wish == AUTO else KEYS.index(wish)
