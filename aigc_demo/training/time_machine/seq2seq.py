"""The time machine of the couplets: what three upper lines were answered at moments of a training.

The moments come from answers.jsonl, which the training wrote.
"""

import json
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.training.seq2seq import RECIPES

IDS = tuple(RECIPES)


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], None]:
    """What the page shows of a training: minutes and costs rounded, and the number of weights."""
    moments = [json.loads(line) for line in (run / "answers.jsonl").read_text("utf-8").splitlines()]
    for moment in moments:
        moment |= {"minutes": round(moment["minutes"], 2), "held_out": round(moment["held_out"], 4)}
    return {"moments": moments, "device": "CPU", "parameters": entry.parameters}, None
