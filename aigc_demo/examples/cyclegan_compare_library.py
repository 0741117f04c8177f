"""Eight emoji translated with the cycle term and without, in plain PyTorch with the same weights.

Run it in the project's folder. No library has these networks as a class: `generator` is the paper's table, layer by
layer (arXiv:1703.10593, section 7.2).
"""

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

REQUEST = {"row": "faces", "direction": "to_google"}


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
sheet = np.array(Image.open("assets/examples/emoji-pairs.png").convert("RGB"))  # eight in a row, Twitter's first
row = ("faces", "things", "signs").index(REQUEST["row"])
twitter, google = (sheet[64 * i : 64 * i + 64].reshape(64, 8, 64, 3).swapaxes(0, 1) for i in (row, row + 3))
x, truth = (
    torch.from_numpy(emoji.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
    for emoji in ((twitter, google) if to_google else (google, twitter))
)

rows = [x]
for checkpoint in ("cyclegan-emoji-nocycle", "cyclegan-emoji"):
    weights = load_file(f"assets/checkpoints/{checkpoint}.safetensors")
    rows.append(generator(weights, "to_b" if to_google else "to_a")(x))
rows = torch.stack([*rows, truth])  # (4, 8, 3, 64, 64)

table = (rows.permute(0, 3, 1, 4, 2).flatten(0, 1).flatten(1, 2) + 1).clamp(0, 2) * 127.5
Image.fromarray(table.round().byte().numpy()).save("library.png")
