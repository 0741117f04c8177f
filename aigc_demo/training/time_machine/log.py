"""What a run has left in its folder: lines of the log, and weights at moments."""

import bisect
import json
from pathlib import Path

POINTS = 200  # most points of a loss curve

Line = dict[str, float]


def read_log(path: Path) -> list[Line]:
    """Lines of a training log, by rising number of pictures."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return sorted(lines, key=lambda line: line["pictures"])


def thin(lines: list[Line], most: int = POINTS) -> list[Line]:
    """At most `most` of the lines, evenly chosen, the first and the last among them."""
    if len(lines) <= most:
        return lines
    return [lines[round(i * (len(lines) - 1) / (most - 1))] for i in range(most)]


def minutes_at(pictures: float, lines: list[Line]) -> float:
    """Minutes of training after so many pictures, between the lines of the log."""
    known = [{"pictures": 0.0, "minutes": 0.0}, *lines]
    after = min(bisect.bisect_left([line["pictures"] for line in known], pictures), len(known) - 1)
    before = known[max(after - 1, 0)]
    span = known[after]["pictures"] - before["pictures"]
    way = min((pictures - before["pictures"]) / span, 1.0) if span else 1.0
    return round(before["minutes"] + way * (known[after]["minutes"] - before["minutes"]), 2)


def moments(run: Path, shipped: Path, lines: list[Line]) -> list[tuple[int, Path]]:
    """(pictures seen, weights) of every snapshot, and of the finished model."""
    taken = [(int(path.stem.partition("-")[2]), path) for path in sorted(run.glob("snapshot-*.safetensors"))]
    return [*taken, (int(lines[-1]["pictures"]), shipped)] if lines else taken
