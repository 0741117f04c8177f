"""Standard MIDI files: chorales out, melodies in.

Out: a track per voice, the run card as a text in the first one. In: the highest note that sounds at every eighth.
"""

import base64
import io
from itertools import islice

import mido
import numpy as np

from aigc_demo.core.errors import BadFileError
from aigc_demo.data.chorales import HOLD, REST, STEPS, VOICES, Chorale

TICKS = 480  # of a beat
ORGAN = 19  # program of a church organ in General MIDI, from 0
DRUMS = 9  # channel without pitches
NOTES = 100_000  # most notes that are read
LETTERS = 60_000  # of a text event that is written: the card is left out where it is longer


def notes_of(voice: np.ndarray) -> list[tuple[int, int, int]]:
    """Signs (T,) -> onset, length and pitch of every note, in steps."""
    found: list[tuple[int, int, int]] = []
    open_note = False
    for step, sign in enumerate(voice.tolist()):
        if sign > HOLD:
            found.append((step, 1, sign))
            open_note = True
        elif sign == REST:
            open_note = False
        elif open_note:
            start, length, pitch = found[-1]
            found[-1] = (start, length + 1, pitch)
    return found


def write(chorale: Chorale, tempo: float, text: str = "", program: int = ORGAN) -> bytes:
    """The chorale as a file, `tempo` beats a minute, by an instrument of General MIDI."""
    ticks = TICKS // STEPS
    file = mido.MidiFile(ticks_per_beat=TICKS)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
    head.append(mido.MetaMessage("time_signature", numerator=chorale.metre, denominator=4))
    if text and text.isascii() and len(text) <= LETTERS:
        head.append(mido.MetaMessage("text", text=text))
    file.tracks.append(head)
    for number, voice in enumerate(chorale.voices):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=VOICES[number])])
        track.append(mido.Message("program_change", program=program, channel=number))
        now = 0
        for start, length, pitch in notes_of(voice):
            track.append(mido.Message("note_on", note=pitch, velocity=80, channel=number, time=start * ticks - now))
            now = (start + length) * ticks
            track.append(mido.Message("note_off", note=pitch, velocity=0, channel=number, time=length * ticks))
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def melody_of(data: bytes, most: int) -> list[int]:
    """The signs of the highest voice of a MIDI file, from its first note on, at most so many.

    BadFileError where it is no MIDI file, has no note or too many.
    """
    try:
        file = mido.MidiFile(file=io.BytesIO(data))
        beat = file.ticks_per_beat
        notes = list(islice(heard(file), NOTES + 1))
    except (OSError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        raise BadFileError("music.not_midi") from None
    if beat <= 0:
        raise BadFileError("music.not_midi")
    if not notes:
        raise BadFileError("music.no_notes")
    if len(notes) > NOTES:
        raise BadFileError("music.many_notes", most=NOTES)
    origin = min(start for start, _, _ in notes)
    top = [REST] * most
    begins = [False] * most
    for start, end, pitch in sorted(notes, key=lambda note: (note[2], note[0])):  # higher ones last, over the others
        first = round((start - origin) * STEPS / beat)
        last = max(first + 1, round((end - origin) * STEPS / beat))
        for step in range(first, min(last, most)):
            top[step], begins[step] = pitch, step == first
    signs = [
        HOLD if pitch and not new and step and top[step - 1] == pitch else pitch
        for step, (pitch, new) in enumerate(zip(top, begins, strict=True))
    ]
    while signs and signs[-1] == REST:
        signs.pop()
    return signs


def heard(file: mido.MidiFile):  # type: ignore[no-untyped-def]
    """Start, end and pitch of every note, in ticks, track after track."""
    for track in file.tracks:
        now, sounding = 0, dict[tuple[int, int], int]()
        for message in track:
            now += message.time
            if message.type not in ("note_on", "note_off") or message.channel == DRUMS:
                continue
            key = (message.channel, message.note)
            start = sounding.pop(key, None)
            if start is not None and now > start:
                yield start, now, message.note
            if message.type == "note_on" and message.velocity > 0:
                sounding[key] = now


def from_data_url(url: str, most: int) -> list[int]:
    """`melody_of` the file in a "data:...;base64,..." text."""
    head, _, body = url.partition(",")
    if not head.endswith(";base64"):
        raise BadFileError("music.not_midi")
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError:  # binascii.Error is one too
        raise BadFileError("music.not_midi") from None
    return melody_of(raw, most)
