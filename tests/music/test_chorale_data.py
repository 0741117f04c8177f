"""Chorales from MusicXML to tokens and back: what is kept of a score, and no tune on both sides of the split."""

import io
import tarfile
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest

from aigc_demo.data import chorale_files, chorale_tokens, chorales
from aigc_demo.data.chorales import HOLD, REST, Chorale
from aigc_demo.training.chorales import RECIPES
from aigc_demo.training.language import NOTHING, build

PARTS = ("Horn", "Soprano", "Alto", "Tenor", "Bass")


def note(pitch: str, length: int, more: str = "") -> str:
    """A note of so many sixteenths; "E4", "B3b", or "r" for a rest."""
    if pitch == "r":
        return f"<note><rest/><duration>{length}</duration></note>"
    alter = "<alter>-1</alter>" if pitch.endswith("b") else ""
    place = f"<step>{pitch[0]}</step>{alter}<octave>{pitch[1]}</octave>"
    return f"<note><pitch>{place}</pitch><duration>{length}</duration>{more}</note>"


def score(soprano: str = "", bars: int = 7, time: str = "4") -> ElementTree.Element:
    """An upbeat and so many bars; the soprano's first bar is given, all other bars are a whole note."""
    names = "".join(f'<score-part id="P{i}"><part-name>{name}</part-name></score-part>' for i, name in enumerate(PARTS))
    head = (
        f"<attributes><divisions>4</divisions><time><beats>{time}</beats><beat-type>4</beat-type></time></attributes>"
    )
    parts = ""
    for i, octave in enumerate((5, 4, 4, 3, 3)):
        pitch = f"{'CCGEC'[i]}{octave + (i == 1)}"
        whole = f"<measure>{note(pitch, 16)}</measure>"
        first = f"<measure>{soprano}</measure>" if soprano and i == 1 else whole
        parts += f'<part id="P{i}"><measure>{head}{note(pitch, 4)}</measure>{first}{whole * (bars - 1)}</part>'
    return ElementTree.fromstring(f"<score-partwise><part-list>{names}</part-list>{parts}</score-partwise>")


