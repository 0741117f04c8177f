"""Codes drawn from the prior, decoded in plain PyTorch with the same weights. Run it in the project's folder."""

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

REQUEST = {"kind": "vae", "code": 16, "digit": -1, "temperature": 1.0, "seed": 7}


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


kind, size, digit = (REQUEST[name] for name in ("kind", "code", "digit"))
weights = load_file(f"assets/checkpoints/vae-digits-{kind}{'-2d' if size == 2 else ''}.safetensors")
generator = torch.Generator().manual_seed(REQUEST["seed"])
code = [REQUEST["temperature"] * torch.randn(64, size, generator=generator)]
if kind == "cvae" and digit < 0:  # a row for every digit, the columns sharing a code
    code = [code[0][:8].repeat(10, 1), nn.functional.one_hot(torch.arange(10).repeat_interleave(8), 10)]
elif kind == "cvae":
    code.append(nn.functional.one_hot(torch.full((64,), digit), 10))
pictures = paint(weights, *code).view(-1, 8, 28, 28)

table = pictures.swapaxes(1, 2).flatten(0, 1).flatten(1, 2) * 255
Image.fromarray(table.round().byte().numpy()).save("library.png")
