"""A convolutional LSTM that continues a clip: it reads the given frames, then what it said itself.

Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation Nowcasting", 2015
(arXiv:1506.04214), eq. 3: an LSTM whose products are convolutions, so that its state has a place; here without the
weights from the cell to the gates, as in `nn.LSTMCell`. One network both reads and forecasts: their encoder and
forecaster with shared weights. What it says is the last frame moved by a small kernel, which the coarsest state
chooses, and corrected (Finn, Goodfellow & Levine, "Unsupervised Learning for Physical Interaction through Video
Prediction", 2016, arXiv:1605.07157, section 3.2, with one kernel for all of the frame).

Frames are float in [-1, 1], (B, T, H, W). B batch, T frames, C = patch ** 2 channels of a folded frame of h x w
positions, D width of a level, the finest first, R reach of the kernel.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Memory = tuple[Tensor, Tensor]  # h and c of a level, (B, D, h, w) each
FAINT = 0.02  # the ink that stands for none, so that its logit is finite


@dataclass(frozen=True)
class ConvLSTMConfig:
    image_size: int = 24  # H = W, a multiple of patch * 2 ** (levels of `widths` - 1)
    patch: int = 2  # side of the squares that are folded into channels
    widths: tuple[int, ...] = (24, 32, 64)  # D per level, each of half the side of the one before
    kernel: int = 3  # side of the convolutions of a cell, odd
    reach: int = 2  # R, pixels that the kernel of motion moves a frame at most, each way

    @classmethod
    def tiny(cls) -> "ConvLSTMConfig":
        """The smallest config that runs every line; for tests."""
        return cls(widths=(8, 8))


class Cell(nn.Module):
    """One level: i, f, o = sigmoid(...), g = tanh(...) of one convolution; c = f c + i g, h = o tanh(c)."""

    def __init__(self, inputs: int, width: int, kernel: int):
        super().__init__()
        self.gates = nn.Conv2d(inputs + width, 4 * width, kernel, padding=kernel // 2)
        with torch.no_grad():
            self.gates.get_parameter("bias")[width : 2 * width] += (
                1  # forget gates open, so that a new network remembers
            )
        self.width = width

    def forward(self, x: Tensor, memory: Memory | None) -> Memory:
        """x (B, inputs, h, w) and the state before it, or None for zeros -> the state after it."""
        if memory is None:
            zeros = x.new_zeros(len(x), self.width, *x.shape[2:])
            memory = zeros, zeros
        h, c = memory
        i, f, g, o = self.gates(torch.cat([x, h], 1)).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class ConvLSTM(nn.Module):
    def __init__(self, config: ConvLSTMConfig):
        super().__init__()
        self.config = config
        widths, channels = config.widths, config.patch**2
        pairs = list(zip(widths, widths[1:], strict=False))
        side = config.image_size // config.patch // 2 ** len(pairs)
        self.cells = nn.ModuleList(
            Cell(inputs, width, config.kernel) for inputs, width in zip((channels, *widths[1:]), widths, strict=True)
        )
        self.halve = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairs)
        self.move = nn.Linear(widths[-1] * side**2, (2 * config.reach + 1) ** 2)
        self.join = nn.ModuleList(nn.Conv2d(a + b, a, 3, padding=1) for a, b in pairs)
        self.out = nn.Conv2d(widths[0], channels, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        with torch.no_grad():
            self.move.bias[len(self.move.bias) // 2] += 2  # a new network leaves a frame where it is

    def step(self, frame: Tensor, state: list[Memory] | None) -> tuple[Tensor, list[Memory]]:
        """Read a frame (B, H, W) of ink in [0, 1] -> logits of the ink of the next one (B, H, W), and the state."""
        x = F.pixel_unshuffle(frame[:, None], self.config.patch)
        found: list[Memory] = []
        for level, cell in enumerate(self.cells):
            found.append(cell(x, state[level] if state else None))
            if level < len(self.halve):
                x = F.silu(self.halve[level](found[-1][0]))
        h = found[-1][0]
        ink = moved(frame, self.move(h.flatten(1)).softmax(1))
        for level in reversed(range(len(self.join))):
            h = torch.cat([found[level][0], F.interpolate(h, scale_factor=2.0)], 1)
            h = F.silu(self.join[level](h))
        change = F.pixel_shuffle(self.out(h), self.config.patch)[:, 0]
        return (FAINT + (1 - 2 * FAINT) * ink).logit() + change, found

    def logits(self, given: Tensor, ahead: int) -> Iterator[Tensor]:
        """Given frames (B, T, H, W) of ink in [0, 1] -> logits (B, H, W) of frame 1, 2, ..., T + ahead - 1.

        Behind the given frames it reads what it said.
        """
        state, said = None, given[:, 0]
        for i in range(given.shape[1] + ahead - 1):
            found, state = self.step(given[:, i] if i < given.shape[1] else said, state)
            said = found.sigmoid()
            yield found

    def forward(self, given: Tensor, ahead: int) -> Tensor:
        """Given frames (B, T, H, W) in [-1, 1] -> the `ahead` frames that follow, (B, ahead, H, W) in [-1, 1]."""
        found = torch.stack(list(self.logits((given + 1) / 2, ahead)), 1)
        return 2 * found[:, -ahead:].sigmoid() - 1


def moved(frame: Tensor, kernel: Tensor) -> Tensor:
    """Every frame (B, H, W) convolved with its own kernel (B, (2 R + 1) ** 2) -> (B, H, W)."""
    side = round(kernel.shape[1] ** 0.5)
    around = F.unfold(frame[:, None], side, padding=side // 2)  # (B, (2 R + 1) ** 2, H * W)
    return (kernel[:, None] @ around).view_as(frame)
