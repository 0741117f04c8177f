"""The diffusion use-cases: add noise, draw, redraw, walk, compare. Slow ones yield a Step per denoising step."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.card import Card
from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data import digits, images
from aigc_demo.data.folder import data_folder
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.sampling.latent import slerp
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import Moment, levels, sample
from aigc_demo.sampling.schedules import add_noise, alpha_bar, log_snr
from aigc_demo.services.diffusion import library, saving, scripts
from aigc_demo.services.diffusion.library import HubDesk, timed
from aigc_demo.services.diffusion.requests import (
    ANY,
    CHECKPOINT,
    Beside,
    Cut,
    Draw,
    Forward,
    Grid,
    Hub,
    Redraw,
    Samplers,
    Walk,
)
from aigc_demo.services.diffusion.results import COUNTS, Array, CutRun, Frame, Noised, Row, SideBySide
from aigc_demo.services.saving import save, values, versions


class DiffusionService:
    def __init__(self, store: Store):
        self.store = store
        self.desk = HubDesk(data_folder("hub"))

    def parameters(self, checkpoint: str = CHECKPOINT) -> int:
        """Number of weights of a checkpoint's network."""
        return sum(p.numel() for p in self._model(checkpoint).parameters())

    def facts(self, checkpoint: str = CHECKPOINT) -> dict[str, Any]:
        """What a badge says of a result: device and number of weights."""
        return {"device": self.store.device.upper(), "parameters": self.parameters(checkpoint)}

    def warm(self) -> None:
        """The smallest piece of work, so that the next one does not wait for anything to load."""
        list(self.draw(Draw(steps=1)))

    def forward(self, request: Forward) -> Noised:
        """The digit, its noise, and what they make at the asked level (eq. 4 of Ho et al.)."""
        x0 = self.real(request.sample, request.drawing)
        config = self._model(CHECKPOINT).config
        eps = SeededNoise([request.seed]).draw(config.picture)
        schedule = alpha_bar(config.schedule, config.levels)
        x = add_noise(x0, eps, schedule[request.level])
        snr = float(log_snr(schedule)[request.level])
        a = float(schedule[request.level])
        return Noised(x0[0, 0].numpy(), eps[0, 0].numpy(), x[0, 0].numpy(), request.level, a, snr)

    def real(self, sample: int, drawing: str) -> Tensor:
        """A drawn digit, else a shipped real one: (1, 1, 32, 32)."""
        if drawing:
            return torch.from_numpy(images.drawing_to_digit(images.from_data_url(drawing)))[None, None]
        sheet = digits.read_samples(Path(self.store.assets) / "examples" / "mnist-samples.png")
        return digits.to_float(torch.from_numpy(sheet[sample].copy())[None, None])

    def schedule(self) -> list[float]:
        """alpha_bar at every noise level of the digit model."""
        config = self._model(CHECKPOINT).config
        return [float(a) for a in alpha_bar(config.schedule, config.levels)]

    def draw(self, request: Draw) -> Iterator[Step[Frame]]:
        """Yield a Frame per denoising step, then the finished picture."""
        model = self._model(request.checkpoint)
        noise = self._noise(request.seed)
        x = noise.draw(model.config.picture)
        moments = self._run(
            model, x, [request.digit], request.guidance, levels(request.steps), request.sampler, request.eta, noise
        )
        yield from frames(model, moments, request.steps)

    def redraw(self, request: Redraw) -> Iterator[Step[Frame]]:
        """Noise the given picture up to `level`, then denoise it from there (Meng et al., 2021, arXiv:2108.01073)."""
        model = self._model(CHECKPOINT)
        noise = self._noise(request.seed)
        x0 = self.real(request.sample, request.drawing).to(noise.device)
        schedule = alpha_bar(model.config.schedule, model.config.levels)
        x = add_noise(x0, noise.draw(model.config.picture), schedule[request.level])
        visit = levels(request.steps, model.config.levels, request.level)
        moments = self._run(model, x, [request.digit], request.guidance, visit, request.sampler, 0.0, noise)
        yield from frames(model, moments, len(visit))

    def walk(self, request: Walk) -> Iterator[Step[Array]]:
        """Yield what all stops between the two seeds look like, (N, C, H, W), after every denoising step.

        Samplers that need fresh noise get that of the first seed at every stop.
        """
        model = self._model(CHECKPOINT)
        noise = self._noise(*[request.seed_from] * request.frames)
        start, end = noise.draw(model.config.picture)[:1], self._noise(request.seed_to).draw(model.config.picture)
        x = torch.cat([slerp(start, end, i / (request.frames - 1)) for i in range(request.frames)])
        visit = levels(request.steps)
        labels = [request.digit] * request.frames
        moments = self._run(model, x, labels, request.guidance, visit, request.sampler, 0.0, noise)
        yield from pictures(model, moments, len(visit))

    def grid(self, request: Grid) -> Iterator[Step[Array]]:
        """Yield ten digits by `seeds` seeds, row by row, (10 * seeds, C, H, W), after every denoising step."""
        model = self._model(CHECKPOINT)
        seeds = [(request.seed + i) % 2**32 for i in range(request.seeds)] * 10
        labels = [digit for digit in range(10) for _ in range(request.seeds)]
        noise = self._noise(*seeds)
        x = noise.draw(model.config.picture)
        visit = levels(request.steps)
        moments = self._run(model, x, labels, request.guidance, visit, request.sampler, 0.0, noise)
        yield from pictures(model, moments, len(visit))

    def samplers(self, request: Samplers) -> Iterator[Step[Row | None]]:
        """Draw one noise with every sampler at several step counts; a Row comes when a sampler is through."""
        model = self._model(CHECKPOINT)
        done, total = 0, len(SAMPLERS) * sum(COUNTS)
        for sampler in SAMPLERS:
            drawn, times = [], []
            for count in COUNTS:
                noise = self._noise(request.seed)
                x = noise.draw(model.config.picture)
                run = self._run(model, x, [request.digit], request.guidance, levels(count), sampler, 0.0, noise)
                for moment, spent in timed(run):
                    x, milliseconds = moment.x, spent
                    yield Step(done, total, None)
                    done += moment.level >= 0
                drawn.append(seen(model, x))
                times.append(milliseconds)
            yield Step(done, total, Row(sampler, np.concatenate(drawn), tuple(times)))

    def cut(self, request: Cut) -> Iterator[Step[CutRun | None]]:
        """The snapshot of a long run is not the result of a short one. The value comes with the last step."""
        model = self._model(CHECKPOINT)
        total = request.few + request.many + 2
        moments: list[Moment] = []
        for count in (request.few, request.many):
            noise = self._noise(request.seed)
            x = noise.draw(model.config.picture)
            run = self._run(model, x, [request.digit], request.guidance, levels(count), request.sampler, 0.0, noise)
            for moment in run:
                yield Step(len(moments), total, None)
                moments.append(moment)
        first, then, last = moments[request.few], moments[2 * request.few + 1], moments[-1]
        few, cut, cut_x0, many = (seen(model, x)[0] for x in (first.x, then.x, then.estimate.x0, last.x))
        yield Step(total, total, CutRun(few, cut, cut_x0, many))

    def beside(self, request: Beside) -> Iterator[Step[SideBySide | None]]:
        """Our network and sampler beside diffusers, same weights and noise. The value comes with the last step."""
        yield from library.beside(self._model(CHECKPOINT), request)

    def describe(self, name: str) -> dict[str, Any]:
        """What a model of the hub is and how large, before its weights travel."""
        return self.desk.describe(name)

    def hub(self, request: Hub) -> Iterator[Step[Frame | None]]:
        """Draw with a model of the hub; the value is None while its weights travel."""
        yield from self.desk.draw(request, self.store.device)

    def python(self, request: Draw | Walk | Grid | Forward) -> tuple[str, str]:
        """The request as two runnable scripts: with this project, with diffusers."""
        return scripts.python(request)

    def save(self, use_case: str, request: Any, format: str) -> Iterator[Step[bytes | None]]:
        """The result as a png, gif, mp4 or json file that carries its run card; drawn again, as a seed fixes it.

        The file comes with the last step.
        """
        checkpoint = getattr(request, "checkpoint", CHECKPOINT)
        sha256 = self.store.sha256(checkpoint)
        card = Card(use_case, values(request), checkpoint, sha256, versions())
        yield from save(getattr(self, use_case.partition("_")[2]), request, format, card, saving.file)

    def _model(self, checkpoint: str) -> DiffusionModel:
        model = self.store.load(checkpoint)
        if not isinstance(model, DiffusionModel):
            raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
        return model

    def _noise(self, *seeds: int) -> SeededNoise:
        """Noise for a picture of each seed, where the models compute."""
        return SeededNoise(seeds, self.store.device)

    def _run(
        self,
        model: DiffusionModel,
        x: Tensor,  # (B, C, H, W), not yet folded
        labels: Sequence[int],
        guidance: float,
        visit: list[int],
        sampler: str,
        eta: float,
        noise: SeededNoise,
    ) -> Iterator[Moment]:
        """Moments of a run, folded as the network sees them."""
        null = model.config.unet.classes - 1
        label = torch.tensor([null if digit == ANY else digit for digit in labels], device=x.device)
        scale = 1.0 if all(digit == ANY for digit in labels) else guidance
        denoise = Denoiser(model, model.config.prediction, label, null, scale)
        schedule = alpha_bar(model.config.schedule, model.config.levels)
        return sample(denoise, model.fold(x), visit, schedule, sampler, eta, noise)


def seen(model: DiffusionModel, x: Tensor) -> Array:
    """Folded x (B, C, H, W) -> pictures as they are looked at, (B, C, H, W) float32."""
    return model.unfold(x).cpu().numpy()


def frames(model: DiffusionModel, moments: Iterator[Moment], total: int) -> Iterator[Step[Frame]]:
    """Every moment of a run of one picture as a Frame."""
    for done, moment in enumerate(moments):
        e = moment.estimate
        shown = [None if x is None else seen(model, x)[0] for x in (moment.x, e.x0, e.eps, e.eps_null, e.eps_class)]
        yield Step(done, total, Frame(moment.level, moment.alpha_bar, *shown))  # type: ignore[arg-type]


def pictures(model: DiffusionModel, moments: Iterator[Moment], total: int) -> Iterator[Step[Array]]:
    """What all pictures of a run are thought to become, after every step."""
    for done, moment in enumerate(moments):
        yield Step(done, total, seen(model, moment.estimate.x0))


create = DiffusionService
