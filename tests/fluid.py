"""A stand-in for FluidSynth and its sound font, so that what is around them is tried on every machine."""

import os
import sys
from pathlib import Path

SOURCE = """#!{python}
import sys, time, wave
import mido, numpy as np
asked = sys.argv[1:]
rate, target, (font, piece) = int(asked[asked.index("-r") + 1]), asked[asked.index("-F") + 1], asked[-2:]
assert "-a" not in asked and open(font, "rb").read(4) == b"RIFF"
manner = "{manner}"
if manner == "slow":
    time.sleep(60)
if manner == "fails":
    sys.exit(3)
length = mido.MidiFile(piece).length
sound = np.sin(2 * np.pi * 440 * np.arange(int((length + 1) * rate)) / rate) * 8000 * (manner != "silent")
if manner != "nothing":
    with wave.open(target, "wb") as file:
        file.setnchannels(2), file.setsampwidth(2), file.setframerate(rate)
        file.writeframes(np.stack([sound, sound], 1).astype("<i2").tobytes())
"""


def stand_in(folder: Path, manner: str = "plays") -> dict[str, str]:
    """Write both below a folder; the environment in which they are found."""
    places = folder / "bin"
    places.mkdir(exist_ok=True)
    program, font = places / "fluidsynth", folder / "font.sf2"
    program.write_text(SOURCE.format(python=sys.executable, manner=manner))
    program.chmod(0o755)
    font.write_bytes(b"RIFF\0\0\0\0sfbk")
    return {"PATH": f"{places}{os.pathsep}{os.environ['PATH']}", "AIGC_SOUND_FONT": str(font)}
