"""Chorales by the instruments of a sound font: around a stand-in of FluidSynth, and with the real one where it is."""

import io
import json
import shutil
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from fluid import stand_in
from runs import Runs, last, saved
from test_serving import app_that_answers, ask
from tiny_music import tiny_store

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError, UnavailableError, sentences
from aigc_demo.data import midi, organ, sound_font
from aigc_demo.data.chorales import HOLD, REST, Chorale
from aigc_demo.services.files import Score, encode, played
from aigc_demo.services.music import instruments
from aigc_demo.services.music.requests import Harmonise, Write
from aigc_demo.ui.instruments import Instruments

ROOT = Path(__file__).resolve().parents[2]
SUNG = "69 - - - - - - -"
NAMES = instruments.NAMES


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return Runs(tiny_store(tmp_path_factory.mktemp("assets")), "music")


@pytest.fixture
def fluid(tmp_path, monkeypatch):
    """A stand-in that behaves as it is told to."""

    def set_up(manner="plays"):
        for name, value in {**stand_in(tmp_path, manner), "GRADIO_TEMP_DIR": str(tmp_path / "cache")}.items():
            monkeypatch.setenv(name, value)

    monkeypatch.setattr(instruments, "failed", {})
    return set_up


@pytest.fixture
def real(tmp_path, monkeypatch):
    """FluidSynth and a font, where this machine has them."""
    if not sound_font.available():
        pytest.skip("no FluidSynth or no sound font: apt-get install fluidsynth timgm6mb-soundfont")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


@pytest.fixture
def none(tmp_path, monkeypatch):
    """A machine without a font."""
    monkeypatch.delenv("AIGC_SOUND_FONT", raising=False)
    monkeypatch.setattr(sound_font, "FOLDERS", (str(tmp_path),))


def note_of(pitch: int, seconds: int = 4) -> Chorale:
    """One note of the soprano, a beat a second."""
    voices = np.full((4, 2 * seconds), REST)
    voices[0] = [pitch, *[HOLD] * (2 * seconds - 1)]
    return Chorale(voices, 4, 0, frozenset())


