"""Music by the instruments of a General MIDI sound font: MIDI bytes in, samples out, by the program FluidSynth.

Both are optional installs: the program `fluidsynth` on PATH, and a font, AIGC_SOUND_FONT or where systems put one. The
program reads and writes in a folder of its own, needs no audio device and gets TIMEOUT seconds.
"""

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from aigc_demo.core.errors import UnavailableError

PROGRAM = "fluidsynth"
VARIABLE = "AIGC_SOUND_FONT"
ORGAN = "organ"  # ours, see organ.py: it needs neither
PROGRAMS = {ORGAN: 19, "piano": 0, "harpsichord": 6, "church_organ": 19, "strings": 48, "choir": 52, "brass": 61}
FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "/usr/local/share/soundfonts",
)
FONTS = ("default-GM.sf2", "default.sf2", "FluidR3_GM.sf2", "FluidR3_GM2-2.sf2", "TimGM6mb.sf2")
RATE = 44_100  # samples a second of a piece
TIMEOUT = 60  # seconds of the program
PEAK = 0.8  # of full scale, of all that is rendered
SILENT = 1e-4  # of full scale: what stays below is no sound
TAIL = 2.5  # seconds after the last note, at most

LOW, HIGH, EVERY = 36, 84, 3  # MIDI pitches of a scale, as organ.js cuts it
HELD, SLOT = 4.0, 5.0  # seconds that each is held, and from one to the next
SCALE_RATE = 22_050


def font() -> Path | None:
    """The sound font of this machine; None where there is none. AIGC_SOUND_FONT alone counts where it is set."""
    named = os.environ.get(VARIABLE, "")
    places = [Path(named)] if named else [Path(folder) / name for folder in FOLDERS for name in FONTS]
    return next((place for place in places if is_font(place)), None)


def is_font(place: Path) -> bool:
    """Whether a file begins as sound fonts do: the program would take another font in place of one that does not."""
    try:
        with place.open("rb") as file:
            head = file.read(12)
    except (OSError, ValueError):  # no such file, or no name of one
        return False
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def available() -> bool:
    """Whether instruments of a sound font can be heard here."""
    return shutil.which(PROGRAM) is not None and font() is not None


def needed(instrument: str) -> None:
    """UnavailableError, which says what to install, where this machine cannot play the instrument."""
    if instrument != ORGAN and not available():
        raise missing()


def missing() -> UnavailableError:
    """What is to be said where there is no program or no font."""
    if os.environ.get(VARIABLE) and font() is None:
        return UnavailableError("music.font_wrong", variable=VARIABLE)
    return UnavailableError("music.font_missing")


def render(midi: bytes, seconds: float, rate: int = RATE) -> np.ndarray:
    """A MIDI file as samples (N,) float32 at `rate`, mono, scaled to PEAK; its music ends after so many seconds.

    UnavailableError where there is no program or font, where it fails or takes too long, and where nothing sounds.
    """
    program, instruments = shutil.which(PROGRAM), font()
    if program is None or instruments is None:
        raise missing()
    with tempfile.TemporaryDirectory(prefix="aigc_font-") as folder:
        piece, sound, settings = (Path(folder) / name for name in ("piece.mid", "piece.wav", "settings"))
        piece.write_bytes(midi)
        settings.write_bytes(b"")  # else it runs the commands of a file in the user's folder
        kind = ["-q", "-n", "-i", "-f", str(settings), "-T", "wav", "-O", "float", "-r", str(rate), "-g", "0.6"]
        try:
            subprocess.run(
                [program, *kind, "-F", str(sound), str(instruments.resolve()), str(piece)],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT,
                check=True,
            )
            samples = opened(sound.read_bytes())
        except (OSError, subprocess.SubprocessError, ValueError):
            raise UnavailableError("music.font_failed") from None
    samples = samples[: int((seconds + TAIL) * rate)]
    if not len(samples) or not np.isfinite(samples).all() or (peak := float(np.abs(samples).max())) < SILENT:
        raise UnavailableError("music.font_failed")
    heard = int(np.flatnonzero(np.abs(samples) > SILENT * peak)[-1]) + 1
    samples = samples[: max(heard, int(seconds * rate))]
    scaled: np.ndarray = (samples * (PEAK / peak)).astype(np.float32)
    return scaled


def opened(data: bytes) -> np.ndarray:
    """A WAV file as samples (N,) float32, the mean of its channels; ValueError where it is none."""
    import av

    try:
        with av.open(io.BytesIO(data), "r", format="wav") as container:
            pieces = [channels(frame) for frame in container.decode(audio=0)]
    except (av.FFmpegError, IndexError, EOFError):
        raise ValueError("no WAV file") from None
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def channels(frame: Any) -> np.ndarray:
    """The mean of a frame's channels, (N,) float32; whole numbers as shares of full scale."""
    values = frame.to_ndarray()
    full = np.iinfo(values.dtype).max if values.dtype.kind == "i" else 1
    count = frame.layout.nb_channels
    apart = values if frame.format.is_planar else values.reshape(-1, count).T
    mean: np.ndarray = (apart.mean(0) / full).astype(np.float32)
    return mean


def layout() -> str:
    """What a scale hangs on besides instrument and font."""
    return f"{LOW} {HIGH} {EVERY} {HELD} {SLOT} {SCALE_RATE} {PEAK}"


def scale(instrument: str) -> np.ndarray:
    """The pitches from LOW to HIGH, one every SLOT seconds, (N,) float32 at SCALE_RATE: a browser plays notes of it."""
    import mido

    beat = 480  # ticks, of half a second
    track = mido.MidiTrack([mido.Message("program_change", program=PROGRAMS[instrument])])
    pitches = range(LOW, HIGH + 1, EVERY)
    held, rest = int(2 * HELD * beat), int(2 * (SLOT - HELD) * beat)
    for place, pitch in enumerate(pitches):
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=rest if place else 0))
        track.append(mido.Message("note_off", note=pitch, velocity=0, time=held))
    file = mido.MidiFile(ticks_per_beat=beat)
    file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    samples = render(buffer.getvalue(), len(pitches) * SLOT, SCALE_RATE)
    whole = np.zeros(int(len(pitches) * SLOT * SCALE_RATE), np.float32)
    whole[: len(samples)] = samples[: len(whole)]
    return whole
