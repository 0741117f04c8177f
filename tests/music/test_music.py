"""Chorales that are written and harmonised by tiny models: what is given stays, what is saved opens elsewhere."""

import base64
import contextlib
import io
import json
import wave
from xml.etree import ElementTree

import av
import gradio as gr
import mido
import numpy as np
import pytest
from runs import Runs, last, saved
from tiny_music import tiny_store

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.data import chorale_files, chorale_tokens, midi, musicxml, organ
from aigc_demo.data.chorales import HOLD, REST, SIGNS, STEPS, Chorale, sounding
from aigc_demo.data.voice_leading import faults, rates
from aigc_demo.evaluation import chorales as evaluation
from aigc_demo.services.music.melodies import melody_of
from aigc_demo.services.music.requests import KEYS, MELODY, MODELS, Beside, Harmonise, Write
from aigc_demo.services.service import Service
from aigc_demo.ui.tabs.music.parts import measured

JOY = melody_of(MELODY, 4)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return Runs(tiny_store(tmp_path_factory.mktemp("assets")), "music")


def tokens_of(piece) -> list[int]:
    return [place.token for place in piece.places]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("metre", [3, 4])
def test_a_seed_gives_the_same_chorale_and_its_row_is_one(service, model, metre):
    first, again, other = (last(service.write(Write(bars=2, model=model, metre=metre, seed=s))) for s in (5, 5, 6))
    assert tokens_of(first) == tokens_of(again) != tokens_of(other)
    assert first.done and 2 * metre - metre < first.chorale.beats <= 6 * metre
    row = chorale_tokens.row_of(Chorale(first.chorale.voices, metre, first.chorale.upbeat, first.chorale.fermatas))
    assert row.tokens[2:] == tokens_of(first)[2:]
    assert tokens_of(first)[:2] == [chorale_tokens.key_token(KEYS.index("G")), chorale_tokens.metre_token(metre)]


def test_a_step_comes_after_every_beat_and_nothing_changes_behind(service):
    steps = list(service.write(Write(bars=2)))
    rows = [tokens_of(step.value) for step in steps]
    assert all(longer[: len(shorter)] == shorter for shorter, longer in zip(rows, rows[1:], strict=False))
    assert [step.done for step in steps] == list(range(1, len(steps) + 1)) and steps[-1].total == len(steps)
    assert all(step.total > step.done for step in steps[:-1])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("temperature", [0, 1.5])
def test_the_melody_stays_as_it_was_given(service, model, temperature):
    made = last(service.harmonise(Harmonise(model=model, temperature=temperature)))
    assert tuple(made.chorale.voices[0]) == JOY and made.chorale.voices.shape == (4, len(JOY))
    assert KEYS[made.key] == "D"
    assert (made.chorale.voices[1:, 0] != HOLD).all()


def test_a_rival_is_gone_on_from_and_what_stands_before_it_stays(service):
    first = last(service.write(Write(bars=2)))
    at = next(i for i, place in enumerate(first.places) if place.voice == 2 and len(place.rivals) > 1 and i > 60)
    rival = next(token for token, _, _ in first.places[at].rivals if token != first.places[at].token)
    kept = [*tokens_of(first)[:at], rival]
    again = last(service.write(Write(bars=2, opening=" ".join(map(str, kept)))))
    assert tokens_of(again)[: at + 1] == kept and again.done


@pytest.mark.parametrize("opening", ["a b", "-1", "999", "5 5 5", "9 27 33 1", "9 27 " + "33 " * 40])
def test_what_cannot_be_kept_is_refused(service, opening):
    with pytest.raises(BadRequestError, match="What is kept"):
        last(service.write(Write(bars=2, opening=opening)))


