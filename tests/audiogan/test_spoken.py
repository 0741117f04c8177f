"""Spoken digits: the reader of the data set, where it comes from, and spectrograms and back."""

import dataclasses
import hashlib
import subprocess
import wave

import numpy as np
import pytest
import torch

from aigc_demo.core.errors import UnavailableError
from aigc_demo.data import fetch, spectrogram, spoken
from aigc_demo.data.sets import DATA_SETS
from aigc_demo.data.spoken_files import RATE, pack_recordings

TONE = (0.5 * np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE)).astype(np.float32)  # a second of 440 Hz


def test_a_picture_becomes_a_sound_with_that_picture():
    clip = spoken.clip(torch.from_numpy(TONE[:3000].copy()))[None]
    picture = spectrogram.picture(clip)
    assert picture.shape == (1, 1, 64, 64) and picture.max() > 0.5 and picture.min() == -1
    found = spectrogram.wave(picture)
    assert found.shape == (1, spoken.LENGTH) and found.abs().max() == pytest.approx(0.9)
    again = spectrogram.picture(found / found.abs().max())
    heard = picture > -0.5
    assert (again - picture)[heard].abs().mean() < 0.15
    torch.testing.assert_close(found, spectrogram.wave(picture))
    few = spectrogram.picture(spectrogram.wave(picture, rounds=0) / 0.9)
    assert (again - picture)[heard].abs().mean() < (few - picture)[heard].abs().mean()  # iterations help


def test_silence_stays_silent():
    silent = torch.zeros(1, spoken.LENGTH)
    assert (spectrogram.picture(silent) == -1).all()
    assert (spectrogram.wave(torch.full((1, 1, 64, 64), -1.0)) == 0).all()


def test_low_tones_lie_low_in_the_picture():
    rows = []
    for frequency in (300, 1000, 3000):
        sound = torch.sin(torch.arange(spoken.LENGTH) * 2 * torch.pi * frequency / RATE)[None]
        rows.append(int(spectrogram.picture(sound)[0, 0].mean(1).argmax()))
    assert rows == sorted(rows, reverse=True) and rows[0] - rows[2] > 30


def recordings(folder):
    """Four recordings in a folder."""
    folder.mkdir(parents=True)
    for i, name in enumerate(("3_ann_0", "3_ann_7", "8_bob_4", "8_bob_12")):
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes((TONE[: 1000 * (i + 1)] * 32767).round().astype("<i2").tobytes())


def test_recordings_are_packed_and_split_by_take(tmp_path):
    recordings(tmp_path / "in")
    pack_recordings(tmp_path / "in", tmp_path)
    train, test = (spoken.load(tmp_path, split) for split in ("train", "test"))
    assert test.names == ("3_ann_0", "8_bob_4") and train.names == ("3_ann_7", "8_bob_12")
    assert train.digits.tolist() == [3, 8] and train.clips.shape == (2, spoken.LENGTH)
    assert (train.clips.abs().amax(1) == 1).all()
    assert (test.clips[0, 1000:] == 0).all() and test.clips[0, :1000].abs().max() == 1
    torch.testing.assert_close(spoken.clip(spoken.recording(tmp_path, "8_bob_12")), train.clips[1])
    with pytest.raises(KeyError):
        spoken.recording(tmp_path, "9_eve_3")


def test_the_recordings_come_out_of_a_repository(tmp_path, monkeypatch):
    source = tmp_path / "lab" / "digits"
    recordings(source / "recordings")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "x"], ["tag", "v1"]):
        subprocess.run(["git", "-C", str(source), *command], check=True)
    pack_recordings(source / "recordings", tmp_path)
    sums = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in DATA_SETS["fsdd"].files}
    repository = dataclasses.replace(DATA_SETS["fsdd"].repository, name="lab/digits", tag="v1")
    monkeypatch.setitem(DATA_SETS, "fsdd", dataclasses.replace(DATA_SETS["fsdd"], files=sums, repository=repository))
    monkeypatch.setattr(fetch, "GITHUB", f"file://{tmp_path}")
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path / "data"))
    folder = fetch.fetch("fsdd")
    assert sorted(file.name for file in folder.iterdir()) == sorted(sums)
    (folder / "samples.npy").unlink()
    repository = dataclasses.replace(repository, tag="v2")
    monkeypatch.setitem(DATA_SETS, "fsdd", dataclasses.replace(DATA_SETS["fsdd"], repository=repository))
    with pytest.raises(UnavailableError, match="git: "):
        fetch.fetch("fsdd")
