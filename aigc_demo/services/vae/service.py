"""The autoencoder use-cases: decode a point, rebuild, interpolate, imagine, compare. Each answers at once."""

import bisect
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.card import Card
from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data import digits, images, shapes
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.vae import VAE, Posterior, bound
from aigc_demo.sampling.latent import lerp, slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.saving import save, versions
from aigc_demo.services.vae import checkpoints, colour, odd, saving, scripts
from aigc_demo.services.vae.requests import ANY, KINDS, Anomaly, Beside, Beta, Draw, Plane, Rebuild, Shapes, Walk
from aigc_demo.services.vae.results import (
    TRAVERSE,
    Array,
    Betas,
    Likelihood,
    Rebuilds,
    Rebuilt,
    Shaped,
    SideBySide,
    Way,
)

AGAIN = 8  # pictures from fresh codes of one posterior
DRAWN = 64  # pictures from the prior
COLUMNS = 8  # pictures of each class, when a CVAE draws all
CODES = 64  # K of the bound


class VAEService:
    def __init__(self, store: Store):
        self.store = store

    def facts(self, *ids: str) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights of the checkpoints that took part."""
        models = [self.store.load(name) for name in ids or checkpoints.used(Plane())]
        total = sum(parameter.numel() for model in models for parameter in model.parameters())
        return {"device": self.store.device.upper(), "parameters": total}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        self.plane(Plane())

    def seen(self, sample: int, drawing: str) -> Tensor:
        """A drawn digit, else a shipped real one, as the models see it: (1, 1, 28, 28) in [0, 1]."""
        if drawing:
            digit = torch.from_numpy(images.drawing_to_digit(from_data_url(drawing)))[2:-2, 2:-2]
            return ((digit + 1) / 2).clamp(0, 1)[None, None].to(self.store.device)
        sheet = digits.read_samples(Path(self.store.assets) / "examples" / "mnist-samples.png")
        return torch.from_numpy(sheet[sample].copy())[None, None].to(self.store.device).float() / 255

    @torch.inference_mode()
    def plane(self, request: Plane) -> Array:
        """The point decoded by all four models, (4, 28, 28) in the order of KINDS."""
        z = torch.tensor([[request.x, request.y]], device=self.store.device)
        label = self._label(request.digit)
        return np.concatenate([pictures(self._digits(kind, 2).paint(z, label)) for kind in KINDS])

    @torch.inference_mode()
    def rebuild(self, request: Rebuild) -> Rebuilds:
        """The digit squeezed and rebuilt by all four models."""
        x = self.seen(request.sample, request.drawing)
        label = self.read(x) if request.digit == ANY else self._label(request.digit)
        rows = tuple(self._rebuilt(kind, x, label, request) for kind in KINDS)
        return Rebuilds(pictures(x)[0], int(label), rows)

    def _rebuilt(self, kind: str, x: Tensor, label: Tensor, request: Rebuild) -> Rebuilt:
        model = self._digits(kind, request.code)
        q = model.encode(x, label)
        noise = self._noise(request.seed, AGAIN, model.config.latent)
        rebuilt = model.paint(q.mean, label)
        again = model.paint(q.sample(noise), label)
        error = rebuilt - x
        mean, deviation = (part[0].cpu().numpy() for part in (q.mean, q.deviation))
        fresh, squared = pictures(again), float(error.square().mean())
        kl = float(q.kl().sum()) if model.config.variational else 0.0
        return Rebuilt(kind, mean, deviation, pictures(rebuilt)[0], pictures(error)[0], fresh, squared, kl)

    @torch.inference_mode()
    def walk(self, request: Walk) -> Way:
        """From one digit to another: straight through the code, along an arc, and by fading one picture into the other.

        All three begin and end with the same two rebuilt pictures. A CVAE's class is mixed along the way.
        """
        model = self._digits(request.kind, request.code)
        (start, first), (end, last) = self._ends(request, model)
        shares = torch.linspace(0, 1, request.frames).tolist()
        classes = torch.cat([lerp(first, last, share) for share in shares])
        straight = torch.cat([lerp(start, end, share) for share in shares])
        arc = torch.cat([slerp(start, end, share) for share in shares])
        painted = model.paint(straight, classes)
        fade = torch.cat([lerp(painted[:1], painted[-1:], share) for share in shares])
        norms = [code.norm(dim=1).cpu().numpy() for code in (straight, arc)]
        return Way(pictures(painted), pictures(model.paint(arc, classes)), pictures(fade), *norms)

    def _ends(self, request: Walk, model: VAE) -> list[tuple[Tensor, Tensor]]:
        """Code (1, D) and class (1, 10), as shares, of both ends."""
        if request.random:
            seeds = (request.seed, (request.seed + 1) % 2**32)
            streams = [SeededNoise([seed], self.store.device) for seed in seeds]
            codes = [stream.draw((model.config.latent,)) for stream in streams]
            classes = [torch.randint(10, (1,), generator=stream.generators[0]) for stream in streams]
            return [(z, hot(label.to(z.device))) for z, label in zip(codes, classes, strict=True)]
        chosen = ((request.sample_from, request.drawing_from), (request.sample_to, request.drawing_to))
        seen = [self.seen(sample, drawing) for sample, drawing in chosen]
        labels = [hot(self.read(x)) for x in seen]
        return [(model.encode(x, label).mean, label) for x, label in zip(seen, labels, strict=True)]

    @torch.inference_mode()
    def draw(self, request: Draw) -> Array:
        """Codes drawn from the prior and decoded, (64, 28, 28).

        A CVAE that is told no digit draws all ten, row by row, the columns sharing a code: (80, 28, 28).
        """
        model = self._digits(request.kind, request.code)
        z = self._noise(request.seed, DRAWN, model.config.latent) * request.temperature
        if request.kind != "cvae" or request.digit != ANY:
            return pictures(model.paint(z, self._label(max(request.digit, 0)).expand(DRAWN)))
        label = torch.arange(10, device=z.device).repeat_interleave(COLUMNS)
        return pictures(model.paint(z[:COLUMNS].repeat(10, 1), label))

    @torch.inference_mode()
    def beta(self, request: Beta) -> Betas:
        """The digit at the trained beta that is nearest to the asked one."""
        trained = checkpoints.nearest(request.beta)
        model = self.model(checkpoints.of_beta(trained))
        x = self.seen(request.sample, request.drawing)
        q = model.encode(x)
        logits = model.decode(q.mean)
        error = -float(model.log_likelihood(x, logits))
        kl = q.kl()[0].cpu().numpy()
        return Betas(trained, pictures(x)[0], pictures(logits.sigmoid())[0], error, kl, traversals(model, q))

    @torch.inference_mode()
    def shapes(self, request: Shapes) -> Shaped:
        """The shape rebuilt, and every dimension of its code moved."""
        factors = (shapes.SHAPES.index(request.shape), request.scale, request.rotation, request.x, request.y)
        x = shapes.draw(torch.tensor([factors])).to(self.store.device)
        (name,) = checkpoints.used(request)
        model = self.model(name)
        q = model.encode(x)
        mean, deviation = (part[0].cpu().numpy() for part in (q.mean, q.deviation))
        return Shaped(pictures(x)[0], pictures(model.paint(q.mean))[0], mean, deviation, traversals(model, q))

    @torch.inference_mode()
    def anomaly(self, request: Anomaly) -> Likelihood:
        """How likely the picture is as a digit: the bound with 64 codes, and its place among the test digits."""
        picture = odd.picture(
            request.odd, request.seed, lambda: pictures(self.seen(request.sample, request.drawing))[0]
        )
        x = torch.from_numpy(picture)[None, None].to(self.store.device)
        (name,) = checkpoints.used(request)
        model = self.model(name)
        noise = self._noise(request.seed, CODES, model.config.latent)[:, None]
        rebuilt = model.paint(model.encode(x).mean)
        nats = float(bound(model.log_weights(x, noise)))
        return Likelihood(picture, pictures(rebuilt)[0], pictures(rebuilt - x)[0], nats, self.rank(nats))

    def beside(self, request: Beside) -> Iterator[Step[SideBySide | None]]:
        """Our colour autoencoder beside diffusers', same weights and noise. The value comes with the last step."""
        model = self.store.load(checkpoints.COLOUR)
        if not isinstance(model, KLAutoencoder):
            raise NotFoundError("unknown_checkpoint", name=checkpoints.COLOUR)
        yield from colour.beside(model, request, Path(self.store.assets) / "examples")

    def rank(self, nats: float) -> float:
        """Share of the test digits with a lower bound; NaN where their bounds do not ship."""
        try:
            bounds = json.loads((Path(self.store.assets) / "examples" / "vae-anomaly.json").read_text("utf-8"))[
                "bounds"
            ]
        except (OSError, ValueError, KeyError):
            return math.nan
        return bisect.bisect_left(bounds, nats) / len(bounds)

    def python(self, request: Plane | Rebuild | Walk | Draw) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, in plain PyTorch."""
        return scripts.python(request, self._told(request))

    @torch.inference_mode()
    def _told(self, request: Any) -> list[int]:
        """The classes that a CVAE is told and the request does not say."""
        if isinstance(request, Rebuild) and request.digit == ANY:
            return [int(self.read(self.seen(request.sample, request.drawing)))]
        if isinstance(request, Walk) and request.kind == "cvae":
            return [int(classes.argmax()) for _, classes in self._ends(request, self._digits("cvae", request.code))]
        return []

    def save(self, use_case: str, request: Any, format: str) -> Iterator[Step[bytes | None]]:
        """The result as a png, gif, mp4 or json file that carries its run card; made again, as a seed fixes it.

        The file comes with the last step.
        """
        checkpoint = checkpoints.used(request)[0]
        sha256 = self.store.sha256(checkpoint)
        card = Card(use_case, saving.values(request), checkpoint, sha256, versions())
        yield from save(getattr(self, use_case.partition("_")[2]), request, format, card, saving.file)

    def read(self, x: Tensor) -> Tensor:
        """The class (1,) that the judge reads in a digit (1, 1, 28, 28)."""
        return self.store.load(checkpoints.JUDGE)(F.pad(x * 2 - 1, (2, 2, 2, 2), value=-1.0)).argmax(1)

    def _digits(self, kind: str, code: int) -> VAE:
        return self.model(checkpoints.of_kind(kind, code))

    def model(self, checkpoint: str) -> VAE:
        """The autoencoder of digits or shapes with this id."""
        model = self.store.load(checkpoint)
        if not isinstance(model, VAE):
            raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
        return model

    def _label(self, digit: int) -> Tensor:
        """The class (1,)."""
        return torch.tensor([digit], device=self.store.device)

    def _noise(self, seed: int, count: int, latent: int) -> Tensor:
        """Standard normal codes (count, D) of one seed."""
        return SeededNoise([seed], self.store.device).draw((count, latent))[0]


def hot(label: Tensor) -> Tensor:
    """Classes (B,) as shares (B, 10)."""
    return F.one_hot(label, 10).float()


def pictures(x: Tensor) -> Array:
    """(N, 1, H, W) -> (N, H, W) float32, where they can be looked at."""
    return x[:, 0].cpu().numpy()


def traversals(model: VAE, q: Posterior) -> Array:
    """The mean with one dimension moved to the values of TRAVERSE, decoded: (D, 9, H, W)."""
    latent, count = model.config.latent, len(TRAVERSE)
    z = q.mean.repeat(latent * count, 1).view(latent, count, latent)
    every = torch.arange(latent)
    z[every, :, every] = torch.tensor(TRAVERSE, device=z.device)
    return pictures(model.paint(z.flatten(0, 1))).reshape(latent, count, *model.config.picture[1:])


create = VAEService