def test_probabilities_are_those_of_the_model(service):
    made = last(service.write(Write(bars=2, temperature=0)))
    for place in made.places:
        if place.rivals:
            assert place.p == place.rivals[0][2] and place.token == place.rivals[0][0]  # the likeliest, when cold
            assert sum(p for _, _, p in place.rivals) <= 1 + 1e-5
    assert made.nats > 0 and made.times > 0


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"melody": ""}, "no melody yet"),
        ({"melody": ". . -"}, "no melody yet"),
        ({"melody": "60 x 62"}, "has x"),
        ({"melody": "60 128"}, "has 128"),
        ({"melody": "40 - 90 -"}, "spans 50 semitones"),
        ({"melody": "60 " * 129}, "has 17 bars"),
        ({"melody": "60 - 62 -", "metre": 3, "upbeat": 3}, "upbeat of 3"),
        ({"melody": "data:audio/midi;base64,aaa"}, "no MIDI"),
        ({"melody": "data:audio/midi;base64," + base64.b64encode(b"MThd nonsense").decode()}, "no MIDI"),
        ({"melody": "6" * 700_001}, "at most 700000"),
        ({"tempo": 0}, "between 40 and 160"),
        ({"tempo": float("nan")}, "must be a number"),
    ],
)
def test_bad_melodies_get_a_sentence(service, values, says):
    with pytest.raises((BadRequestError, BadFileError), match=says):
        last(service.harmonise(Harmonise(**values)))


def midi_file(notes, ticks=480, channel=0, tempo=500_000) -> bytes:
    """Notes of (pitch, length in ticks), one after the other."""
    file, track = mido.MidiFile(ticks_per_beat=ticks), mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=tempo))
    for pitch, length in notes:
        track.append(mido.Message("note_on", note=pitch, velocity=64, channel=channel))
        track.append(mido.Message("note_off", note=pitch, velocity=0, channel=channel, time=length))
    file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def url_of(data: bytes) -> str:
    return f"data:audio/midi;base64,{base64.b64encode(data).decode()}"


def test_a_midi_file_is_harmonised_as_its_highest_voice(service):
    tune = [(67, 480), (69, 240), (71, 240), (72, 960)]
    assert midi.melody_of(midi_file(tune), 128) == [67, HOLD, 69, 71, 72, HOLD, HOLD, HOLD]
    made = last(service.harmonise(Harmonise(melody=url_of(midi_file(tune, tempo=0)))))
    assert list(made.chorale.voices[0]) == [67, HOLD, 69, 71, 72, HOLD, HOLD, HOLD]
    card = json.loads(saved(service.service, "music_harmonise", Harmonise(melody=url_of(midi_file(tune))), "json"))
    assert card["values"]["melody"] == "67 - 69 71 72 - - -"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no MIDI"),
        (b"RIFF....WAVE", "no MIDI"),
        (midi_file([(60, 480)])[:30], "no MIDI"),
        (midi_file([]), "no notes"),
        (midi_file([(36, 480)] * 4, channel=9), "no notes"),  # drums
        (midi_file([(60 + i % 5, 10) for i in range(midi.NOTES + 1)]), "more than 100000"),
    ],
    ids=["empty", "wav", "cut", "silent", "drums", "many"],
)
def test_bad_midi_gets_a_sentence(data, says):
    with pytest.raises(BadFileError, match=says):
        midi.melody_of(data, 128)


def test_saved_midi_is_opened_by_another_library_and_says_the_same(service, tmp_path):
    request = Harmonise(tempo=90)
    made = last(service.harmonise(request))
    file = mido.MidiFile(file=io.BytesIO(saved(service.service, "music_harmonise", request, "mid")))
    assert [track.name for track in file.tracks[1:]] == ["soprano", "alto", "tenor", "bass"]
    played = sum(message.type == "note_on" for track in file.tracks for message in track)
    assert played == sum(len(midi.notes_of(voice)) for voice in made.chorale.voices)
    assert file.length == pytest.approx(made.chorale.beats * 60 / 90, abs=0.01)
    for voice, track in zip(made.chorale.voices, file.tracks[1:], strict=True):
        alone = mido.MidiFile(ticks_per_beat=file.ticks_per_beat)
        alone.tracks.append(track)
        buffer = io.BytesIO()
        alone.save(file=buffer)
        back = np.array(midi.melody_of(buffer.getvalue(), len(voice)))
        assert (sounding(back) == sounding(voice)[-len(back) :][: len(back)]).all() or (sounding(voice) == REST).any()


def score_of(pitches, metre=4, upbeat=0, fermatas=()) -> Chorale:
    return Chorale(np.array([pitches] * 4), metre, upbeat, frozenset(fermatas))


