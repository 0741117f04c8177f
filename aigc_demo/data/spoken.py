"""Free Spoken Digit Dataset: 3,000 recordings of the digits 0 to 9 in English by six speakers, 8 kHz, mono.

Jackson et al., "Free Spoken Digit Dataset", v1.0.10, 2020. Licence CC BY-SA 4.0. Takes 0 to 4 are the test split, as
its authors say. Kept are all samples one after the other, and a line per recording: digit, speaker, take, samples.

A clip is LENGTH samples: a recording from its first sample, silence behind it; of longer ones (2 %) the start.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aigc_demo.data.spoken_files import SAMPLES, TABLE

LENGTH = 6144  # samples of a clip, 0.768 s
TESTED = 5  # takes below are the test split


@dataclass(frozen=True)
class Recordings:
    """The recordings of one split."""

    clips: Tensor  # (N, LENGTH) float in [-1, 1], the largest sample of each is 1
    digits: Tensor  # (N,) int64
    names: tuple[str, ...]  # "7_lucas_12": digit, speaker, take


def clip(samples: Tensor) -> Tensor:
    """Samples (N,) of any scale -> (LENGTH,), the largest 1, cut or followed by silence; silence stays silence."""
    kept = samples[:LENGTH].float()
    loudest = kept.abs().max() if len(kept) else torch.tensor(0.0)
    kept = kept / loudest if loudest > 0 else kept
    return torch.nn.functional.pad(kept, (0, LENGTH - len(kept)))


def table(folder: Path) -> list[list[str]]:
    """Digit, speaker, take and number of samples of every recording."""
    return [line.split("\t") for line in (folder / TABLE).read_text().splitlines()]


def recording(folder: Path, name: str) -> Tensor:
    """The samples (N,) of the recording called "7_lucas_12", as they were recorded; KeyError where there is none."""
    start = 0
    for *names, count in table(folder):
        if "_".join(names) == name:
            samples = np.load(folder / SAMPLES, mmap_mode="r")
            return torch.from_numpy(np.array(samples[start : start + int(count)]))
        start += int(count)
    raise KeyError(name)


def load(folder: Path, split: str) -> Recordings:
    """The recordings of the split "train" or "test"."""
    samples = torch.from_numpy(np.load(folder / SAMPLES))
    rows = table(folder)
    pieces = torch.split(samples, [int(row[3]) for row in rows])
    chosen = [i for i, row in enumerate(rows) if (int(row[2]) < TESTED) == (split == "test")]
    return Recordings(
        torch.stack([clip(pieces[i]) for i in chosen]),
        torch.tensor([int(rows[i][0]) for i in chosen]),
        tuple("_".join(rows[i][:3]) for i in chosen),
    )
