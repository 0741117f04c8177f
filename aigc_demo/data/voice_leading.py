"""Rules of writing for four voices, and where they are broken: parallel fifths and octaves, crossings, ranges.

Voices are signs (4, T), soprano first, see data/chorales.py.
"""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from aigc_demo.data.chorales import HOLD, REST, sounding

CHOIR = ((60, 81), (55, 74), (48, 69), (40, 64))  # lowest and highest pitch that each voice of a choir sings well
PERFECT = {7: "fifths", 0: "octaves"}  # semitones over whole octaves
KINDS = ("fifths", "octaves", "crossing", "range")


@dataclass(frozen=True)
class Fault:
    """A rule of voice leading that is broken at one step."""

    kind: str  # of KINDS
    step: int  # where it is heard
    voices: tuple[int, ...]  # that break it, 0 for the soprano


def faults(voices: np.ndarray) -> list[Fault]:
    """Every broken rule, in the order of time."""
    found = [*parallels(voices), *crossings(voices), *outside(voices)]
    return sorted(found, key=lambda fault: (fault.step, KINDS.index(fault.kind), fault.voices))


def parallel(upper: tuple[int, int], lower: tuple[int, int]) -> str | None:
    """What two voices make that go from a pitch to another one each: a name of PERFECT, or nothing."""
    if REST in (*upper, *lower) or (upper[1] - upper[0]) * (lower[1] - lower[0]) <= 0:
        return None
    first, second = upper[0] - lower[0], upper[1] - lower[1]
    return PERFECT.get(first % 12) if first % 12 == second % 12 else None


def parallels(voices: np.ndarray) -> list[Fault]:
    """Pairs of voices that move the same way from a perfect fifth to another one, or from octave to octave."""
    moves = [list(pairwise(sounding(voice).tolist())) for voice in voices]
    found = []
    for upper, lower in combinations(range(4), 2):
        for step, both in enumerate(zip(moves[upper], moves[lower], strict=True), 1):
            if kind := parallel(*both):
                found.append(Fault(kind, step, (upper, lower)))
    return found


def crossings(voices: np.ndarray) -> list[Fault]:
    """Chords in which a voice sounds below the next lower one, told once where that begins."""
    pitches = np.stack([sounding(voice) for voice in voices])
    below = (pitches[:-1] < pitches[1:]) & (pitches[:-1] > REST) & (pitches[1:] > REST)
    begins = below & ~np.pad(below, ((0, 0), (1, 0)))[:, :-1]
    return [Fault("crossing", int(step), (int(upper), int(upper) + 1)) for upper, step in np.argwhere(begins)]


def outside(voices: np.ndarray) -> list[Fault]:
    """Notes that a voice of the choir hardly sings."""
    return [
        Fault("range", step, (voice,))
        for voice, (low, high) in enumerate(CHOIR)
        for step, sign in enumerate(voices[voice].tolist())
        if sign > HOLD and not low <= sign <= high
    ]


@dataclass(frozen=True)
class Rates:
    """How often rules are broken, over many pieces."""

    fifths: float  # parallel ones, per 100 steps on which two voices or more move
    octaves: float
    crossing: float  # share of steps at which voices are crossed
    range: float  # share of notes


def rates(pieces: list[np.ndarray]) -> Rates:
    """Of pieces of signs (4, T) each."""
    counts = dict.fromkeys(KINDS, 0)
    moves = steps = notes = crossed = 0
    for voices in pieces:
        for fault in faults(voices):
            counts[fault.kind] += 1
        pitches = np.stack([sounding(voice) for voice in voices])
        moves += int(((np.diff(pitches, axis=1) != 0).sum(0) >= 2).sum())
        below = (pitches[:-1] < pitches[1:]) & (pitches[:-1] > REST)
        steps, crossed, notes = (
            steps + pitches.shape[1],
            crossed + int(below.any(0).sum()),
            notes + int((voices > HOLD).sum()),
        )
    per_move = 100 / max(1, moves)
    return Rates(
        counts["fifths"] * per_move,
        counts["octaves"] * per_move,
        crossed / max(1, steps),
        counts["range"] / max(1, notes),
    )
