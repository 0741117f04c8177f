"""The first frames of a flight, continued by a convolutional LSTM in plain PyTorch with the same weights.

Run it in the project's folder. The flight itself is drawn by this project's data/moving_digits.py.
"""

import base64
import io
import math

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

from aigc_demo.data.images import grid, to_pil
from aigc_demo.data.moving_digits import fly

REQUEST = {"sample": 40, "direction": 30, "speed": 1.5, "start_x": 0.4, "start_y": 0.6, "given": 4, "ahead": 12}

if drawing := REQUEST.get("drawing"):
    raw = base64.b64decode(drawing.partition(",")[2])
    digit = np.array(Image.open(io.BytesIO(raw)).convert("L"))[2:-2, 2:-2]
else:
    sheet = np.array(Image.open("assets/examples/mnist-samples.png").convert("L"))  # twenty of a class in a row
    row, column = divmod(REQUEST["sample"], 20)
    digit = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
angle = math.radians(REQUEST["direction"])
velocity = REQUEST["speed"] * torch.tensor([[-math.sin(angle), math.cos(angle)]])
start = torch.tensor([[REQUEST["start_y"], REQUEST["start_x"]]])
total = REQUEST["given"] + REQUEST["ahead"]
truth = fly(torch.from_numpy(digit.copy())[None], start, velocity, total).frames  # (1, T, 24, 24) in [-1, 1]

weights = {name: weight.float() for name, weight in load_file("assets/checkpoints/convlstm-digits.safetensors").items()}
levels = sum(name.endswith("gates.weight") for name in weights)


def convolution(name, x, stride=1):
    """A 3x3 convolution with the weights of this name."""
    return F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride, padding=1)


def lstm(level, x, h, c):
    """One step of nn.LSTMCell, convolutions in the place of its products."""
    i, f, g, o = convolution(f"cells.{level}.gates", torch.cat([x, h], 1)).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


widths = [weights[f"cells.{level}.gates.bias"].numel() // 4 for level in range(levels)]
memory = [(torch.zeros(1, width, 12 // 2**i, 12 // 2**i),) * 2 for i, width in enumerate(widths)]
ink, frames = (truth + 1) / 2, []
for time in range(total - 1):
    frame = ink[:, time : time + 1] if time < REQUEST["given"] else frames[-1]
    x = F.pixel_unshuffle(frame, 2)
    for level in range(levels):
        memory[level] = lstm(level, x, *memory[level])
        if level + 1 < levels:
            x = F.silu(convolution(f"halve.{level}", memory[level][0], 2))
    h = memory[-1][0]
    kernel = F.linear(h.flatten(1), weights["move.weight"], weights["move.bias"]).softmax(1)  # where it flies
    side = round(kernel.numel() ** 0.5)
    moved = F.conv2d(frame, kernel.view(1, 1, side, side), padding=side // 2)
    for level in reversed(range(levels - 1)):
        large = F.interpolate(h, scale_factor=2.0)
        h = F.silu(convolution(f"join.{level}", torch.cat([memory[level][0], large], 1)))
    change = F.pixel_shuffle(convolution("out", h), 2)
    frames.append(((0.02 + 0.96 * moved).logit() + change).sigmoid())

said = torch.cat([truth[:, : REQUEST["given"]], 2 * torch.cat(frames[-REQUEST["ahead"] :], 1) - 1], 1)
still = truth[:, : REQUEST["given"]]
still = torch.cat([still, still[:, -1:].expand(-1, REQUEST["ahead"], -1, -1)], 1)
grid(torch.cat([truth, still, said])[:, :, None].flatten(0, 1).numpy(), total, 2).save("library.png")
first, *others = (to_pil(frame, 10) for frame in said[0].numpy())
first.save("library.gif", save_all=True, append_images=others, duration=80, loop=0)
