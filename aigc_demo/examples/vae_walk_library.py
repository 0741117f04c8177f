"""From one digit to another, in plain PyTorch with the same weights. Run it in the project's folder.

A CVAE is told the classes of both ends: as this project's judge reads them, or drawn with the codes.
"""

import base64
import io

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from aigc_demo.checkpoints.store import Store

REQUEST = {"kind": "vae", "code": 16, "random": True, "seed": 7, "frames": 11}


def network(weights, *names):
    """The linear layers of these names, with a ReLU between them."""
    layers = []
    for name in names:
        weight, bias = weights[f"{name}.weight"].float(), weights[f"{name}.bias"].float()
        layers += [nn.Linear(weight.shape[1], weight.shape[0]), nn.ReLU()]
        layers[-2].load_state_dict({"weight": weight, "bias": bias})
    return nn.Sequential(*layers[:-1]).requires_grad_(False)


def paint(weights, *code):
    """Codes (N, D), for a CVAE with the class behind them (N, 10) -> pictures (N, 28, 28)."""
    decoder = network(weights, "decoder.0", "decoder.2", "decoder.4")
    return decoder(torch.cat(code, 1)).sigmoid().view(-1, 28, 28)


def digit(sample, drawing):
    """A drawing, else a shipped digit, as the models see it: (28, 28) in [0, 1]."""
    if drawing:
        picture = np.array(Image.open(io.BytesIO(base64.b64decode(drawing.partition(",")[2]))))[2:-2, 2:-2]
    else:
        sheet = np.array(Image.open("assets/examples/mnist-samples.png").convert("L"))  # twenty of a class in a row
        row, column = divmod(sample, 20)
        picture = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
    return torch.from_numpy(picture.copy()) / 255


kind, size = REQUEST["kind"], REQUEST["code"]
weights = load_file(f"assets/checkpoints/vae-digits-{kind}{'-2d' if size == 2 else ''}.safetensors")
codes, labels = [], []
for end, place in (("from", 0), ("to", 1)):
    if REQUEST["random"]:
        generator = torch.Generator().manual_seed((REQUEST["seed"] + place) % 2**32)
        codes.append(torch.randn(1, size, generator=generator))
        labels.append(nn.functional.one_hot(torch.randint(10, (1,), generator=generator), 10).float())
        continue
    x = digit(REQUEST[f"sample_{end}"], REQUEST[f"drawing_{end}"])
    judge = Store(device="cpu").load("judge-digits")
    known = judge(nn.functional.pad(2 * x - 1, (2, 2, 2, 2), value=-1.0)[None, None]).argmax(1)
    labels.append(nn.functional.one_hot(known, 10).float())
    told = labels[-1:] if kind == "cvae" else []
    codes.append(network(weights, "encoder.0", "encoder.2", "mean")(torch.cat([x.view(1, 784), *told], 1)))

start, end = codes
shares = torch.linspace(0, 1, REQUEST["frames"])[:, None]
straight = torch.lerp(start, end, shares)
angle = torch.acos(torch.cosine_similarity(start, end).clamp(-1, 1))
arc = straight  # where both codes point the same or the opposite way
if torch.sin(angle) >= 1e-4:
    arc = (torch.sin((1 - shares) * angle) * start + torch.sin(shares * angle) * end) / torch.sin(angle)
told = [torch.lerp(*labels, shares)] if kind == "cvae" else []
rows = [paint(weights, code, *told) for code in (straight, arc)]
fade = torch.lerp(rows[0][:1], rows[0][-1:], shares[:, None])
pictures = torch.stack([*rows, fade])  # (3, frames, 28, 28)

table = pictures.swapaxes(1, 2).flatten(0, 1).flatten(1, 2) * 255
Image.fromarray(table.round().byte().numpy()).save("library.png")
