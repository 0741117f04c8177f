"""A training as two runnable scripts: one with this project, one with plain torch that ends with the same points."""

from dataclasses import asdict

from aigc_demo.data import points
from aigc_demo.models.gan import LOSSES, SLOPE, Loss
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services.gan.frames import SAMPLES, SHOWN
from aigc_demo.services.gan.live import BATCH, BETAS
from aigc_demo.services.gan.requests import Points

OURS = """# A generator learns points of the plane, with aigc_demo. Run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.gan.pictures import paint
from aigc_demo.services.gan.requests import Points
from aigc_demo.services.gan.service import create

live = create(Store()).live
request = Points(
{values}
)
*_, last = live.points(request)  # one step per frame, a minute at most
print(last.done, "turns, distance", last.value.distance, "where real points are", last.value.floor, "apart")
paint(last.value).save("ours.png")
"""

PLAIN = """# A generator learns points of the plane, with nothing but torch.
import math

import torch
from torch import nn
from torch.nn.functional import softplus

random = torch.Generator().manual_seed({seed})
BATCH, LEAK = {batch}, {slope}


def network(inputs, outputs):
    sizes = [inputs, *[{width}] * {depth}]
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.LeakyReLU(LEAK)]
    model = nn.Sequential(*layers, nn.Linear(sizes[-1], outputs))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.zeros_(layer.bias)
            with torch.no_grad():
                layer.weight.normal_(0, (2 / layer.in_features) ** 0.5, generator=random)
    return model


def real_points(count=BATCH, random=random):
{real}


def noise(count=BATCH, random=random):
    return 2 * torch.rand(count, {noise}, generator=random) - 1


generator, critic = network({noise}, 2), network(2, 1)
adam_generator = torch.optim.Adam(generator.parameters(), lr={rate_generator}, betas={betas}, fused=True)
adam_critic = torch.optim.Adam(critic.parameters(), lr={rate_critic}, betas={betas}, fused=True)

for turn in range({turns}):
    for _ in range({updates}):
        x = real_points()
        with torch.no_grad():
            made = generator(noise())
        both = torch.cat([x, made]).requires_grad_()
        real, fake = critic(both)[:, 0].chunk(2)
        loss = {critic_loss}
{penalty}        adam_critic.zero_grad()
        loss.backward()
        adam_critic.step()
{clip}    fake, real = critic(torch.cat([generator(noise()), real_points()]))[:, 0].chunk(2)
    loss = {generator_loss}
    adam_generator.zero_grad()
    loss.backward()
    adam_generator.step()

random = torch.Generator().manual_seed({shown})
real = real_points({samples}, random)
with torch.no_grad():
    made = generator(noise({samples}, random))
angle = torch.arange(32) * math.pi / 32
lines = torch.stack([angle.cos(), angle.sin()])
print("distance", float(((made @ lines).sort(0).values - (real @ lines).sort(0).values).abs().mean()))
"""

REAL = {
    "grid": """    places = torch.tensor([(0.8 * (k % 3 - 1), 0.8 * (k // 3 - 1)) for k in range(9)])
    places = places[torch.randint(9, (count,), generator=random)]""",
    "drawn": """    places = torch.tensor([{drawn}])
    places = places[torch.randint(len(places), (count,), generator=random)]""",
    "line": """    share = torch.rand(count, generator=random)
    places = torch.stack([1.7 * share - 0.85, 1.02 * share - 0.51], dim=1)""",
    "ring": """    turn = 2 * math.pi * torch.rand(count, generator=random)
    places = 0.8 * torch.stack([turn.cos(), turn.sin()], dim=1)""",
    "spiral": """    radius = torch.rand(count, generator=random).sqrt()
    turn = 1.6 * 2 * math.pi * radius
    places = 0.9 * radius[:, None] * torch.stack([turn.cos(), turn.sin()], dim=1)""",
}
SPREAD = "\n    return places + {width} * torch.randn(count, 2, generator=random)"

CRITIC = {
    "logistic": "softplus(-real).mean() + softplus(fake).mean()",
    "least_squares": "(real - 1).square().mean() / 2 + fake.square().mean() / 2",
    "wasserstein": "fake.mean() - real.mean()",
    "relativistic": "softplus(fake - real).mean()",
}
GENERATOR = {
    "logistic": "softplus(-fake).mean()",
    "least_squares": "(fake - 1).square().mean() / 2",
    "wasserstein": "-fake.mean()",
    "relativistic": "softplus(real - fake).mean()",
}
ZERO = """        (slope,) = torch.autograd.grad((real + fake).sum(), both, create_graph=True)
        r1, r2 = slope.square().sum(1).chunk(2)
        loss = loss + {weight} * (r1.mean() + r2.mean()) / 2
"""
ONE = """        share = torch.rand(BATCH, 1, generator=random)
        middle = (share * x + (1 - share) * made).requires_grad_()
        (slope,) = torch.autograd.grad(critic(middle).sum(), middle, create_graph=True)
        loss = loss + {weight} * ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()
"""
CLIP = """        with torch.no_grad():
            for parameter in critic.parameters():
                parameter.clamp_(-{limit}, {limit})
"""


def python(request: Points, config: PointGANConfig) -> tuple[str, str]:
    """The two scripts of a training."""
    values = "\n".join(f"    {key}={value!r}," for key, value in asdict(request).items())
    return OURS.format(values=values), plain(request, config)


def plain(request: Points, config: PointGANConfig) -> str:
    """The same training without this project."""
    loss, kind = LOSSES[request.loss], request.loss.split("_")[0]
    kind = "least_squares" if kind == "least" else kind
    drawn = points.written(points.parse(request.drawing)) if request.data == "drawn" else ""
    places = (
        REAL[request.data].format(drawn="(" + "), (".join(drawn.split("; ")) + ")") if drawn else REAL[request.data]
    )
    spread = points.CLOUD if request.data == "grid" else points.PEN
    shape = {"width": config.width, "depth": config.depth, "noise": config.noise, "slope": SLOPE}
    numbers = {"batch": BATCH, "betas": BETAS, "samples": SAMPLES, "shown": SHOWN}
    return PLAIN.format(
        **{**asdict(request), **shape, **numbers},
        real=places + SPREAD.format(width=spread),
        critic_loss=CRITIC[kind],
        generator_loss=GENERATOR[kind],
        penalty=penalty(loss),
        clip=CLIP.format(limit=loss.clip) if loss.clip else "",
    )


def penalty(loss: Loss) -> str:
    """What is added to the critic's loss."""
    if loss.slope_zero:
        return ZERO.format(weight=loss.slope_zero)
    return ONE.format(weight=loss.slope_one) if loss.slope_one else ""
