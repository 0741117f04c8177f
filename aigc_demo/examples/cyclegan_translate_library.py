"""A picture in the other vendor's style and back again, in plain PyTorch with the same weights.

Run it in the project's folder. No library has these networks as a class: `generator` is the paper's table, layer by
layer (arXiv:1703.10593, section 7.2).
"""

import base64
import io

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

REQUEST = {"sample": 19, "picture": "", "direction": "to_google"}


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def block(convolution):
    return [convolution, nn.InstanceNorm2d(convolution.out_channels), nn.ReLU()]


def generator(weights, name):
    """c7s1-w, d2w, d4w, some R4w, u2w, uw, c7s1-3, with the width w and the number of R of the weights."""
    head = f"{name}.layers."
    mine = {key.removeprefix(head): value for key, value in weights.items() if key.startswith(head)}
    w, blocks = len(mine["0.weight"]), sum(key.endswith(".layers.0.weight") for key in mine)
    around, enlarge = {"padding_mode": "reflect"}, {"stride": 2, "padding": 1, "output_padding": 1}
    same = [nn.Conv2d(4 * w, 4 * w, 3, padding=1, **around) for _ in range(2 * blocks)]
    network = nn.Sequential(
        *block(nn.Conv2d(3, w, 7, padding=3, **around)),
        *block(nn.Conv2d(w, 2 * w, 3, stride=2, padding=1)),
        *block(nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1)),
        *(Residual(*block(a), b, nn.InstanceNorm2d(4 * w)) for a, b in zip(same[::2], same[1::2], strict=True)),
        *block(nn.ConvTranspose2d(4 * w, 2 * w, 3, **enlarge)),
        *block(nn.ConvTranspose2d(2 * w, w, 3, **enlarge)),
        nn.Conv2d(w, 3, 7, padding=3, **around),
        nn.Tanh(),
    )
    network.load_state_dict({key.replace(".layers.", "."): value for key, value in mine.items()})
    return network.requires_grad_(False)


to_google = REQUEST["direction"] == "to_google"
if REQUEST["picture"]:
    emoji = np.array(Image.open(io.BytesIO(base64.b64decode(REQUEST["picture"].partition(",")[2]))).convert("RGB"))
else:
    sheet = np.array(Image.open("assets/examples/emoji-pairs.png").convert("RGB"))  # eight in a row, Twitter's first
    row, column = divmod(REQUEST["sample"] + (0 if to_google else 24), 8)
    emoji = sheet[64 * row : 64 * row + 64, 64 * column : 64 * column + 64]
x = torch.from_numpy(emoji).permute(2, 0, 1)[None].float() / 127.5 - 1

weights = load_file("assets/checkpoints/cyclegan-emoji.safetensors")
forth, back = ("to_b", "to_a") if to_google else ("to_a", "to_b")
there = generator(weights, forth)(x)
pictures = torch.cat([x, there, generator(weights, back)(there)])

strip = (pictures.permute(2, 0, 3, 1).flatten(1, 2) + 1).clamp(0, 2) * 127.5  # side by side
Image.fromarray(strip.round().byte().numpy()).save("library.png")
