"""Make what ships with the GAN tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.gan.shipped              everything
    python -m aigc_demo.services.gan.shipped draw walk      some of it

Run it after new weights; assets/examples/ then holds

    gan-points-run.json        frames of a training on points with the request's defaults, also for the landing view
    emoji-portraits.png        96 of the faces and animals that gan-colour was trained on, for its critic
    gan-digits-<name>.json     the first result of every inner tab with its defaults, and its sheet
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch

from aigc_demo.data import emoji
from aigc_demo.data.fetch import present
from aigc_demo.services.gan import checkpoints, pictures, requests, sheets
from aigc_demo.services.gan.frames import Watcher
from aigc_demo.services.gan.live import Training
from aigc_demo.services.gan.points import mean_losses
from aigc_demo.services.gan.requests import Points
from aigc_demo.services.gan.service import GANService, create
from aigc_demo.services.shipping import make, write

logger = logging.getLogger(__name__)
FRAMES = 48
PORTRAITS = 48  # of each vendor
CROWDED = 1.6  # power of time: early frames, in which most happens, stand closer
FIRST: dict[str, tuple[str, Any]] = {  # name -> the use-case that makes it, and its request
    "draw": ("draw", requests.Draw()),
    "walk": ("walk", requests.Walk()),
    "mix": ("mix", requests.Mix()),
    "pool": ("draw", requests.POOL),
    "classes": ("classes", requests.Classes()),
    "morph": ("morph", requests.Morph()),
    "critic": ("critic", requests.Critic()),
    "compare": ("compare", requests.Compare()),
}


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


def points(service: GANService, folder: Path) -> None:
    """The training on points."""
    run = recorded(Points())
    write(folder / "gan-points-run.json", run)
    last = run["frames"][-1]
    logger.info("distance %s (floor %s), %d modes", last["distance"], run["floor"], last["modes"])


def portraits(service: GANService, folder: Path) -> None:
    """As many of Twitter's portraits as of Google's, evenly chosen."""
    data = present("emoji")
    chosen = [place for place, name in enumerate(emoji.names(data, "train")) if emoji.portrait(name)]
    some = [chosen[round(i * (len(chosen) - 1) / (PORTRAITS - 1))] for i in range(PORTRAITS)]
    both = [emoji.pictures(data, vendor, "train")[some] for vendor in emoji.VENDORS]
    emoji.write_samples(torch.cat(both), folder / "emoji-portraits.png")


def first(name: str, service: GANService, folder: Path) -> None:
    """The first result of an inner tab."""
    use_case, request = FIRST[name]
    sheet, facts = sheets.value(getattr(service, use_case)(request))
    used = checkpoints.used(request)
    weights = {"checkpoint": used[0], "sha256": service.store.sha256(used[0]), **service.facts(*used)}
    file = f"gan-digits-{name}.png"
    (folder / file).write_bytes(sheet)
    seed = next((value for field, value in asdict(request).items() if field.startswith("seed")), None)
    plain = {"sheets": [file], **facts, **weights, "values": asdict(request), "seed": seed}
    write(folder / f"gan-digits-{name}.json", plain)


def main() -> None:
    makers: dict[str, Callable[[GANService, Path], None]] = {
        "points": points,
        "portraits": portraits,
        **{name: partial(first, name) for name in FIRST},
    }
    make(__doc__, makers, create)


if __name__ == "__main__":
    main()
