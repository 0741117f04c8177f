"""A digit, rebuilt by four models in plain PyTorch with the same weights. Run it in the project's folder.

Where no class is said, this project's judge reads the one that the CVAE is told.
"""

import base64
import io

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from aigc_demo.checkpoints.store import Store

REQUEST = {"sample": 47, "drawing": "", "code": 2, "digit": -1, "seed": 7}


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


x = digit(REQUEST["sample"], REQUEST["drawing"])
if REQUEST["digit"] < 0:
    judge = Store(device="cpu").load("judge-digits")
    known = judge(nn.functional.pad(2 * x - 1, (2, 2, 2, 2), value=-1.0)[None, None]).argmax(1)
else:
    known = torch.tensor([REQUEST["digit"]])
label = nn.functional.one_hot(known, 10)
noise = torch.randn(8, REQUEST["code"], generator=torch.Generator().manual_seed(REQUEST["seed"]))

rows = []
for kind in ("ae", "vae", "cvae", "beta4"):
    weights = load_file(f"assets/checkpoints/vae-digits-{kind}{'-2d' if REQUEST['code'] == 2 else ''}.safetensors")
    told = [label] if kind == "cvae" else []
    seen = torch.cat([x.view(1, 784), *told], 1)
    mean, deviation = network(weights, "encoder.0", "encoder.2", "mean")(seen), 0.0
    if kind != "ae":
        deviation = (network(weights, "encoder.0", "encoder.2", "log_variance")(seen) / 2).exp()
    rebuilt = paint(weights, mean, *told)
    again = paint(weights, mean + deviation * noise, *(part.expand(8, 10) for part in told))
    rows.append(torch.cat([x[None], rebuilt, (rebuilt - x + 1) / 2, again]))
pictures = torch.stack(rows)  # (4, 11, 28, 28)

table = pictures.swapaxes(1, 2).flatten(0, 1).flatten(1, 2) * 255
Image.fromarray(table.round().byte().numpy()).save("library.png")
