"""What the parts of the text VAE tab share: shipped results, badges, formats, the paper."""

import json
import time
from pathlib import Path
from typing import Any

from aigc_demo.services import home
from aigc_demo.services.textvae import checkpoints
from aigc_demo.ui.widgets import badge

FORMATS = ("txt", "html", "png", "json")
PAPER = {
    "Bowman et al., Generating Sentences from a Continuous Space, 2015": "https://arxiv.org/abs/1511.06349",
}


def shipped(name: str, folder: Path = home.EXAMPLES) -> dict[str, Any] | None:
    """The first result of a use-case that ships; None when it is not there."""
    try:
        found: dict[str, Any] = json.loads((folder / f"{checkpoints.VERSE}-{name}.json").read_text("utf-8"))
        return found
    except (OSError, ValueError):
        return None


def live_badge(service: Any, request: Any, began: float) -> dict[str, Any]:
    """Device, time and number of weights of what was just computed."""
    milliseconds = (time.perf_counter() - began) * 1000
    return badge("live", ms=milliseconds, seed=request.seed, **service.facts(*checkpoints.used(request)))
