"""What the autoencoders' page reads beside its first results; `python -m aigc_demo.services vae` writes it.

assets/examples/ then holds

    vae-plane.safetensors  decoders of the four 2-D models and the codes of test digits, for the browser
    vae-betas.json         what every trained beta costs and keeps, over all test digits
    vae-anomaly.json       bounds on log p(x) of test digits, in order

All of it needs MNIST on this machine: `python -m aigc_demo.data fetch mnist`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.models.vae import VAE, bound
from aigc_demo.services.first_results import write
from aigc_demo.services.service import Service
from aigc_demo.services.vae.anomaly import CODES
from aigc_demo.services.vae.autoencoders import model_of
from aigc_demo.services.vae.beta import DEAD
from aigc_demo.services.vae.requests import BETAS, KINDS, of_beta, of_kind

POINTS = 2000  # test digits on the plane
BOUNDED = 1000  # test digits whose bound is kept
BATCH = 500


def test_digits(count: int) -> tuple[Tensor, Tensor]:
    """The first test digits (count, 1, 28, 28) in [0, 1] and their labels (count,)."""
    images, labels = digits.load(present("mnist"), "test")
    return images[:count].float() / 255, labels[:count]


def linears(network: nn.Sequential) -> Iterator[nn.Linear]:
    yield from (layer for layer in network if isinstance(layer, nn.Linear))


@torch.inference_mode()
def plane(service: Service, folder: Path) -> None:
    """Decoders and codes, in half precision."""
    x, labels = test_digits(POINTS)
    tensors: dict[str, Tensor] = {"labels": labels.to(torch.uint8)}
    for kind in KINDS:
        model = model_of(service.store, of_kind(kind, 2))
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


def betas(service: Service, folder: Path) -> None:
    """The test set at every trained beta."""
    images, _ = test_digits(10_000)
    runs = [{"beta": beta, **spent(model_of(service.store, of_beta(beta)), images)} for beta in BETAS]
    write(folder / "vae-betas.json", {"runs": runs, "dead_below": DEAD, "digits": len(images)})


@torch.inference_mode()
def bounds(service: Service, folder: Path) -> None:
    """How likely real digits are, for others to be compared with."""
    images, _ = test_digits(BOUNDED)
    model = model_of(service.store, of_beta(1))
    generator = torch.Generator().manual_seed(0)
    found = []
    for x in torch.split(images, 100):
        noise = torch.randn(CODES, len(x), model.config.latent, generator=generator)
        found.append(bound(model.log_weights(x, noise)))
    in_order = [round(float(nats), 2) for nats in torch.cat(found).sort().values]
    write(folder / "vae-anomaly.json", {"bounds": in_order, "codes": CODES})


MAKERS = {"vae-plane": plane, "vae-betas": betas, "vae-anomaly": bounds}
