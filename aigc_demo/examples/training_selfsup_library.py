"""An encoder that learns from digits without labels, in plain PyTorch, and a linear classifier on its features.

Run it in the project's folder.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

REQUEST = {"objective": "contrastive", "labels": 10, "rounds": 200, "seed": 7}

want = {"objective": "contrastive", "labels": 10, "rounds": 200, "hidden": 0.6, "tau": 0.2, "seed": 7, **REQUEST}
SIDE, PATCH, EACH, BATCH = 28, 7, 30, 64
torch.manual_seed(want["seed"])
sheet = np.asarray(Image.open("assets/examples/digits-heldout.png").convert("L"))
x = torch.from_numpy(sheet.reshape(10, SIDE, -1, SIDE).swapaxes(1, 2).copy()).float() / 127.5 - 1
x = x[:, torch.randperm(x.shape[1])]  # (10 classes, 50 of each, 28, 28)
known, held = x[:, :EACH].reshape(-1, 1, SIDE, SIDE), x[:, EACH:].reshape(-1, 1, SIDE, SIDE)
known_labels, held_labels = (torch.arange(10).repeat_interleave(len(part) // 10) for part in (known, held))

encoder = nn.Sequential(
    *(nn.Conv2d(1, 16, 5, 2, 2), nn.GroupNorm(4, 16), nn.ReLU()),
    *(nn.Conv2d(16, 32, 3, 2, 1), nn.GroupNorm(4, 32), nn.ReLU()),
    *(nn.Conv2d(32, 64, 3, 2, 1), nn.GroupNorm(4, 64), nn.ReLU()),
    *(nn.Flatten(), nn.Linear(64 * 4 * 4, 64)),
)
outputs = 32 if want["objective"] == "contrastive" else SIDE * SIDE
head = nn.Sequential(nn.ReLU(), nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, outputs))
optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], 2e-3)


def view(x):
    """Every picture turned, scaled and moved a little."""
    angle, size = (torch.rand(2, len(x)) - 0.5) * torch.tensor([[0.7], [0.5]]) + torch.tensor([[0.0], [1.0]])
    rows = torch.stack([size * angle.cos(), -size * angle.sin(), torch.rand(len(x)) * 0.3 - 0.15], 1)
    lines = torch.stack([size * angle.sin(), size * angle.cos(), torch.rand(len(x)) * 0.3 - 0.15], 1)
    grid = F.affine_grid(torch.stack([rows, lines], 1), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def loss_of(x):
    """What the objective is to make small."""
    if want["objective"] == "contrastive":
        z = F.normalize(head(encoder(torch.cat([view(x), view(x)]))), dim=1)
        alike = (z @ z.T / want["tau"]).masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
        return F.cross_entropy(alike, torch.arange(len(z)).roll(len(x)))
    count = (SIDE // PATCH) ** 2
    places = torch.arange(count).expand(len(x), count)
    first = torch.randint(count, (len(x), 1))
    if want["objective"] == "masked":
        hidden = torch.rand(len(x), count).argsort(1).argsort(1) < round(want["hidden"] * count)
        asked = hidden
    else:
        hidden, asked = places >= first, places == first
    spread = [m.view(-1, 1, 4, 4).repeat_interleave(PATCH, 2).repeat_interleave(PATCH, 3) for m in (hidden, asked)]
    made = head(encoder(x.masked_fill(spread[0], 0.0))).view_as(x)
    return (made - x)[spread[1]].square().mean()


@torch.no_grad()
def read_rightly():
    """Share of held-out digits that ridge regression on the features reads rightly."""
    few = (torch.arange(10)[:, None] * EACH + torch.arange(want["labels"])).flatten()
    f, g = encoder(known[few]), encoder(held)
    mean, spread = f.mean(0), f.std(0) + 1e-3
    f, g, targets = (f - mean) / spread, (g - mean) / spread, F.one_hot(known_labels[few]).float()
    weights = torch.linalg.solve(f.T @ f + 0.1 * len(f) * torch.eye(64), f.T @ targets)
    return ((g @ weights).argmax(1) == held_labels).float().mean().item()


print(f"random features: {100 * read_rightly():.0f} %")
for _ in range(want["rounds"]):
    loss = loss_of(known[torch.randint(len(known), (BATCH,))])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"after {want['rounds']} updates without labels: {100 * read_rightly():.0f} %, loss {loss.item():.3f}")
