"""A race on points of the plane, with nothing but torch: a GAN beside flow matching, each with the same seconds."""

import math
import time

import torch
from torch import nn
from torch.nn.functional import softplus

REQUEST = {"data": "grid", "seconds": 4, "seed": 7, "drawing": ""}

BATCH, WIDTH, RATE = 128, 64, 2e-3
torch.set_num_threads(1)
torch.manual_seed(REQUEST["seed"])


def network(inputs, outputs):
    """Three hidden layers of WIDTH neurons, leaky ReLUs between."""
    sizes, layers = [inputs, WIDTH, WIDTH, WIDTH], []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(WIDTH, outputs))


def real_points(count=BATCH):
    """Fresh points of the set, (N, 2)."""
    if REQUEST["data"] in ("grid", "drawn"):
        places = torch.cartesian_prod(*[torch.tensor([-0.8, 0.0, 0.8])] * 2)
        if REQUEST["data"] == "drawn":
            pairs = REQUEST["drawing"].strip().strip(";").split(";")
            places = torch.tensor([[float(number) for number in pair.split(",")] for pair in pairs])
        places = places[torch.randint(len(places), (count,))]
    else:
        share = torch.rand(count)
        radius = {"ring": torch.full_like(share, 0.8), "spiral": 0.9 * share.sqrt(), "line": share}[REQUEST["data"]]
        turn = 3.2 * math.pi * share.sqrt() if REQUEST["data"] == "spiral" else 2 * math.pi * share
        places = radius[:, None] * torch.stack([turn.cos(), turn.sin()], dim=1)
        if REQUEST["data"] == "line":
            places = torch.stack([1.7 * share - 0.85, 1.02 * share - 0.51], dim=1)
    return places + (0.05 if REQUEST["data"] == "grid" else 0.03) * torch.randn(count, 2)


generator, critic, velocity = network(2, 2), network(2, 1), network(3, 2)
adams = {
    model: torch.optim.Adam(model.parameters(), RATE, betas=betas, fused=True)
    for model, betas in ((generator, (0.0, 0.99)), (critic, (0.0, 0.99)), (velocity, (0.9, 0.999)))
}


def descend(model, loss):
    """One update of a model by its own Adam."""
    adams[model].zero_grad()
    loss.backward()
    adams[model].step()


def gan():
    """One update of the critic, then one of the generator."""
    with torch.no_grad():
        fake = generator(2 * torch.rand(BATCH, 2) - 1)
    descend(critic, softplus(-critic(real_points())).mean() + softplus(critic(fake)).mean())
    descend(generator, softplus(-critic(generator(2 * torch.rand(BATCH, 2) - 1))).mean())


def flow():
    """From noise to a point along a line: the network says the velocity."""
    x, noise, t = real_points(), torch.randn(BATCH, 2), torch.rand(BATCH, 1)
    found = velocity(torch.cat([(1 - t) * noise + t * x, t], dim=1))
    descend(velocity, (found - (x - noise)).square().mean())


@torch.no_grad()
def drawn_by_flow(count=300, steps=20):
    """Noise that follows the velocity in Euler's steps."""
    x = torch.randn(count, 2)
    for step in range(steps):
        x += velocity(torch.cat([x, torch.full((count, 1), step / steps)], dim=1)) / steps
    return x


@torch.no_grad()
def drawn_by_gan(count=300):
    """Noise goes through the generator once, (count, 2)."""
    return generator(2 * torch.rand(count, 2) - 1)


angle = torch.arange(32) * math.pi / 32
lines = torch.stack([angle.cos(), angle.sin()])
real = real_points(300)
for name, update, draw in (("GAN", gan, drawn_by_gan), ("flow matching", flow, drawn_by_flow)):
    updates, began = 0, time.thread_time()
    while time.thread_time() - began < REQUEST["seconds"]:
        update()
        updates += 1
    distance = float(((draw() @ lines).sort(0).values - (real @ lines).sort(0).values).abs().mean())
    print(f"{name}: {updates} updates, distance {distance:.3f}")
