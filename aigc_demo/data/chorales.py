"""Bach's four-voice chorales on a grid of eighths, and the split that keeps every tune on one side.

A voice is an array of one sign per eighth: a MIDI pitch where a note begins, HOLD where it goes on, REST.

Bach set many tunes more than once. Chorales whose melodies have a quarter of their phrases in common, in whatever key,
fall into one group, and a group is learned from or measured on as a whole.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np

FILE = "chorales.tsv"
REST, HOLD = 0, 1
SIGNS = {".": REST, "-": HOLD}
STEPS = 2  # of a beat, which is a quarter note
VOICES = ("soprano", "alto", "tenor", "bass")
RANGES = ((57, 81), (53, 76), (47, 70), (36, 64))  # lowest and highest pitch of each voice that has a token
PHRASE = 8  # notes of the pieces by which melodies are compared
SHARED = 0.25  # of them, in two settings of one tune
HELD_OUT = 10  # one group in so many
# How well a pitch class fits a major and a minor key, from the tonic up (Krumhansl & Kessler, 1982)
PROFILES = np.array(
    [
        [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
        [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    ]
)
Array = np.ndarray


@dataclass(frozen=True)
class Chorale:
    """Four voices of T steps."""

    voices: Array  # (4, T) signs, soprano first
    metre: int  # beats of a bar, 3 or 4
    upbeat: int  # beats before the first bar line
    fermatas: frozenset[int]  # beats in which the soprano rests on a note, counted from the first
    name: str = ""

    @property
    def steps(self) -> int:
        """T, a whole number of beats."""
        return int(self.voices.shape[1])

    @property
    def beats(self) -> int:
        """Quarter notes."""
        return self.steps // STEPS

    @property
    def key(self) -> int:
        """Tonic, 0 for C to 11 for B, and 12 more in a minor key."""
        return key_of(self.voices)

    def place(self, beat: int) -> int:
        """Where a beat stands in its bar, from 0; beats before the first are negative."""
        return (beat - self.upbeat) % self.metre

    def transposed(self, semitones: int) -> "Chorale":
        """The same, higher by so many semitones."""
        voices = np.where(self.voices > HOLD, self.voices + semitones, self.voices)
        return Chorale(voices, self.metre, self.upbeat, self.fermatas, self.name)

    def fits(self) -> bool:
        """Whether every pitch has a token."""
        return all(
            ((voice <= HOLD) | ((voice >= low) & (voice <= high))).all()
            for voice, (low, high) in zip(self.voices, RANGES, strict=True)
        )


def sounding(voice: Array) -> Array:
    """Signs (T,) -> the pitch that sounds at every step, REST where none does."""
    found = np.zeros(len(voice), dtype=np.int64)
    now = REST
    for step, sign in enumerate(voice.tolist()):
        now = now if sign == HOLD else sign
        found[step] = now
    return found


def key_of(voices: Array) -> int:
    """The key whose profile correlates best with how long each pitch class sounds (Krumhansl, 1990, chapter 4).

    voices (N, T) signs; 0 for C major to 11 for B major, 12 to 23 for the minor keys. The last note counts for more.
    """
    pitches = np.stack([sounding(voice) for voice in voices])
    lasting = np.bincount(pitches[pitches > REST] % 12, minlength=12).astype(float)
    ends = pitches[-1][pitches[-1] > REST]
    if len(ends):
        lasting[ends[-1] % 12] += lasting.sum() / 8
    scores = [np.corrcoef(np.roll(profile, tonic), lasting)[0, 1] for profile in PROFILES for tonic in range(12)]
    return int(np.argmax(np.nan_to_num(scores)))


def read(line: str) -> Chorale:
    """A line of chorales.tsv."""
    name, metre, upbeat, fermatas, *voices = line.rstrip("\n").split("\t")
    signs = [[SIGNS[sign] if sign in SIGNS else int(sign) for sign in voice.split(" ")] for voice in voices]
    beats = frozenset(int(step) // STEPS for step in fermatas.split())
    return Chorale(np.array(signs, dtype=np.int64), int(metre), int(upbeat), beats, name)


def phrases(chorale: Chorale) -> set[tuple[int, ...]]:
    """Every row of PHRASE - 1 intervals in the melody."""
    notes = chorale.voices[0][chorale.voices[0] > HOLD]
    steps = np.diff(notes).tolist()
    return {tuple(steps[i : i + PHRASE - 1]) for i in range(len(steps) - PHRASE + 2)}


def groups(chorales: list[Chorale]) -> list[int]:
    """The number of the group of each: equal where SHARED of the shorter melody's phrases are in both, in any key."""
    leader = list(range(len(chorales)))

    def find(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    rows = [phrases(chorale) for chorale in chorales]
    for i, j in combinations(range(len(rows)), 2):
        shorter = min(len(rows[i]), len(rows[j]))
        if shorter and len(rows[i] & rows[j]) >= SHARED * shorter:
            first, second = sorted((find(i), find(j)))
            leader[second] = first
    return [find(i) for i in range(len(rows))]


@lru_cache(maxsize=1)
def splits(folder: Path) -> tuple[tuple[Chorale, ...], tuple[Chorale, ...]]:
    """Chorales to learn from, and those held out."""
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    chorales = [chorale for chorale in map(read, lines) if chorale.fits()]
    names = [chorales[leader].name for leader in groups(chorales)]
    held = [zlib.crc32(name.encode()) % HELD_OUT == 0 for name in names]
    train = tuple(chorale for chorale, out in zip(chorales, held, strict=True) if not out)
    test = tuple(chorale for chorale, out in zip(chorales, held, strict=True) if out)
    return train, test


def load(folder: Path, split: str) -> tuple[Chorale, ...]:
    """The chorales of `split`, "train" or "test"."""
    return splits(folder)[split == "test"]
