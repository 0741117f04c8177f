"""A generator learns points of the plane, with nothing but torch. It ends with the same points as the project's own.

No minute's limit here: all turns are made.
"""

import math

import torch
from torch import nn
from torch.nn.functional import softplus

REQUEST = {"data": "grid", "loss": "relativistic", "turns": 2000, "updates": 1, "seed": 7, "drawing": ""}

DATA, LOSS, DRAWN = REQUEST["data"], REQUEST["loss"], REQUEST["drawing"]
RATES = (REQUEST.get("rate_generator", 0.002), REQUEST.get("rate_critic", 0.002))
BATCH, NOISE, WIDTH, DEPTH, LEAK = 128, 2, 64, 3, 0.2
SLOPE_ZERO, SLOPE_ONE, CLIP = 0.1, 10.0, 0.1  # weights of the penalties, and limit of the clipped weights
random = torch.Generator().manual_seed(REQUEST["seed"])


def network(inputs, outputs):
    """Linear layers with leaky ReLUs between; weights by He et al., 2015."""
    sizes, layers = [inputs, *[WIDTH] * DEPTH], []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.LeakyReLU(LEAK)]
    model = nn.Sequential(*layers, nn.Linear(sizes[-1], outputs))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.zeros_(layer.bias)
            with torch.no_grad():
                layer.weight.normal_(0, (2 / layer.in_features) ** 0.5, generator=random)
    return model


def real_points(count=BATCH, random=random):
    """Fresh points of the set, (N, 2)."""
    if DATA in ("grid", "drawn"):
        places = [(0.8 * (k % 3 - 1), 0.8 * (k // 3 - 1)) for k in range(9)]
        if DATA == "drawn":
            pairs = [point.split(",") for point in DRAWN.strip().strip(";").split(";")]
            places = [tuple(round(float(number), 3) for number in pair) for pair in pairs]
        places = torch.tensor(places)[torch.randint(len(places), (count,), generator=random)]
    else:
        share = torch.rand(count, generator=random)
        if DATA == "line":
            places = torch.stack([1.7 * share - 0.85, 1.02 * share - 0.51], dim=1)
        else:
            radius = torch.full_like(share, 0.8) if DATA == "ring" else share.sqrt()
            turn = 2 * math.pi * share if DATA == "ring" else 1.6 * 2 * math.pi * radius
            scale = radius if DATA == "ring" else 0.9 * radius
            places = scale[:, None] * torch.stack([turn.cos(), turn.sin()], dim=1)
    return places + (0.05 if DATA == "grid" else 0.03) * torch.randn(count, 2, generator=random)


def noise(count=BATCH, random=random):
    """Fresh noise, (N, NOISE), even in [-1, 1]."""
    return 2 * torch.rand(count, NOISE, generator=random) - 1


def critic_loss(real, fake):
    """Of the scores of real and of made points."""
    if LOSS == "relativistic":  # Huang et al., 2024
        return softplus(fake - real).mean()
    if LOSS == "logistic":  # Goodfellow et al., 2014
        return softplus(-real).mean() + softplus(fake).mean()
    if LOSS == "least_squares":  # Mao et al., 2017
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2
    return fake.mean() - real.mean()  # Arjovsky et al., 2017


def generator_loss(real, fake):
    """Of the same scores, for the side that makes points."""
    if LOSS == "relativistic":
        return softplus(real - fake).mean()
    if LOSS == "logistic":
        return softplus(-fake).mean()
    return (fake - 1).square().mean() / 2 if LOSS == "least_squares" else -fake.mean()


def penalty(x, made, both, scores):
    """What is added so that the critic is not too steep."""
    if LOSS == "relativistic":  # R1 and R2: slopes of 0 at real and at made points
        (slope,) = torch.autograd.grad(scores.sum(), both, create_graph=True)
        r1, r2 = slope.square().sum(1).chunk(2)
        return SLOPE_ZERO * (r1.mean() + r2.mean()) / 2
    if LOSS == "wasserstein_slope":  # slopes of 1 between them (Gulrajani et al., 2017)
        share = torch.rand(BATCH, 1, generator=random)
        middle = (share * x + (1 - share) * made).requires_grad_()
        (slope,) = torch.autograd.grad(critic(middle).sum(), middle, create_graph=True)
        return SLOPE_ONE * ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()
    return 0


generator, critic = network(NOISE, 2), network(2, 1)
adam_generator, adam_critic = (
    torch.optim.Adam(model.parameters(), lr=rate, betas=(0.0, 0.99), fused=True)
    for model, rate in zip((generator, critic), RATES, strict=True)
)
for _ in range(REQUEST["turns"]):
    for _ in range(REQUEST["updates"]):
        x = real_points()
        with torch.no_grad():
            made = generator(noise())
        both = torch.cat([x, made]).requires_grad_()
        scores = critic(both)[:, 0]
        loss = critic_loss(*scores.chunk(2)) + penalty(x, made, both, scores)
        adam_critic.zero_grad()
        loss.backward()
        adam_critic.step()
        if LOSS == "wasserstein_clip":
            with torch.no_grad():
                for parameter in critic.parameters():
                    parameter.clamp_(-CLIP, CLIP)
    fake, real = critic(torch.cat([generator(noise()), real_points()]))[:, 0].chunk(2)
    adam_generator.zero_grad()
    generator_loss(real, fake).backward()
    adam_generator.step()

random = torch.Generator().manual_seed(1)
real = real_points(300, random)
with torch.no_grad():
    made = generator(noise(300, random))
angle = torch.arange(32) * math.pi / 32
lines = torch.stack([angle.cos(), angle.sin()])  # the distance: mean over projections onto them
print("distance", float(((made @ lines).sort(0).values - (real @ lines).sort(0).values).abs().mean()))
