#!/usr/bin/env bash
# pretty_midi: of two notes of one pitch that overlap, the longer is cut when a file is read, also one it wrote itself.
#
# A long E and, within it, a short E on the same channel are written as two note-on and two note-off messages, and read
# back both ending with the first note-off; the second note-off is dropped. The piece gets shorter: below it ends at
# 1.5 seconds instead of 2. symusic and miditoolkit pair the same messages first with first, keep both note-offs and the
# length of the piece, but give the two notes each other's ends, and nothing in the file could tell them. So a data
# set of piano music with two voices, read by these, has other lengths by reader. The documentation of Note and
# write promises no such loss, and no reader says a word. One note at a time per pitch and channel is safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile setuptools==80.9.0 numpy==2.4.6 \
  pretty_midi==0.2.11.post0 mido==1.3.3 symusic==0.6.0 miditoolkit==1.0.1
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import miditoolkit
import mido
import pretty_midi
import symusic


def read_all(path):
    """Start, end and velocity of the notes in seconds (one quarter is half a second), by reader."""
    theirs = pretty_midi.PrettyMIDI(path).instruments[0].notes
    score = symusic.Score(path)
    other = miditoolkit.MidiFile(path)
    tick, step = 0.5 / score.ticks_per_quarter, 0.5 / other.ticks_per_beat
    return {
        "pretty_midi": sorted((round(float(n.start), 3), round(float(n.end), 3), n.velocity) for n in theirs),
        "symusic": sorted(
            (round(n.time * tick, 3), round((n.time + n.duration) * tick, 3), n.velocity) for n in score.tracks[0].notes
        ),
        "miditoolkit": sorted(
            (round(n.start * step, 3), round(n.end * step, 3), n.velocity) for n in other.instruments[0].notes
        ),
    }


print(", ".join(f"{name} {version(name)}" for name in ("pretty_midi", "symusic", "miditoolkit", "mido")))
for pitches, wanted in (((64, 67), None), ((64, 64), [(0.0, 1.5, 70), (1.0, 1.5, 90)])):
    piece = pretty_midi.PrettyMIDI(initial_tempo=120)
    piano = pretty_midi.Instrument(0)
    piano.notes = [pretty_midi.Note(70, pitches[0], 0.0, 2.0), pretty_midi.Note(90, pitches[1], 1.0, 1.5)]
    piece.instruments.append(piano)
    piece.write("piece.mid")
    messages = [m.type for m in mido.MidiFile("piece.mid") if m.type in ("note_on", "note_off")]
    found, end = read_all("piece.mid"), pretty_midi.PrettyMIDI("piece.mid").get_end_time()
    print(f"pitches {pitches}, written {[(n.start, n.end, n.velocity) for n in piano.notes]}, {len(messages)} messages")
    for name, notes in found.items():
        print(f"  {name} reads {notes}")
    assert len(messages) == 4
    given = [(0.0, 2.0, 70), (1.0, 1.5, 90)]
    if wanted is None:
        assert all(notes == given for notes in found.values())
    else:
        print(f"  pretty_midi's end: {end:.2f} where 2.00 was written")
        assert found["pretty_midi"] == wanted, "the longer note is kept now"
        assert found["symusic"] == found["miditoolkit"] == [(0.0, 1.5, 70), (1.0, 2.0, 90)]
PYTHON
