"""The models of the race: each learns points of the plane by its own rule, and can be looked at in its own way.

All have hidden layers of the same size, batches of the same size and the same real points in the same order. A GAN is
trained as on its own page. What a lane has: `kind` of its field ("critic", "net" or "arrows"), `step`, its updates so
far, `advance`, one update of all that learns, `points` out of normal noise, `field`, what it has learned of the plane,
and `healthy`, whether every weight is still a number. B batch, N points, S side of a map.
"""

import torch
from torch import Tensor, nn

from aigc_demo.data import points
from aigc_demo.models.gan import init_weights
from aigc_demo.models.point_denoiser import PointDenoiser
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.models.point_vae import SPREAD, PointVAE
from aigc_demo.services.gan.frames import REACH, SIDE, verdict
from aigc_demo.services.gan.live import BATCH
from aigc_demo.services.gan.live import Training as Game
from aigc_demo.services.gan.requests import Points
from aigc_demo.services.page_values import Array
from aigc_demo.services.training.requests import Race

RATE = 2e-3  # of Adam
STEPS = 20  # from noise to points, diffusion and flow
NET = 9  # lines of the VAE's net of codes, each way
CODES = 2.0  # the net goes so many standard deviations out
ARROWS = 11  # each way
MIDDLE = {"diffusion": 0.35, "flow": 0.65}  # time at which arrows are shown: half-way by the amount of noise

GAMES = {"gan": ("logistic", 1), "wgan_gp": ("wasserstein_slope", 5)}  # loss, and critic updates for one of the other


class GameLane:
    """A generator against a critic; the field is the critic's map, (S, S) in [-1, 1], 1 where it is surest of real."""

    kind = "critic"

    def __init__(self, name: str, request: Race):
        loss, updates = GAMES[name]
        wanted = Points(data=request.data, drawing=request.drawing, loss=loss, updates=updates, seed=request.seed)
        self.game = Game(wanted)
        axis = REACH * ((2 * torch.arange(SIDE) + 1) / SIDE - 1)  # middles of the map's cells
        self.places = torch.cartesian_prod(axis, axis).flip(1)

    @property
    def step(self) -> int:
        """How often the generator has been updated."""
        return self.game.step

    def advance(self) -> None:
        self.game.advance()

    def points(self, noise: Tensor, spread: Tensor) -> Tensor:
        """Normal noise (N, 2) -> points (N, 2). The generator's own noise is even in [-1, 1]: by erf."""
        return self.game.generator(torch.erf(noise / 2**0.5))

    def field(self, real: Tensor, fake: Tensor) -> Array:
        scores = self.game.critic(torch.cat([self.places, real, fake]))
        return verdict(self.game.request.loss, scores.split([SIDE * SIDE, len(real), len(fake)]))

    def healthy(self) -> bool:
        return self.game.healthy()


class LossLane:
    """A model that goes down on one loss; the field is the VAE's net of codes (K, K, 2), or arrows (A, A, 2)."""

    def __init__(self, name: str, request: Race):
        self.name, self.step = name, 0
        self.kind = "net" if name == "vae" else "arrows"
        self.random = torch.Generator().manual_seed(request.seed)
        self.drawn = torch.tensor(points.parse(request.drawing)) if request.data == "drawn" else None
        self.data = request.data
        config = PointGANConfig()
        self.model: nn.Module = PointVAE(config) if name == "vae" else PointDenoiser(config, name == "flow")
        init_weights(self.model, self.random)
        self.optimiser = torch.optim.Adam(self.model.parameters(), RATE, fused=True)

    def loss(self) -> Tensor:
        """Of fresh points, noise and times."""
        real = points.draw(self.data, BATCH, self.random, self.drawn)
        noise = torch.randn(BATCH, 2, generator=self.random)
        if isinstance(self.model, PointVAE):
            return self.model.loss(real, noise)
        assert isinstance(self.model, PointDenoiser)
        return self.model.loss(real, noise, torch.rand(BATCH, generator=self.random))

    def advance(self) -> None:
        self.optimiser.zero_grad()
        self.loss().backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.step += 1

    def points(self, noise: Tensor, spread: Tensor) -> Tensor:
        """Normal noise (N, 2) -> points (N, 2); a VAE's are spread by a second one (N, 2)."""
        if isinstance(self.model, PointVAE):
            return self.model(noise) + SPREAD * spread
        assert isinstance(self.model, PointDenoiser)
        return self.model.sample(noise, STEPS)

    def field(self, real: Tensor, fake: Tensor) -> Array:
        if isinstance(self.model, PointVAE):
            codes = torch.linspace(-CODES, CODES, NET)
            return self.model(torch.cartesian_prod(codes, codes)).view(NET, NET, 2).numpy()
        assert isinstance(self.model, PointDenoiser)
        axis = REACH * ((2 * torch.arange(ARROWS) + 1) / ARROWS - 1)
        found = self.model.direction(torch.cartesian_prod(axis, axis), MIDDLE[self.name])
        return (found / found.norm(dim=1).max().clamp(min=1e-9)).view(ARROWS, ARROWS, 2).numpy()

    def healthy(self) -> bool:
        return all(bool(part.isfinite().all()) for part in self.model.parameters())


Lane = GameLane | LossLane


def begin(name: str, request: Race) -> Lane:
    """A model with its weights as they begin."""
    return GameLane(name, request) if name in GAMES else LossLane(name, request)


def size(lane: Lane) -> int:
    """Numbers that are trained, of all networks of a lane."""
    if isinstance(lane, GameLane):
        return lane.game.parameters()
    return sum(part.numel() for part in lane.model.parameters())
