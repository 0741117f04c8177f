"""Rules of writing for four voices, and where they are broken: parallel fifths and octaves, crossings, ranges.

Voices are signs (4, T), soprano first, see data/chorales.py.
"""

from dataclasses import dataclass

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


def parallels(voices: np.ndarray) -> list[Fault]:
    """Pairs of voices that move the same way from a perfect fifth to another one, or from octave to octave."""
    pitches = np.stack([sounding(voice) for voice in voices])
    found = []
    for upper in range(3):
        for lower in range(upper + 1, 4):
            for step in range(1, pitches.shape[1]):
                before, after = pitches[[upper, lower], step - 1], pitches[[upper, lower], step]
                if REST in (*before, *after):
                    continue
                one, other = int(after[0] - before[0]), int(after[1] - before[1])
                first, second = int(before[0] - before[1]), int(after[0] - after[1])
                if one * other > 0 and first % 12 == second % 12 and first % 12 in PERFECT:
                    found.append(Fault(PERFECT[first % 12], step, (upper, lower)))
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
