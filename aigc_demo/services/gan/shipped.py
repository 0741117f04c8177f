"""Make the recorded training that ships with the page, for the landing card and the first look at the tab.

    python -m aigc_demo.services.gan.shipped

Trains with the request's defaults and writes frames of it to assets/examples/gan-points-run.json.
"""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.services.gan import pictures
from aigc_demo.services.gan.frames import Watcher
from aigc_demo.services.gan.live import Training
from aigc_demo.services.gan.points import mean_losses
from aigc_demo.services.gan.requests import Points

logger = logging.getLogger(__name__)
FRAMES = 48
CROWDED = 1.6  # power of time: early frames, in which most happens, stand closer


def stops(steps: int, frames: int = FRAMES) -> list[int]:
    """The turns after which a frame is kept, the untrained one first."""
    return sorted({round(steps * (i / (frames - 1)) ** CROWDED) for i in range(frames)})


def recorded(request: Points, frames: int = FRAMES) -> dict[str, Any]:
    """A training as the page's script plays it."""
    training = Training(request)
    watcher = Watcher(training)
    made = [watcher.frame((float("nan"), float("nan")))]
    for stop in stops(request.turns, frames)[1:]:
        made.append(watcher.frame(mean_losses([training.advance() for _ in range(stop - training.step)])))
    models = (training.generator, training.critic)
    return {
        "seed": request.seed,
        "parameters": sum(part.numel() for model in models for part in model.parameters()),
        "values": asdict(request),
        "real": pictures.packed(made[0].real),
        "floor": pictures.known(made[0].floor),
        "frames": [pictures.wire(frame) for frame in made],
    }


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    path = Path(ASSETS) / "examples" / "gan-points-run.json"
    run = recorded(Points())
    path.write_text(json.dumps(run) + "\n")
    last = run["frames"][-1]
    logger.info(
        "%d frames, distance %s (floor %s), %d modes", len(run["frames"]), last["distance"], run["floor"], last["modes"]
    )


if __name__ == "__main__":
    main()
