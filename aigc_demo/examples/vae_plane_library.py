"""A point of the plane, decoded by four models in plain PyTorch. Run it in the project's folder."""

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

REQUEST = {"x": 0.6, "y": -0.4, "digit": 3}


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


label = nn.functional.one_hot(torch.tensor([REQUEST["digit"]]), 10)
row = []
for kind in ("ae", "vae", "cvae", "beta4"):
    weights = load_file(f"assets/checkpoints/vae-digits-{kind}-2d.safetensors")
    code = [torch.tensor([[REQUEST["x"], REQUEST["y"]]])]
    row.append(paint(weights, *code, label) if kind == "cvae" else paint(weights, *code))
pictures = torch.stack(row, 1)  # (1, 4, 28, 28)

table = pictures.swapaxes(1, 2).flatten(0, 1).flatten(1, 2) * 255
Image.fromarray(table.round().byte().numpy()).save("library.png")