def pitch_of(samples: np.ndarray, rate: int) -> float:
    """The lowest strong frequency of a sound."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    spectrum[: 30 * len(samples) // rate] = 0  # the strings of a font may stand off from zero
    return float(np.flatnonzero(spectrum > 0.3 * spectrum.max())[0] * rate / len(samples))


def test_the_music_is_the_same_by_every_instrument(service, fluid):
    fluid()
    ours, theirs = (last(service.write(Write(bars=2, instrument=name))) for name in ("organ", "piano"))
    assert [place.token for place in ours.places] == [place.token for place in theirs.places]


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_what_is_saved_is_what_the_program_played(service, fluid, kind):
    fluid()
    request = Harmonise(melody=SUNG, tempo=60, instrument="piano")
    sound, rate = soundfile.read(io.BytesIO(saved(service.service, "music_harmonise", request, kind)))
    assert rate == sound_font.RATE and sound.ndim == 1 and len(sound) / rate == pytest.approx(5, abs=0.05)
    assert pitch_of(sound, rate) == pytest.approx(440, rel=0.01)
    assert np.abs(sound).max() == pytest.approx(sound_font.PEAK, abs=0.01)


def test_our_organ_needs_neither_and_stays_as_it_is(service, none):
    request = Harmonise(melody=SUNG, tempo=60)
    chorale = last(service.harmonise(request)).chorale
    sound, rate = soundfile.read(io.BytesIO(saved(service.service, "music_harmonise", request, "wav")))
    assert rate == organ.RATE and np.abs(sound - organ.play(chorale, 60)).max() < 1e-4
    score = Score(chorale, 0, 60, None)
    assert encode(score, "mid", Card("music_write", {}, "", "")) == midi.write(
        chorale, 60, Card("music_write", {}, "", "").to_json()
    )


@pytest.mark.parametrize("name", ["organ", *NAMES])
def test_a_midi_file_names_the_instrument(service, fluid, name):
    fluid()
    request = Harmonise(melody=SUNG, instrument=name)
    file = mido.MidiFile(file=io.BytesIO(saved(service.service, "music_harmonise", request, "mid")))
    chosen = {message.program for track in file.tracks for message in track if message.type == "program_change"}
    assert chosen == {sound_font.PROGRAMS[name]}
    card = next(message.text for track in file.tracks for message in track if message.type == "text")
    assert json.loads(card)["values"]["instrument"] == name


def test_without_a_font_one_sentence_says_what_to_install(service, none):
    for use_case, request in (
        ("write", Write(bars=2, instrument="choir")),
        ("harmonise", Harmonise(instrument="choir")),
    ):
        with pytest.raises(UnavailableError, match="apt-get install fluidsynth timgm6mb-soundfont"):
            last(getattr(service, use_case)(request))
    with pytest.raises(UnavailableError, match="apt-get install"):
        played(Score(note_of(69), 0, 60, None, "choir"))
    with pytest.raises(UnavailableError, match="apt-get install"):
        instruments.scale("choir")


def test_without_the_program_it_is_the_same(service, fluid, monkeypatch, tmp_path):
    fluid()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="apt-get install fluidsynth"):
        last(service.write(Write(bars=2, instrument="piano")))


@pytest.mark.parametrize("made", ["missing", "folder", "text"])
def test_a_path_that_is_no_font_is_said(service, fluid, monkeypatch, tmp_path, made):
    fluid()
    wrong = tmp_path / "wrong.sf2"
    if made == "folder":
        wrong.mkdir()
    elif made == "text":
        wrong.write_text("no font, though its name says so")
    monkeypatch.setenv("AIGC_SOUND_FONT", str(wrong))
    with pytest.raises(UnavailableError, match="AIGC_SOUND_FONT names no sound font") as raised:
        last(service.write(Write(bars=2, instrument="piano")))
    assert str(tmp_path) not in str(raised.value)


@pytest.mark.parametrize("manner", ["fails", "silent", "nothing", "slow"])
def test_a_program_that_fails_is_one_sentence_and_leaves_nothing(service, fluid, monkeypatch, tmp_path, manner):
    fluid(manner)
    monkeypatch.setattr(sound_font, "TIMEOUT", 2 if manner == "slow" else 60)
    monkeypatch.setattr(sound_font.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with pytest.raises(UnavailableError) as raised:
        played(Score(note_of(69), 0, 60, None, "brass"))
    assert str(raised.value) == sentences("music")["font_failed"]
    assert not list((tmp_path / "temporary").iterdir())


def test_samples_that_are_no_numbers_are_refused(fluid, monkeypatch):
    fluid()
    monkeypatch.setattr(sound_font, "opened", lambda data: np.full(1000, np.nan, np.float32))
    with pytest.raises(UnavailableError, match="gave no sound"):
        sound_font.render(midi.write(note_of(69), 60), 4)


@pytest.mark.parametrize("name", ["", "Piano", "kazoo", "../piano", 0, None])
def test_other_instruments_are_refused(name):
    with pytest.raises(BadRequestError):
        Write(instrument=name)


def test_an_instrument_is_rendered_once_for_all_browsers(fluid, tmp_path, monkeypatch):
    fluid()
    first = instruments.scale("piano")
    monkeypatch.setattr(sound_font, "render", None)
    assert instruments.scale("piano") == first
    assert [file.suffix for file in (tmp_path / "cache" / "instruments").iterdir()] == [".flac"]
    sound, rate = soundfile.read(io.BytesIO(first))
    count = len(range(sound_font.LOW, sound_font.HIGH + 1, sound_font.EVERY))
    assert rate == sound_font.SCALE_RATE and len(sound) == count * sound_font.SLOT * rate


def test_a_failure_is_not_tried_again_at_once(fluid, monkeypatch):
    fluid("fails")
    with pytest.raises(UnavailableError, match="gave no sound"):
        instruments.scale("piano")
    fluid()
    with pytest.raises(UnavailableError, match="gave no sound"):
        instruments.scale("piano")
    monkeypatch.setattr(instruments, "AGAIN", 0)
    assert instruments.scale("piano")


def test_the_route_serves_instruments_and_nothing_else(fluid, tmp_path):
    fluid()
    inner = app_that_answers(b"page")
    app = Instruments(inner)
    status, headers, body = ask(app, "/instruments/choir.flac")
    assert status == 200 and headers[b"content-type"] == b"audio/flac" and body[:4] == b"fLaC"
    assert headers[b"x-content-type-options"] == b"nosniff"
    for path in ("organ.flac", "kazoo.flac", "../font.sf2", "%2e%2e/x", "choir.wav", "choir.flac/", "", "a" * 5000):
        assert ask(app, f"/instruments/{path}")[0] == 404
    assert inner.asked == 0
    assert ask(app, "/instruments/choir.flac", "POST")[2] == ask(app, "/music")[2] == b"page"


def test_the_route_without_a_font_is_one_sentence(none):
    status, _, body = ask(Instruments(app_that_answers(b"")), "/instruments/choir.flac")
    assert status == 503 and body.decode() == sentences("music")["font_missing"]


def test_the_script_cuts_the_scale_as_it_is_made():
    source = (ROOT / "aigc_demo/ui/tabs/music/organ.js").read_text("utf-8")
    wanted = (sound_font.LOW, sound_font.EVERY, sound_font.HELD, sound_font.SLOT, sound_font.SCALE_RATE)
    assert "LOW = {}, EVERY = {}, HELD = {:g}, SLOT = {:g}, RATE = {};".format(*wanted) in source


def test_a_real_a4_has_440_hertz(real):
    assert shutil.which("fluidsynth")
    score = Score(note_of(69), 0, 60, None, "piano")
    raw = encode(score, "wav", Card("music_write", {}, "", ""))
    sound, rate = soundfile.read(io.BytesIO(raw))
    assert rate == sound_font.RATE and 4 <= len(sound) / rate <= 4 + sound_font.TAIL
    assert pitch_of(sound[: 2 * rate], rate) == pytest.approx(440, rel=0.01)
    assert 0.5 < np.abs(sound).max() < 0.98


@pytest.mark.parametrize("name", NAMES)
def test_a_real_scale_has_its_pitches_apart(real, name):
    sound, rate = soundfile.read(io.BytesIO(instruments.scale(name)))
    slot = int(sound_font.SLOT * rate)
    for place, pitch in enumerate(range(sound_font.LOW, sound_font.HIGH + 1, sound_font.EVERY)):
        part = sound[place * slot : (place + 1) * slot]
        assert np.abs(part[: 2 * rate]).max() > 0.2 and np.abs(part[-rate // 10 :]).max() < 0.03
        step = 12 * np.log2(pitch_of(part[rate // 2 : 3 * rate], rate) / 440) + 69 - pitch
        # less than half of EVERY; the lowest strong frequency of a choir whose pitch swings is 0.6 off
        assert min(abs(step - partial) for partial in (-12, 0, 12, 19, 24, 28)) < 1, (pitch, step)