@pytest.mark.parametrize(("metre", "upbeat"), [(4, 0), (4, 1), (3, 2)])
def test_saved_musicxml_is_read_like_a_score_of_music21s(service, metre, upbeat):
    request = Harmonise(metre=metre, upbeat=upbeat, key="Bm")
    made = last(service.harmonise(request)).chorale
    raw = saved(service.service, "music_harmonise", request, "musicxml")
    root = ElementTree.fromstring(raw)
    head, voices = chorale_files.line_of(root)
    assert head[:2] == [str(metre), str(upbeat)]
    for read, voice in zip(voices, made.voices, strict=True):
        signs = np.array([SIGNS[sign] if sign in SIGNS else int(sign) for sign in read])
        assert (sounding(signs) == sounding(voice)).all() and ((signs > HOLD) == (voice > HOLD)).all()
    assert root.findtext("part/measure/attributes/key/fifths") == "2"
    assert json.loads(root.findtext(".//miscellaneous-field[@name='aigc_demo']"))["checkpoint"] == MODELS[0]
    bars = [sum(int(length.text) for length in bar.iter("duration")) for bar in root.find("part").iter("measure")]
    assert bars[0] == (upbeat or metre) * STEPS and set(bars[1:-1]) == {metre * STEPS}


def test_a_note_over_the_bar_line_is_two_tied_heads():
    root = ElementTree.fromstring(musicxml.write(score_of([REST, *[60], *[HOLD] * 14]), 0, 60))
    notes = root.findall("part[@id='P4']/measure/note")
    assert [note.findtext("type") for note in notes] == ["eighth", "half", "eighth", "whole"]
    assert [len(note.findall("dot")) for note in notes] == [0, 1, 0, 0]
    assert [[tie.get("type") for tie in note.findall("tie")] for note in notes] == [
        [],
        ["start"],
        ["stop", "start"],
        ["stop"],
    ]
    assert notes[0].find("rest") is not None


def test_a_fermata_stands_over_the_head_that_sounds_there():
    voice = [60, HOLD, 62, HOLD, 64, HOLD, HOLD, HOLD]
    root = ElementTree.fromstring(musicxml.write(score_of(voice, fermatas=(1, 3)), 0, 60))
    marked = [[note.find("notations/fermata") is not None for note in part.iter("note")] for part in root.iter("part")]
    assert marked == [[False, True, True], *[[False] * 3] * 3]


@pytest.mark.parametrize(
    ("key", "pitch", "name"),
    [
        ("C", 61, ("C", 1, 4)),
        ("C", 63, ("E", -1, 4)),
        ("C", 59, ("B", 0, 3)),
        ("Am", 68, ("G", 1, 4)),
        ("Db", 61, ("D", -1, 4)),
        ("Ab", 71, ("C", -1, 5)),
        ("F#", 65, ("E", 1, 4)),
        ("Ebm", 71, ("C", -1, 5)),
        ("B", 60, ("B", 1, 3)),
    ],
)
def test_notes_are_spelled_as_the_key_has_them(key, pitch, name):
    assert musicxml.spelled(pitch, KEYS.index(key)) == name


def test_signatures_are_those_of_the_circle_of_fifths():
    assert [musicxml.fifths(key) for key in range(12)] == [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5]
    assert [musicxml.fifths(12 + key) for key in (9, 4, 2, 3)] == [0, 1, -1, -6]


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_saved_sound_is_opened_by_another_library_and_sounds_the_same(service, kind):
    request = Harmonise(melody="69 - - - - - - -", tempo=60)
    made = last(service.harmonise(request))
    raw = saved(service.service, "music_harmonise", request, kind)
    with av.open(io.BytesIO(raw)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (organ.RATE, 1)
        read = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])
        assert json.loads(container.metadata.get("comment") or container.metadata["COMMENT"])["checkpoint"] == MODELS[0]
    sound = organ.play(made.chorale, 60)
    assert len(read) == len(sound) and np.abs(read / 32767 - sound).max() < 1e-4
    if kind == "wav":
        with contextlib.closing(wave.open(io.BytesIO(raw))) as file:
            assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (organ.RATE, 1, len(sound))


def test_a_note_has_the_pitch_that_it_is_called():
    voices = np.array([[69, HOLD, HOLD, HOLD], [REST] * 4, [REST] * 4, [REST] * 4])
    sound = organ.play(Chorale(voices, 4, 0, frozenset()), 60)
    spectrum = np.abs(np.fft.rfft(sound[: 2 * organ.RATE]))
    assert np.argmax(spectrum) / 2 == pytest.approx(440, abs=1)
    assert np.abs(sound).max() < 1 and np.abs(sound[:50]).max() < 0.02


