"""Scores that notation programs open: chorales as MusicXML 4.0, a part per voice, the run card among its facts.

W3C Music Notation Community Group, "MusicXML 4.0", 2021, partwise form. A division is an eighth. Notes are cut at bar
lines and into lengths that one note head can have, and tied.
"""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from aigc_demo.data.chorales import STEPS, VOICES, Chorale
from aigc_demo.data.midi import notes_of

KEY = "aigc_demo"  # name of the field with the run card
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC '
    '"-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
HEADS = {8: ("whole", 0), 6: ("half", 1), 4: ("half", 0), 3: ("quarter", 1), 2: ("quarter", 0), 1: ("eighth", 0)}
CLEFS = (("G", 2, 0), ("G", 2, 0), ("G", 2, -1), ("F", 4, 0))  # sign, line, octaves, of each voice
LETTERS = "FCGDAEB"  # along the circle of fifths
Piece = tuple[int, int, int, bool, bool]  # start, length, pitch (0: a rest), tied to the one before, to the next


def write(chorale: Chorale, key: int, tempo: float, text: str = "") -> bytes:
    """The chorale in `key` (data/chorales.Chorale.key), `tempo` beats a minute."""
    score = Element("score-partwise", version="4.0")
    facts = SubElement(score, "identification")
    put(facts, "encoding/software", KEY)
    if text:
        SubElement(SubElement(facts, "miscellaneous"), "miscellaneous-field", name=KEY).text = text
    names = SubElement(score, "part-list")
    for number, voice in enumerate(VOICES):
        put(SubElement(names, "score-part", id=f"P{number + 1}"), "part-name", voice.capitalize())
    for number in range(len(VOICES)):
        write_part(SubElement(score, "part", id=f"P{number + 1}"), chorale, number, key, tempo)
    ElementTree.indent(score)
    return HEAD.encode() + ElementTree.tostring(score, encoding="utf-8")


def write_part(part: Element, chorale: Chorale, voice: int, key: int, tempo: float) -> None:
    """Write all bars of one voice into its part."""
    pieces = list(cut(chorale, voice))
    fermatas = chorale.fermatas if voice == 0 else frozenset[int]()
    for number, (start, end) in enumerate(bars(chorale), 0 if chorale.upbeat else 1):
        bar = SubElement(part, "measure", number=str(number))
        if not number:
            bar.set("implicit", "yes")
        if not start:
            attributes(bar, chorale.metre, key, voice)
            if voice == 0:
                marking(bar, tempo)
        for piece in pieces:
            if start <= piece[0] < end:
                first, last = piece[0] // STEPS, (piece[0] + piece[1] - 1) // STEPS
                note(bar, piece, key, not piece[4] and any(first <= beat <= last for beat in fermatas))


def bars(chorale: Chorale) -> Iterator[tuple[int, int]]:
    """First step of every bar, and of the next; the upbeat is a bar of its own."""
    start, end = 0, (chorale.upbeat or chorale.metre) * STEPS
    while start < chorale.steps:
        yield start, min(end, chorale.steps)
        start, end = end, end + chorale.metre * STEPS


def cut(chorale: Chorale, voice: int) -> Iterator[Piece]:
    """Notes and rests of a voice, each within a bar and as long as one note head can be."""
    now = 0
    for start, length, pitch in [*notes_of(chorale.voices[voice]), (chorale.steps, 0, 0)]:
        yield from heads(chorale, now, start, 0)
        yield from heads(chorale, start, start + length, pitch)
        now = start + length


def heads(chorale: Chorale, start: int, end: int, pitch: int) -> Iterator[Piece]:
    """One sound from `start` to `end` as pieces."""
    now = start
    while now < end:
        bar_end = next(last for first, last in bars(chorale) if first <= now < last)
        length = next(head for head in HEADS if head <= min(end, bar_end) - now)
        yield now, length, pitch, now > start, now + length < end
        now += length


def attributes(bar: Element, metre: int, key: int, voice: int) -> None:
    """Divisions, key, time and clef, at the head of a part."""
    found = SubElement(bar, "attributes")
    put(found, "divisions", STEPS)
    signature = SubElement(found, "key")
    put(signature, "fifths", fifths(key))
    put(signature, "mode", "minor" if key >= 12 else "major")
    time = SubElement(found, "time")
    put(time, "beats", metre)
    put(time, "beat-type", 4)
    sign, line, octaves = CLEFS[voice]
    clef = SubElement(found, "clef")
    put(clef, "sign", sign)
    put(clef, "line", line)
    if octaves:
        put(clef, "clef-octave-change", octaves)


def marking(bar: Element, tempo: float) -> None:
    """The tempo, to read and to play."""
    direction = SubElement(bar, "direction", placement="above")
    metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
    put(metronome, "beat-unit", "quarter")
    put(metronome, "per-minute", f"{tempo:g}")
    SubElement(direction, "sound", tempo=f"{tempo:g}")


def note(bar: Element, piece: Piece, key: int, fermata: bool) -> None:
    """Put a note or a rest at the end of a bar."""
    _, length, pitch, before, after = piece
    found = SubElement(bar, "note")
    if pitch:
        step, alter, octave = spelled(pitch, key)
        place = SubElement(found, "pitch")
        put(place, "step", step)
        if alter:
            put(place, "alter", alter)
        put(place, "octave", octave)
    else:
        SubElement(found, "rest")
    put(found, "duration", length)
    ties = [name for name, wanted in (("stop", before), ("start", after)) if wanted and pitch]
    for name in ties:
        SubElement(found, "tie", type=name)
    put(found, "voice", 1)
    head, dots = HEADS[length]
    put(found, "type", head)
    for _ in range(dots):
        SubElement(found, "dot")
    if ties or fermata:
        notations = SubElement(found, "notations")
        for name in ties:
            SubElement(notations, "tied", type=name)
        if fermata:
            SubElement(notations, "fermata", type="upright")


def fifths(key: int) -> int:
    """Sharps of a key's signature, flats negative; F sharp major has six sharps, E flat minor six flats."""
    sharps = 7 * (key if key < 12 else key - 9) % 12
    return sharps - 12 if sharps > 6 or sharps == 6 and key >= 12 else sharps


def spelled(pitch: int, key: int) -> tuple[str, int, int]:
    """Letter, sharps (flats negative) and octave of a MIDI pitch: of its names the one that is near the key.

    On the circle of fifths, from three below the signature to eight above: in C, E flat to G sharp.
    """
    lowest = fifths(key) - 3
    place = lowest + (7 * pitch - lowest) % 12  # C stands at 0
    alter = (place + 1) // 7
    return LETTERS[(place + 1) % 7], alter, (pitch - alter) // 12 - 1


def put(parent: Element, path: str, value: object) -> None:
    """Elements below `parent`, the last of them with `value` as its text."""
    for name in path.split("/"):
        parent = SubElement(parent, name)
    parent.text = str(value)
