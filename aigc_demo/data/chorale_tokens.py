"""Chorales as tokens, the melody a bar ahead of the other voices, so that it is known where they are chosen.

    KEY METRE | BEAT  S A T B  S A T B | BEAT  S A T B  S A T B | ...

A beat is a token of its place in the bar, and whether the melody holds a fermata a bar later; then two steps of an
eighth. A step at t holds the soprano's sign at t + one bar, and those of alto, tenor and bass at t. It begins one bar
before the music, where the lower voices are NONE; behind the last note the soprano says END once, then NONE.

Each voice has tokens of its own, so that a token tells whose it is. One model so both writes (the melody is sampled as
the rest is) and harmonises (the melody is given, the rest is sampled), with no other training.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from torch import Tensor

from aigc_demo.data.chorales import HOLD, RANGES, REST, STEPS, Chorale
from aigc_demo.data.verse import NOTHING, gathered, padded

METRES = (3, 4)
NONE, END = 0, 1
KEYS = 2  # first token of the 24 keys
METRE = KEYS + 24  # first of METRES
BEAT = METRE + len(METRES)  # first of the places in a bar, 4 without and 4 with a fermata
PLACES = 4
VOICE = tuple(  # first token of each voice: REST, HOLD, then its pitches
    BEAT + 2 * PLACES + sum(high - low + 3 for low, high in RANGES[:voice]) for voice in range(4)
)
VOCABULARY = VOICE[3] + RANGES[3][1] - RANGES[3][0] + 3
BEAT_TOKENS = 1 + 4 * STEPS
CONTEXT = 640  # tokens: 16 bars of four beats, and the one before


def key_token(key: int) -> int:
    """Token of a key, see Chorale.key."""
    return KEYS + key


def metre_token(metre: int) -> int:
    """Token of 3 or 4 beats in a bar."""
    return METRE + METRES.index(metre)


def beat_token(place: int, fermata: bool) -> int:
    """Token of a beat at `place` in its bar."""
    return BEAT + place + PLACES * fermata


def token_of(voice: int, sign: int) -> int:
    """Token of a sign of `voice`, 0 for the soprano."""
    return VOICE[voice] + (sign if sign <= HOLD else sign - RANGES[voice][0] + 2)


def sign_of(voice: int, token: int) -> int:
    """The sign that `token_of` made a token of."""
    rest = token - VOICE[voice]
    return rest if rest <= HOLD else rest - 2 + RANGES[voice][0]


@cache
def voice_tokens(voice: int) -> range:
    low, high = RANGES[voice]
    return range(VOICE[voice], VOICE[voice] + high - low + 3)


@dataclass(frozen=True)
class Row:
    tokens: list[int]
    free: list[bool]  # whether the token could have been another one: NONE and places in the bar follow from the rest


def row_of(chorale: Chorale) -> Row:
    """The tokens of a whole chorale, in its own key."""
    tokens, free = [key_token(chorale.key), metre_token(chorale.metre)], [False, False]
    signs = chorale.voices.tolist()
    lead = chorale.metre
    for beat in range(-lead, chorale.beats):
        tokens.append(beat_token(chorale.place(beat), beat + lead in chorale.fermatas))
        free.append(beat + lead < chorale.beats)
        for step in range(beat * STEPS, (beat + 1) * STEPS):
            ahead = step + lead * STEPS
            if ahead < chorale.steps:
                tokens.append(token_of(0, signs[0][ahead]))
            else:
                tokens.append(END if ahead == chorale.steps else NONE)
            free.append(ahead <= chorale.steps)
            tokens += [token_of(voice, signs[voice][step]) if step >= 0 else NONE for voice in (1, 2, 3)]
            free += [step >= 0] * 3
    return Row(tokens, free)


def chorale_of(tokens: list[int]) -> Chorale:
    """The chorale of a row of tokens as `row_of` makes them; ValueError where they are none. What is left out rests."""
    metre = METRES[tokens[1] - METRE]
    found: list[list[int]] = [[], [], [], []]
    fermatas = set()
    upbeat = 0
    for number, start in enumerate(range(2, len(tokens) - BEAT_TOKENS + 1, BEAT_TOKENS)):
        beat, *steps = tokens[start : start + BEAT_TOKENS]
        place, fermata = (beat - BEAT) % PLACES, (beat - BEAT) // PLACES
        if number == 0:
            upbeat = (-place) % metre
        if fermata:
            fermatas.add(number)
        for step in range(STEPS):
            for voice, token in enumerate(steps[4 * step : 4 * step + 4]):
                if token not in (NONE, END):
                    found[voice].append(sign_of(voice, token))
    length = max(map(len, found))
    voices = np.array([voice + [REST] * (length - len(voice)) for voice in found], dtype=np.int64)
    return Chorale(voices, metre, upbeat, frozenset(beat for beat in fermatas if beat * STEPS < length))


def keys_of(chorale: Chorale) -> list[np.ndarray]:
    """The row of a chorale in every key that its voices allow, (T, 2) each: tokens, and whether each is free."""
    shifted = (chorale.transposed(shift) for shift in range(-6, 6))
    rows = (row_of(other) for other in shifted if other.fits())
    return [np.array([row.tokens, row.free], dtype=np.int16).T for row in rows]


def cut(row: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A row (T, 2) as it is, or, of one that is longer than the context, its head and as many bars as fit."""
    if len(row) <= CONTEXT + 1:
        return row
    bar = METRES[row[1, 0] - METRE] * BEAT_TOKENS
    most = (CONTEXT - 1) // bar
    bars = (len(row) - 2) // bar
    first = 0 if random.random() < 0.5 else random.integers(bars - most + 1)
    return np.concatenate([row[:2], row[2 + first * bar : 2 + (first + most) * bar]])


def batches(chorales: tuple[Chorale, ...], tokens: int, seed: int, first: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of about so many tokens: tokens (B, T), the token after each (B, T), NOTHING where none is free.

    In every pass each chorale comes once, in a key drawn anew. Rows of a batch are alike in length. `first` only draws
    other batches than a start at 0 would.
    """
    random = np.random.default_rng([seed, first])
    rows = [keys_of(chorale) for chorale in chorales]
    while True:
        drawn = [cut(keys[random.integers(len(keys))], random) for keys in rows]
        found = list(gathered(sorted(drawn, key=len), tokens))
        for i in random.permutation(len(found)):
            yield masked(found[i])


def masked(rows: list[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Rows (T, 2) of tokens and whether each is free -> tokens (B, T - 1) and what comes after each, or NOTHING."""
    tokens, targets = padded([row[:, 0] for row in rows])
    _, free = padded([row[:, 1] for row in rows])
    return tokens, targets.masked_fill(free != 1, NOTHING)
