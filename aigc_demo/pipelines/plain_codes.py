"""The network of models/code_diffusion.py in plain PyTorch functions, for diffusers' schedulers to run.

diffusers has no network for codes without places: its denoisers are U-Nets and Transformers. So this one takes the
place of a library's, with the call and the two attributes that hf_image.draw reads.
"""

import math
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.core import threads
from aigc_demo.models.code_diffusion import WAVES, CodeDiffusion


class PlainCodes:
    """Weights by name, and the arithmetic on them."""

    def __init__(self, model: CodeDiffusion):
        self.weights = {name: tensor.float() for name, tensor in model.state_dict().items()}
        self.blocks = model.config.blocks
        self.class_embedding = self.weights["label.weight"]
        self.config = SimpleNamespace(num_class_embeds=model.config.classes)

    def linear(self, name: str, x: Tensor) -> Tensor:
        """A linear layer by its name."""
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def __call__(self, x: Tensor, t: Tensor, label: Tensor, return_dict: bool = False) -> tuple[Tensor]:
        """Noisy codes x (B, D, 1, 1), t () or (B,), label (B,) -> (v (B, D, 1, 1),)."""
        with threads.small():  # as Denoiser gives our network
            return (self.output(x, t, label),)

    def output(self, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        """Noisy codes -> v, as above."""
        angle = t.reshape(-1, 1) * torch.exp(-math.log(10_000) * torch.arange(WAVES // 2, device=x.device) * 2 / WAVES)
        waves = torch.cat([angle.cos(), angle.sin()], 1)
        condition = self.linear("time.2", F.silu(self.linear("time.0", waves))) + self.class_embedding[label]
        h = self.linear("enter", x.flatten(1)) + condition
        for block in (f"blocks.{i}" for i in range(self.blocks)):
            norm = (self.weights[f"{block}.0.weight"], self.weights[f"{block}.0.bias"])
            inner = F.layer_norm(h + condition, h.shape[-1:], *norm)
            h = h + self.linear(f"{block}.3", F.silu(self.linear(f"{block}.1", inner)))
        return self.linear("leave", h)[..., None, None]
