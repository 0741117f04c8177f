"""Sounds in and out: the data set's reader, spectrograms and back, files of every kind, and bad ones."""

import base64
import io
import struct
import wave

import numpy as np
import pytest
import soundfile

from aigc_demo.core.errors import BadFileError
from aigc_demo.data import sound_files, spoken
from aigc_demo.data.media import comment
from aigc_demo.data.spoken_files import RATE

TONE = (0.5 * np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE)).astype(np.float32)  # a second of 440 Hz


def riff(samples, rate, bits, kind=1):
    """A WAV file by hand: samples (N, channels) in [-1, 1] as whole numbers of `bits`, or with kind 3 as float32."""
    if kind == 3:
        data = samples.astype("<f4").tobytes()
    else:
        whole = (samples * (2 ** (bits - 1) - 1)).astype("<i4").ravel()
        data = b"".join(struct.pack("<i", value)[: bits // 8] for value in whole)
    channels, width = samples.shape[1], bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * channels * width, channels * width, bits)
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def tone(rate, channels):
    """A second of 440 Hz at half of full scale, the same in every channel."""
    return np.repeat(0.5 * np.sin(np.arange(rate) * 2 * np.pi * 440 / rate)[:, None], channels, axis=1)


@pytest.mark.parametrize(
    ("rate", "channels", "bits", "kind"), [(96_000, 2, 24, 1), (44_100, 1, 32, 3), (8_000, 2, 16, 1)]
)
def test_any_rate_width_and_number_of_channels_becomes_the_same_sound(rate, channels, bits, kind):
    found = sound_files.open_sound(riff(tone(rate, channels), rate, bits, kind))
    assert found.dtype == np.float32 and abs(len(found) - RATE) <= 64
    middle = slice(1000, 7000)
    spectrum = np.abs(np.fft.rfft(found[middle]))
    assert spectrum.argmax() * RATE / 6000 == pytest.approx(440, abs=2)
    assert np.abs(found[middle]).max() == pytest.approx(0.5, abs=0.01)  # two channels are no louder than one


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_a_saved_sound_comes_back_with_its_text(kind, tmp_path):
    text = '{"aigc_demo": 1, "words": "七 <é>"}'
    file = tmp_path / "saved"
    file.write_bytes(sound_files.encoded(TONE, kind, text))
    assert np.abs(sound_files.open_sound(file.read_bytes()) - TONE).max() <= 1 / 32767
    assert comment(file) == text


def test_another_library_reads_the_same_samples_out_of_both():
    found = [soundfile.read(io.BytesIO(sound_files.encoded(TONE, kind))) for kind in ("wav", "flac")]
    assert all(rate == RATE and samples.shape == TONE.shape for samples, rate in found)
    np.testing.assert_array_equal(found[0][0], found[1][0])
    assert np.abs(found[0][0] - TONE).max() <= 2 / 32767


def test_the_standard_library_reads_a_saved_wav():
    with wave.open(io.BytesIO(sound_files.encoded(TONE, "wav", "a text"))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    np.testing.assert_array_equal(samples, (TONE * 32767).round())


BAD = {
    "not_a_sound": b"Dear diary, this is a text.",
    "sound_empty": sound_files.encoded(np.zeros(0, np.float32), "wav"),
    "sound_silent": sound_files.encoded(np.zeros(RATE, np.float32), "wav"),
    "sound_long": sound_files.encoded(np.tile(TONE, 600), "flac"),  # ten minutes
    "sound_not_finite": riff(np.array([[0.0], [np.nan], [0.5]] * 100), RATE, 32, 3),
}


@pytest.mark.parametrize("key", BAD)
def test_what_cannot_be_heard_is_one_sentence(key):
    with pytest.raises(BadFileError) as refused:
        sound_files.open_sound(BAD[key])
    assert refused.value.key == key


def test_nothing_at_all_is_an_empty_recording():
    with pytest.raises(BadFileError) as refused:
        sound_files.open_sound(b"")
    assert refused.value.key == "sound_empty"


@pytest.mark.parametrize("url", ["", "data:audio/wav;base64,&&&", "data:image/png;base64,AAAA", "data:audio/wav,AAAA"])
def test_what_is_no_data_url_of_a_sound_is_refused(url):
    with pytest.raises(BadFileError) as refused:
        sound_files.from_data_url(url)
    assert refused.value.key == "not_a_sound"


def test_a_data_url_is_read_whatever_a_browser_calls_it():
    text = base64.b64encode(sound_files.encoded(TONE, "wav")).decode()
    for kind in ("audio/wav", "video/webm", "application/octet-stream"):
        assert len(sound_files.from_data_url(f"data:{kind};base64,{text}")) == RATE


def test_a_sound_must_be_finite_before_it_is_written():
    with pytest.raises(ValueError, match="finite"):
        sound_files.encoded(np.array([0.0, np.inf], np.float32), "wav")


def test_clipping_is_noticed_and_a_loud_tone_is_not():
    assert sound_files.clipped((4 * TONE).clip(-1, 1))
    assert not sound_files.clipped(1.9 * TONE)


def test_the_spoken_part_begins_where_it_is_loud():
    long = np.concatenate([np.full(2 * RATE, 1e-3, np.float32), TONE[: RATE // 2], np.zeros(RATE, np.float32)])
    part = sound_files.spoken_part(long, spoken.LENGTH)
    assert len(part) == spoken.LENGTH and np.abs(part[:100]).max() > 0.1
    np.testing.assert_array_equal(
        sound_files.spoken_part(TONE, 2 * RATE)[:100], TONE[1:101]
    )  # short ones from the first
