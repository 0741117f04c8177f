"""A GAN that learns points of the plane: the two updates, and how to go on later.

One optimiser per network, on that network's parameters only. The critic learns from made points that are cut off from
the generator; the generator learns through a critic whose weights hold still. Every random number comes from one
generator of the training's own, so that a seed gives the same training, however its frames fall.

B batch.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from aigc_demo.data import points
from aigc_demo.models.gan import (
    LOSSES,
    between,
    clip_weights,
    init_weights,
    slope_one_penalty,
    slope_zero_penalty,
    slopes_of,
)
from aigc_demo.models.point_gan import PointCritic, PointGANConfig, PointGenerator
from aigc_demo.services.gan.requests import Points

BATCH = 128  # points of an update
BETAS = (0.0, 0.99)  # of both Adams: no momentum, since the opponent moves too (Gulrajani et al., 2017, section 4)


def adam(model: nn.Module) -> torch.optim.Adam:
    """Kingma & Ba, "Adam", 2014 (arXiv:1412.6980); the rate is set before every update."""
    return torch.optim.Adam(model.parameters(), betas=BETAS, fused=True)


class Training:
    """Two networks, their optimisers and their random numbers."""

    def __init__(self, request: Points, config: PointGANConfig | None = None):
        config = config or PointGANConfig()
        self.request = request
        self.loss = LOSSES[request.loss]
        self.rates = (request.rate_generator, request.rate_critic)
        self.random = torch.Generator().manual_seed(request.seed)
        self.drawn = torch.tensor(points.parse(request.drawing)) if request.data == "drawn" else None
        self.generator, self.critic = PointGenerator(config), PointCritic(config)
        for model in (self.generator, self.critic):
            init_weights(model, self.random)
        self.optimisers = (adam(self.generator), adam(self.critic))
        self.step = 0

    def real(self) -> Tensor:
        """Real points (B, 2), drawn anew at every call."""
        return points.draw(self.request.data, BATCH, self.random, self.drawn)

    def noise(self) -> Tensor:
        """Fresh noise (B, Z), even in [-1, 1]."""
        return 2 * torch.rand(BATCH, self.generator.config.noise, generator=self.random) - 1

    def update_critic(self) -> float:
        """One update of the critic; its loss."""
        real = self.real()
        with torch.no_grad():
            fake = self.generator(self.noise())
        both = torch.cat([real, fake]).requires_grad_(self.loss.slope_zero > 0)  # (2B, 2)
        scores = self.critic(both)
        loss = self.loss.critic(scores[:BATCH], scores[BATCH:])
        if self.loss.slope_zero:
            (slope,) = torch.autograd.grad(scores.sum(), both, create_graph=True)
            loss = loss + self.loss.slope_zero * (slope_zero_penalty(slope[:BATCH]) + slope_zero_penalty(slope[BATCH:]))
        if self.loss.slope_one:
            middle = between(real, fake, torch.rand(BATCH, generator=self.random))
            loss = loss + self.loss.slope_one * slope_one_penalty(slopes_of(self.critic, middle))
        self.descend(1, loss)
        if self.loss.clip:
            clip_weights(self.critic, self.loss.clip)
        return loss.item()

    def update_generator(self) -> float:
        """One update of the generator; its loss."""
        scores = self.critic(torch.cat([self.generator(self.noise()), self.real()]))  # (2B,)
        loss = self.loss.generator(scores[BATCH:], scores[:BATCH])
        self.descend(0, loss)
        return loss.item()

    def descend(self, side: int, loss: Tensor) -> None:
        """One step of one optimiser, 0 the generator's, 1 the critic's: slopes are taken for its own weights only."""
        optimiser = self.optimisers[side]
        (group,) = optimiser.param_groups
        group["lr"] = self.rates[side]
        slopes = torch.autograd.grad(loss, group["params"])
        for parameter, slope in zip(group["params"], slopes, strict=True):
            parameter.grad = slope
        optimiser.step()

    def advance(self, side: str = "both") -> tuple[float, float]:
        """A turn of both sides, or of one; the losses of the generator and of the critic, NaN for who did not move."""
        critic = generator = float("nan")
        if side != "generator":
            for _ in range(self.request.updates if side == "both" else 1):
                critic = self.update_critic()
        if side != "critic":
            generator = self.update_generator()
        self.step += 1
        return generator, critic

    def healthy(self) -> bool:
        """Whether every weight is still a number."""
        models = (self.generator, self.critic)
        return all(bool(part.isfinite().all()) for model in models for part in model.parameters())

    def parameters(self) -> int:
        """Numbers that are trained, of both networks."""
        return sum(part.numel() for model in (self.generator, self.critic) for part in model.parameters())

    # between two presses

    def tensors(self) -> dict[str, Tensor]:
        found = {"random": self.random.get_state()}
        for name, model, optimiser in zip(
            ("generator", "critic"), (self.generator, self.critic), self.optimisers, strict=True
        ):
            found |= {f"{name}.{key}": value for key, value in model.state_dict().items()}
            for place, parts in optimiser.state_dict()["state"].items():
                found |= {f"{name}.adam.{place}.{key}": value for key, value in parts.items()}
        return found

    def save(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything that changes, as arrays of its own."""
        return {name: value.detach().numpy().copy() for name, value in self.tensors().items()}

    def load(self, step: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Go on where `save` gave these arrays, after so many turns."""
        parts = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
        self.step = step
        self.random.set_state(parts["random"])
        for name, model, optimiser in zip(
            ("generator", "critic"), (self.generator, self.critic), self.optimisers, strict=True
        ):
            model.load_state_dict({key: parts[f"{name}.{key}"] for key in model.state_dict()})
            state: dict[int, dict[str, Tensor]] = {}
            for key, value in parts.items():
                if key.startswith(f"{name}.adam."):
                    place, part = key.removeprefix(f"{name}.adam.").split(".")
                    state.setdefault(int(place), {})[part] = value
            groups = optimiser.state_dict()["param_groups"]
            optimiser.load_state_dict({"state": state, "param_groups": groups})
