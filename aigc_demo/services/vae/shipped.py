"""Make what ships with the autoencoders' tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.vae.shipped            everything
    python -m aigc_demo.services.vae.shipped plane walk   some of it

Run it after new weights; assets/examples/ then holds

    vae-plane.safetensors    decoders of the four 2-D models and the codes of test digits, for the browser
    vae-betas.json           what every trained beta costs and keeps, over all test digits
    vae-anomaly.json         bounds on log p(x) of test digits, in order
    vae-digits-<name>.json   the first result of every inner tab with its defaults, and its sheet
    vae-digits-vae-run.json  a moving picture for the landing view

The first three need MNIST on this machine: `python -m aigc_demo.data fetch mnist`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.models.vae import VAE, bound
from aigc_demo.services.shipping import make, write
from aigc_demo.services.vae import checkpoints, requests, sheets
from aigc_demo.services.vae.requests import BETAS, KINDS, Plane
from aigc_demo.services.vae.service import CODES, VAEService, create

POINTS = 2000  # test digits on the plane
BOUNDED = 1000  # test digits whose bound is kept
DEAD = 0.01  # nats: a dimension that says less on average says nothing
BATCH = 500
FIRST: dict[str, Any] = {
    "rebuild": requests.Rebuild(),
    "walk": requests.Walk(),
    "draw": requests.Draw(),
    "beta": requests.Beta(),
    "shapes": requests.Shapes(),
    "anomaly": requests.Anomaly(),
    "beside": requests.Beside(),
}
PANES, FRAMES, RADIUS = ("ae", "vae", "beta4"), 36, 1.6  # of the moving picture: a circle on the plane


def test_digits(count: int) -> tuple[Tensor, Tensor]:
    """The first test digits (count, 1, 28, 28) in [0, 1] and their labels (count,)."""
    images, labels = digits.load(present("mnist"), "test")
    return images[:count].float() / 255, labels[:count]


def linears(network: nn.Sequential) -> Iterator[nn.Linear]:
    """Its linear layers, in order."""
    yield from (layer for layer in network if isinstance(layer, nn.Linear))


@torch.inference_mode()
def plane(service: VAEService, folder: Path) -> None:
    """Decoders and codes, in half precision."""
    x, labels = test_digits(POINTS)
    tensors: dict[str, Tensor] = {"labels": labels.to(torch.uint8)}
    for kind in KINDS:
        model = service.model(checkpoints.of_kind(kind, 2))
        q = model.encode(x.to(service.store.device), labels.to(service.store.device))
        tensors[f"{kind}.points"] = q.mean
        if model.config.variational:
            tensors[f"{kind}.deviations"] = q.deviation
        for place, layer in enumerate(linears(model.decoder)):
            tensors |= {f"{kind}.{place}.weight": layer.weight, f"{kind}.{place}.bias": layer.bias}
    path = folder / "vae-plane.safetensors"
    halves = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    save_file({name: tensor.cpu().contiguous() for name, tensor in halves.items()}, path)
    path.chmod(0o644)  # safetensors writes 0600, which another user of the container cannot read


@torch.inference_mode()
def spent(model: VAE, images: Tensor) -> dict[str, Any]:
    """What a model keeps of pictures (N, 1, 28, 28) and what that costs, in nats, as evaluation/ measures it."""
    generator = torch.Generator().manual_seed(0)
    nats, kl = [], []
    for x in torch.split(images, BATCH):
        q = model.encode(x)
        z = q.sample(torch.randn(q.mean.shape, generator=generator))
        nats.append(-model.log_likelihood(x, model.decode(z)))
        kl.append(q.kl())
    dimensions = torch.cat(kl).mean(0)
    return {
        "reconstruction_nats": round(float(torch.cat(nats).mean()), 3),
        "kl_nats": round(float(dimensions.sum()), 3),
        "kl_dimensions": [round(float(dimension), 4) for dimension in dimensions],
        "dead_dimensions": int((dimensions < DEAD).sum()),
    }


def betas(service: VAEService, folder: Path) -> None:
    """The test set at every trained beta."""
    images, _ = test_digits(10_000)
    runs = [{"beta": beta, **spent(service.model(checkpoints.of_beta(beta)), images)} for beta in BETAS]
    write(folder / "vae-betas.json", {"runs": runs, "dead_below": DEAD, "digits": len(images)})


@torch.inference_mode()
def anomaly_bounds(service: VAEService, folder: Path) -> None:
    """How likely real digits are, for others to be compared with."""
    images, _ = test_digits(BOUNDED)
    model = service.model(checkpoints.of_beta(1))
    generator = torch.Generator().manual_seed(0)
    found = []
    for x in torch.split(images, 100):
        noise = torch.randn(CODES, len(x), model.config.latent, generator=generator)
        found.append(bound(model.log_weights(x, noise)))
    bounds = [round(float(nats), 2) for nats in torch.cat(found).sort().values]
    write(folder / "vae-anomaly.json", {"bounds": bounds, "codes": CODES})


def moving(service: VAEService, folder: Path) -> None:
    """One point going round on the plane, as three models decode it: a column per moment, a row per model."""
    turns = [2 * math.pi * i / FRAMES for i in range(FRAMES)]
    moments = [service.plane(Plane(x=RADIUS * math.cos(turn), y=RADIUS * math.sin(turn))) for turn in turns]
    columns = [np.concatenate([moment[KINDS.index(kind)] for kind in PANES]) for moment in moments]
    name = checkpoints.of_beta(1)
    (folder / f"{name}-run.png").write_bytes(sheets.sheet(columns))
    value = {"sheets": [f"{name}-run.png"], "counts": [FRAMES], "panes": list(PANES), "levels": [-1] * FRAMES}
    used = [checkpoints.of_kind(kind, 2) for kind in PANES]
    write(folder / f"{name}-run.json", {**value, "w": 28, "h": 28, **service.facts(*used)})


def first(name: str, service: VAEService, folder: Path) -> None:
    """The first result of an inner tab."""
    request = FIRST[name]
    made = getattr(service, name)(request)
    if isinstance(made, Iterator):
        *_, step = made
        made = step.value
    sheet, facts = sheets.value(made)
    used = checkpoints.used(request)
    weights = {"checkpoint": used[0], "sha256": service.store.sha256(used[0]), **service.facts(*used)}
    file = f"vae-digits-{name}.png"
    (folder / file).write_bytes(sheet)
    plain = {"sheets": [file], **facts, **weights, "values": asdict(request), "seed": getattr(request, "seed", None)}
    write(folder / f"vae-digits-{name}.json", plain)


def main() -> None:
    makers: dict[str, Callable[[VAEService, Path], None]] = {
        "plane": plane,
        "betas": betas,
        "bounds": anomaly_bounds,  # before the anomaly, which is ranked among them
        **{name: partial(first, name) for name in FIRST},
        "run": moving,
    }
    make(__doc__, makers, create)


if __name__ == "__main__":
    main()
