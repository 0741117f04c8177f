"""Chorales as sound: an organ by additive synthesis, the same as roll.js plays.

A note at frequency f is sum_k a_k sin(2 pi k f t), faded in and out so that it does not click.
"""

import numpy as np

from aigc_demo.data.chorales import STEPS, Chorale
from aigc_demo.data.midi import notes_of

RATE = 22_050  # samples a second
PARTIALS = (1.0, 0.55, 0.3, 0.2, 0.1, 0.08, 0.05, 0.05)  # a_k of an open and a softer stop
ATTACK, RELEASE = 0.03, 0.08  # seconds
LOUD = 0.07  # of full scale, for one voice: as loud as the instruments of a sound font
TAIL = 0.4  # seconds of silence at the end


def note(pitch: int, seconds: float) -> np.ndarray:
    """One note of a MIDI pitch with its release, (N,) float32 at RATE."""
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    time = np.arange(int((seconds + RELEASE) * RATE)) / RATE
    sound = np.zeros(len(time))
    for k, amplitude in enumerate(PARTIALS, 1):
        if k * frequency < RATE / 2:  # what is higher would come back as another pitch
            sound += amplitude * np.sin(2 * np.pi * k * frequency * time)
    fade = np.minimum(1, time / ATTACK) * np.clip((seconds + RELEASE - time) / RELEASE, 0, 1)
    faded: np.ndarray = (LOUD * sound * fade).astype(np.float32)
    return faded


def play(chorale: Chorale, tempo: float) -> np.ndarray:
    """All voices, (N,) float32 in [-1, 1], `tempo` beats a minute."""
    step = 60 / tempo / STEPS
    sound = np.zeros(int((chorale.steps * step + RELEASE + TAIL) * RATE) + 1, dtype=np.float32)
    for voice in chorale.voices:
        for start, length, pitch in notes_of(voice):
            one = note(pitch, length * step)
            first = int(start * step * RATE)
            sound[first : first + len(one)] += one[: len(sound) - first]
    return sound.clip(-1, 1)
