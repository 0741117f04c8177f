"""What is kept of the source archive of music21: Bach's four-voice chorales, one a line, on a grid of eighths.

The scores are MusicXML, encoded by Margaret Greentree (jsbchorales.net) and given to music21's corpus with her
permission. The music is in the public domain; the encodings are fetched to train on, and not passed on.

A line of chorales.tsv: name, beats of a bar, beats of the upbeat, steps with a fermata, then the four voices from
soprano to bass, each a list of one entry per eighth: a MIDI pitch where a note begins, "-" where it goes on, "." for a
rest.
"""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

NAMES = ("Soprano", "Alto", "Tenor", "Bass")  # what the names of the parts begin with
STEPS = 2  # of a quarter note: eighths
METRES = (3, 4)  # quarter notes of a bar
LONGEST = 40  # bars; what is longer is no chorale
SHORTEST = 6
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
Element = ElementTree.Element
Note = tuple[
    Fraction, Fraction, int | None, bool
]  # onset and length in quarters, MIDI pitch or rest, whether it is new


class OddScoreError(Exception):
    """This score is no chorale for four voices in one metre."""


def pack_chorales(archive: tarfile.TarFile, target: Path) -> None:
    """Write every chorale of the source archive once to chorales.tsv in `target`, in the order of their names."""
    lines: dict[str, str] = {}
    for name, score in sorted(scores(archive)):
        try:
            head, voices = line_of(score)
        except OddScoreError:
            continue
        lines.setdefault(key_of(voices), "\t".join([name, *head, *(" ".join(voice) for voice in voices)]) + "\n")
    if not lines:
        raise ValueError("there are no chorales in the package")
    (target / "chorales.tsv").write_bytes("".join(lines.values()).encode())


def scores(archive: tarfile.TarFile) -> Iterator[tuple[str, Element]]:
    """Name and MusicXML of everything by Bach."""
    for member in archive:
        path = PurePosixPath(member.name)
        if not member.isfile() or path.suffix != ".mxl" or path.parts[-3:-1] != ("corpus", "bach"):
            continue
        file = archive.extractfile(member)
        with zipfile.ZipFile(io.BytesIO(file.read() if file else b"")) as packed:
            names = [name for name in packed.namelist() if not name.startswith("META-INF") and "xml" in name]
            if names:
                yield path.stem, ElementTree.fromstring(packed.read(names[0]))


def key_of(voices: list[list[str]]) -> str:
    """Equal for pieces whose notes are equal up to a transposition."""
    first = next((int(sign) for sign in voices[0] if sign.isdigit()), 0)
    return "/".join(" ".join(str(int(sign) - first) if sign.isdigit() else sign for sign in v) for v in voices)


def line_of(score: Element) -> tuple[list[str], list[list[str]]]:
    """Metre, upbeat and fermatas as texts, and the signs of the four voices."""
    titles = {part.get("id"): (part.findtext("part-name") or "").strip() for part in score.iter("score-part")}
    parts = []
    for name in NAMES:
        found = [part for part in score.findall("part") if titles.get(part.get("id"), "").startswith(name)]
        if len(found) != 1:
            raise OddScoreError(f"{len(found)} parts {name}")
        parts.append(found[0])
    metres = {int(t.findtext("beats") or 0) * 4 // int(t.findtext("beat-type") or 4) for t in parts[0].iter("time")}
    if len(metres) != 1 or not metres <= set(METRES):
        raise OddScoreError(f"metres {metres}")
    metre = metres.pop()
    read = [notes_of(part) for part in parts]
    length = max(end for _, end, _, _ in read)
    upbeat = read[0][2]
    if not SHORTEST * metre <= length <= LONGEST * metre or upbeat.denominator != 1 or not 0 <= upbeat < metre:
        raise OddScoreError(f"{length} quarters, upbeat {upbeat}")
    steps = int(-(-length // 1)) * STEPS  # whole beats
    voices = [signs_of(notes, steps) for notes, _, _, _ in read]
    fermatas = sorted({int(onset * STEPS) for onset in read[0][3]})
    return [str(metre), str(int(upbeat)), " ".join(map(str, fermatas))], voices


def notes_of(part: Element) -> tuple[list[Note], Fraction, Fraction, list[Fraction]]:
    """Notes of the first voice, the end of the part, the length of its upbeat, onsets of notes with a fermata."""
    notes: list[Note] = []
    fermatas: list[Fraction] = []
    start, divisions, upbeat, metre = Fraction(0), 1, Fraction(0), Fraction(4)
    for number, measure in enumerate(part.findall("measure")):
        now = furthest = start
        for entry in measure:
            if entry.tag == "attributes":
                divisions = int(entry.findtext("divisions") or divisions)
                if (time := entry.find("time")) is not None:
                    metre = Fraction(4 * int(time.findtext("beats") or 4), int(time.findtext("beat-type") or 4))
            length = Fraction(int(entry.findtext("duration") or 0), divisions)
            if entry.tag == "backup":
                now -= length
            elif entry.tag == "forward":
                now += length
            elif entry.tag == "note" and entry.find("grace") is None and entry.find("chord") is None:
                if (entry.findtext("voice") or "1") == "1":
                    new = not any(tie.get("type") == "stop" for tie in entry.findall("tie"))
                    notes.append((now, length, pitch_of(entry), new))
                    if entry.find("notations/fermata") is not None:
                        fermatas.append(now)
                now += length
            furthest = max(furthest, now)
        if number == 0 and furthest - start < metre:
            upbeat = furthest - start
        start = furthest
    return notes, start, upbeat, fermatas


def pitch_of(note: Element) -> int | None:
    """The MIDI pitch of a note, None for a rest."""
    pitch = note.find("pitch")
    if pitch is None:
        return None
    alter = round(float(pitch.findtext("alter") or 0))
    return 12 * (int(pitch.findtext("octave") or 4) + 1) + LETTERS[pitch.findtext("step") or "C"] + alter


def signs_of(notes: list[Note], steps: int) -> list[str]:
    """What stands at every eighth: of notes that begin within one, the first that sounds when it begins."""
    signs = ["."] * steps
    for onset, length, pitch, new in notes:
        first, last = onset * STEPS, (onset + length) * STEPS
        begin = -(-first.numerator // first.denominator)  # the first eighth that it sounds at
        for step in range(begin, min(-(-last.numerator // last.denominator), steps)):
            if pitch is not None:
                signs[step] = "-" if step > begin or not new and begin > 0 else str(pitch)
    return signs