def test_rules_of_voice_leading():
    held = [HOLD, HOLD]
    good = np.array([[72, HOLD, 74, HOLD], [67, HOLD, 67, HOLD], [64, HOLD, 62, HOLD], [48, HOLD, 47, HOLD]])
    assert faults(good) == []
    fifths = np.array([[72, 74, *held], [65, 67, *held], [60, 58, *held], [48, 46, *held]])
    found = [(fault.kind, fault.step, fault.voices) for fault in faults(fifths)]
    assert ("fifths", 1, (0, 1)) in found and ("octaves", 1, (2, 3)) in found and len(found) == 2
    crossed = np.array([[64, *held], [67, *held], [60, *held], [48, *held]])
    assert [(fault.kind, fault.step, fault.voices) for fault in faults(crossed)] == [("crossing", 0, (0, 1))]
    low = np.array([[58, HOLD], [57, HOLD], [55, HOLD], [36, HOLD]])
    assert [(fault.kind, fault.voices) for fault in faults(low)] == [("range", (0,)), ("range", (3,))]
    told = rates([fifths])
    assert (told.fifths, told.octaves, told.crossing, told.range) == (100, 100, 0, 0)


def test_beside_transformers_says_the_same(service):
    made = last(service.beside(Beside(length=40)))
    both = made.both
    assert both.kind == "LlamaForCausalLM" and both.first is None and both.maximum < 1e-3
    assert made.ours == made.theirs and both.same == 40


def test_the_page_is_sent_what_is_new_alone(service):
    values = [step.value for step in service.service.stream("music_write", Write(bars=2)) if step.value]
    assert all(
        later["parts"][: len(now["parts"])] == now["parts"] for now, later in zip(values, values[1:], strict=False)
    )
    places = [place for part in values[-1]["parts"] for place in json.loads(part)]
    assert [place[0] for place in places] == tokens_of(last(service.write(Write(bars=2))))
    assert values[-1]["done"] and values[-1]["steps"] > 0 and json.dumps(values[-1])


def test_evaluation_keeps_the_melody_and_measures_both(service):
    held = tuple(last(service.write(Write(bars=2, seed=seed))).chorale for seed in (1, 2))
    told = evaluation.evaluate(service.store.load(MODELS[0]), held)
    assert told["melody_kept"] == 1 and told["nats_per_token"] > 0
    assert {"fifths", "real_fifths", "nats_soprano", "nats_lower", "real_range"} <= set(told)
    twin = evaluation.evaluate(service.store.load(MODELS[1]), held)
    assert twin["real_fifths"] == told["real_fifths"] and twin["nats_per_token"] != told["nats_per_token"]


@pytest.mark.parametrize(("name", "kind"), [("write", "mid"), ("harmonise", "png"), ("beside", "txt")])
def test_both_programs_can_be_copied(service, name, kind):
    request = {"write": Write(bars=2), "harmonise": Harmonise(), "beside": Beside(length=5)}[name]
    ours, library = Service(service.store).python(f"music_{name}", request)
    assert f"music_{name}" in ours and compile(ours, "ours", "exec")
    assert bool(library) == (name == "beside") and compile(library, "library", "exec")
    assert len(saved(service.service, f"music_{name}", request, kind)) > 100


def test_what_was_measured_stands_beside_bach_with_the_steps_of_each_model():
    with gr.Blocks() as page:
        measured()
    told = page.get_config_file()["components"][0]["props"]["value"]
    for checkpoint in map(catalogue.checkpoint, MODELS):
        known = checkpoint.metrics
        assert f"{known['fifths']:.1f} + {known['octaves']:.1f}" in told
        assert f"{known['real_fifths']:.1f} + {known['real_octaves']:.1f}" in told
        assert f" {checkpoint.steps}⟦shell.comma⟧" in told


def test_four_voices_that_strike_at_every_step_are_not_cut_off():
    voices = np.array([[72] * 16, [67] * 16, [60] * 16, [48] * 16])
    assert 0.1 < np.abs(organ.play(Chorale(voices, 16, 0, frozenset()), 200)).max() < 0.95
