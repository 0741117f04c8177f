"""The recordings of spoken digits (data/spoken.py) as the two files that are kept of them."""

import io
import wave
from pathlib import Path

import numpy as np

RATE = 8000  # samples a second
SAMPLES, TABLE = "samples.npy", "recordings.tsv"


def pack_recordings(folder: Path, target: Path) -> None:
    """The WAV files of a folder as SAMPLES, int16, and TABLE; ValueError for a file of another rate or width."""
    rows, pieces = [], []
    for path in sorted(folder.glob("*.wav")):
        with wave.open(io.BytesIO(path.read_bytes())) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
                raise ValueError(f"{path.name} is not mono of 16 bits at {RATE} Hz")
            pieces.append(np.frombuffer(file.readframes(file.getnframes()), "<i2"))
        digit, speaker, take = path.stem.split("_")
        rows.append(f"{digit}\t{speaker}\t{take}\t{len(pieces[-1])}\n")
    if not pieces:
        raise ValueError("there are no recordings")
    np.save(target / SAMPLES, np.concatenate(pieces))
    (target / TABLE).write_bytes("".join(rows).encode())
