"""The network of clips in plain PyTorch: nn.Conv3d, nn.GroupNorm and nn.TransformerEncoderLayer, with the same weights.

No class of diffusers is this function: its UNet3DConditionModel has four convolutions in time to a block, attention in
time at the top, and looks at a text; UNetMotionModel has no convolutions in time.

B batch, C channels of a folded frame, T frames, h, w height and width, D feature maps.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.video import LEAST, Video, VideoConfig
from aigc_demo.nn.timestep import sinusoidal

NAMES = {  # of a Transformer layer: ours -> that of nn.TransformerEncoderLayer
    "attention.qkv.weight": "self_attn.in_proj_weight",
    "attention.qkv.bias": "self_attn.in_proj_bias",
    "attention.out.": "self_attn.out_proj.",
    "up.": "linear1.",
    "down.": "linear2.",
}


class PlainBlock(nn.Module):
    """A convolution in space and one in time, both nn.Conv3d, added to what came in."""

    def __init__(self, inputs: int, width: int, config: VideoConfig):
        super().__init__()
        self.norm1 = nn.GroupNorm(config.groups, inputs, config.norm_eps)
        self.space = nn.Conv3d(inputs, width, (1, 3, 3), padding=(0, 1, 1))
        self.norm2 = nn.GroupNorm(config.groups, width, config.norm_eps)
        self.time = nn.Conv3d(width, width, (3, 1, 1), padding=(1, 0, 0))
        self.shortcut = nn.Conv3d(inputs, width, 1) if inputs != width else nn.Identity()

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x (B, inputs, T, h, w), bias (B, D, T, 1, 1) -> (B, D, T, h, w)."""
        h = self.space(F.silu(self.norm1(x))) + bias
        return self.shortcut(x) + self.time(F.silu(self.norm2(h)))


class PlainVideo(nn.Module):
    def __init__(self, config: VideoConfig):
        super().__init__()
        self.config = config
        widths, channels, embedding = config.widths, config.patch**2, 4 * config.widths[0]
        pairs = list(zip(widths, widths[1:], strict=False))
        self.time = nn.Sequential(nn.Linear(widths[0], embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.label = nn.Embedding(config.classes, embedding)
        self.conv_in = nn.Conv3d(channels, widths[0], (1, 3, 3), padding=(0, 1, 1))
        self.down = nn.ModuleList(PlainBlock(w, w, config) for w in widths)
        self.halve = nn.ModuleList(nn.Conv3d(a, b, (1, 3, 3), (1, 2, 2), (0, 1, 1)) for a, b in pairs)
        side = config.image_size // config.patch // 2 ** len(pairs)
        self.positions = nn.Parameter(torch.zeros(1, config.frames * side**2, widths[-1]))
        layer = partial(nn.TransformerEncoderLayer, activation=partial(F.gelu, approximate="tanh"), batch_first=True)
        self.middle = nn.ModuleList(
            layer(widths[-1], widths[-1] // config.head_width, 4 * widths[-1], 0.0, norm_first=True)
            for _ in range(config.layers)
        )
        self.narrow = nn.ModuleList(nn.Conv3d(b, a, 1) for a, b in pairs)
        self.up = nn.ModuleList(PlainBlock(2 * w, w, config) for w in widths)
        self.norm_out = nn.GroupNorm(config.groups, widths[0], config.norm_eps)
        self.conv_out = nn.Conv3d(widths[0], channels, (1, 3, 3), padding=(0, 1, 1))
        self.bias_widths = [*widths, *reversed(widths)]
        self.biases = nn.Linear(embedding, sum(self.bias_widths))

    def forward(self, x: Tensor, level: Tensor, label: Tensor) -> Tensor:
        """As Video.forward: folded noisy x (B, T * C, h, w), level (B,), label (B,) -> velocity (B, T * C, h, w)."""
        frames = self.config.frames
        s = (level + 1) / self.config.levels  # flow time (B,)
        wave = sinusoidal(1000 * s, self.config.widths[0])
        embedding = F.silu(self.time(wave) + self.label(label))
        biases = iter(self.biases(embedding)[:, :, None, None, None].split(self.bias_widths, dim=1))
        h = self.conv_in(x.reshape(len(x), frames, -1, *x.shape[2:]).transpose(1, 2))
        skips = []
        for i, block in enumerate(self.down):
            h = block(h, next(biases))
            skips.append(h)
            h = self.halve[i](h) if i < len(self.halve) else h
        tokens = h.permute(0, 2, 3, 4, 1).flatten(1, 3) + self.positions
        for layer in self.middle:
            tokens = layer(tokens)
        h = h + tokens.unflatten(1, (frames, *h.shape[3:])).permute(0, 4, 1, 2, 3)
        for i in reversed(range(len(self.up))):
            h = self.up[i](torch.cat([h, skips[i]], dim=1), next(biases))
            h = F.interpolate(self.narrow[i - 1](h), scale_factor=(1.0, 2.0, 2.0)) if i else h
        clean = self.conv_out(F.silu(self.norm_out(h))).transpose(1, 2).flatten(1, 2)
        return (x - clean) / s.clamp_min(LEAST)[:, None, None, None]


def plain(model: Video) -> PlainVideo:
    """The same function of the same weights, in eval mode; no memory is shared."""
    found = PlainVideo(model.config).to(model.positions.device)
    theirs = found.state_dict()
    weights = {}
    for name, weight in model.state_dict().items():
        if name.startswith("middle."):
            for ours, other in NAMES.items():
                name = name.replace(ours, other)
        elif ".time.linear." in name:  # taps of a frame side by side
            name = name.replace(".linear", "")
            weight = weight.unflatten(1, (3, -1)).transpose(1, 2) if weight.ndim == 2 else weight
        weights[name] = weight.reshape(theirs[name].shape)
    found.load_state_dict(weights)
    return found.eval().requires_grad_(False)