def archive_of(**scores: ElementTree.Element) -> tarfile.TarFile:
    """A source archive with these scores."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, root in scores.items():
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w") as mxl:
                mxl.writestr("META-INF/container.xml", "<container/>")
                mxl.writestr(f"{name}.xml", ElementTree.tostring(root))
            info = tarfile.TarInfo(f"music21-1/music21/corpus/bach/{name}.mxl")
            info.size = len(inner.getvalue())
            archive.addfile(info, io.BytesIO(inner.getvalue()))
    packed.seek(0)
    return tarfile.open(fileobj=packed)


def hymn(seed: int = 0, beats: int = 24, metre: int = 4, upbeat: int = 1) -> Chorale:
    """Four voices of notes that wander, with holds and a rest."""
    random = np.random.default_rng(seed)
    voices = np.stack([60 - 6 * voice + random.integers(-4, 5, 2 * beats) for voice in range(4)]) + 8
    voices[:, 1::2] = HOLD
    voices[2, 4:6] = REST
    return Chorale(voices, metre, upbeat, frozenset({3, beats - 1}))


def test_a_score_becomes_eighths_with_ties_rests_and_fermatas():
    tied = '<tie type="start"/>', '<tie type="stop"/>'
    fermata = "<notations><fermata/></notations>"
    bar = note("C5", 6) + note("D5", 2) + note("E5", 2, tied[0]) + note("E5", 2, tied[1]) + note("r", 2)
    bar += note("B4b", 1) + note("C5", 1, fermata)
    head, voices = chorale_files.line_of(score(bar))
    assert voices[0][:10] == ["72", "-", "72", "-", "-", "74", "76", "-", ".", "70"]
    assert head == ["4", "1", "9"] and {len(voice) for voice in voices} == {2 * (1 + 7 * 4)}
    assert voices[3][:3] == ["48", "-", "48"]


def test_grace_notes_second_voices_and_chords_are_left_out():
    bar = note("C5", 16) + "<backup><duration>16</duration></backup>" + note("E4", 16, "<voice>2</voice>")
    plain = chorale_files.line_of(score(note("C5", 16)))
    assert chorale_files.line_of(score(bar)) == plain
    chord = note("C5", 16) + note("A4", 16).replace("<pitch>", "<chord/><pitch>")
    assert chorale_files.line_of(score("<note><grace/></note>" + chord)) == plain


@pytest.mark.parametrize("odd", [score(time="5"), score(bars=3), score(bars=60)])
def test_what_is_no_chorale_is_left_out(odd, tmp_path):
    with pytest.raises(ValueError, match="no chorales"):
        chorale_files.pack_chorales(archive_of(odd=odd), tmp_path)


def test_a_piece_comes_once_in_whatever_key(tmp_path):
    higher = ElementTree.tostring(score(note("C5", 16))).replace(b"</step>", b"</step><alter>1</alter>")
    up = ElementTree.fromstring(higher)
    other = score(note("D5", 16))
    chorale_files.pack_chorales(archive_of(b=other, a=score(note("C5", 16)), c=up), tmp_path)
    lines = (tmp_path / "chorales.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["a", "b"]
    assert chorales.read(lines[0]).voices[0, 0] == 72


@pytest.mark.parametrize(("metre", "upbeat"), [(4, 0), (4, 1), (3, 0), (3, 2)])
def test_tokens_bring_the_chorale_back(metre, upbeat):
    chorale = hymn(metre=metre, upbeat=upbeat)
    row = chorale_tokens.row_of(chorale)
    assert len(row.tokens) == len(row.free) == 2 + 9 * (24 + metre) and max(row.tokens) < chorale_tokens.VOCABULARY
    back = chorale_tokens.chorale_of(row.tokens)
    assert (back.voices == chorale.voices).all()
    assert (back.metre, back.upbeat, back.fermatas) == (metre, upbeat, chorale.fermatas)


def test_the_soprano_is_a_bar_ahead_and_what_follows_from_it_is_not_asked():
    chorale = hymn()
    row = chorale_tokens.row_of(chorale)
    first = row.tokens[2:11]  # the beat before the lower voices begin, by a bar
    assert chorale_tokens.sign_of(0, first[1]) == chorale.voices[0, 0]
    assert first[2:5] == [chorale_tokens.NONE] * 3 and row.free[2:6] == [True, True, False, False]
    bar = row.tokens[2 + 4 * 9 : 2 + 5 * 9]
    assert chorale_tokens.sign_of(0, bar[1]) == chorale.voices[0, 8]
    assert [chorale_tokens.sign_of(voice, bar[1 + voice]) for voice in (1, 2, 3)] == list(chorale.voices[1:, 0])
    assert row.tokens.count(chorale_tokens.END) == 1


def test_every_pitch_of_a_voice_has_a_token_of_its_own():
    tokens = [token for voice in range(4) for token in chorale_tokens.voice_tokens(voice)]
    assert tokens == list(range(chorale_tokens.VOICE[0], chorale_tokens.VOCABULARY))
    for voice, (low, high) in enumerate(chorales.RANGES):
        signs = [chorale_tokens.sign_of(voice, token) for token in chorale_tokens.voice_tokens(voice)]
        assert signs == [REST, HOLD, *range(low, high + 1)]


def test_key_of_a_scale_and_of_its_relative():
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60])
    assert chorales.key_of(scale[None]) == 0
    assert chorales.key_of(scale[None] + 3) == 3
    minor = np.array([69, 71, 72, 74, 76, 74, 72, 71, 68, 69])
    assert chorales.key_of(minor[None]) == 12 + 9


def test_settings_of_one_tune_are_on_one_side():
    tune, other = hymn(1), hymn(2)
    again = Chorale(np.concatenate([tune.transposed(2).voices[:1], other.voices[1:]]), 4, 1, frozenset(), "again")
    assert chorales.groups([tune, other, again]) == [0, 1, 0]


def test_batches_ask_only_what_is_free():
    tokens, targets = next(chorale_tokens.batches((hymn(), hymn(1)), 600, seed=0))
    assert tokens.shape == targets.shape and len(tokens) == 2
    asked = targets != NOTHING
    assert (targets[asked] != chorale_tokens.NONE).all() and asked.float().mean() > 0.6
    assert (tokens[:, 1:][asked[:, :-1]] == targets[:, :-1][asked[:, :-1]]).all()


def test_a_long_chorale_is_cut_at_a_bar():
    random = np.random.default_rng(0)
    row = chorale_tokens.keys_of(hymn(beats=100))[0]
    for _ in range(5):
        part = chorale_tokens.cut(row, random)
        assert len(part) <= chorale_tokens.CONTEXT + 1 and (part[:2] == row[:2]).all()
        assert part[2, 0] % 4 == row[2, 0] % 4 or part[2, 0] in range(chorale_tokens.BEAT, chorale_tokens.VOICE[0])


def test_both_models_have_a_million_weights():
    counts = [sum(weight.numel() for weight in build(recipe.model).parameters()) for recipe in RECIPES.values()]
    assert max(counts) / min(counts) < 1.05 and 0.9e6 < min(counts) < 1.2e6
