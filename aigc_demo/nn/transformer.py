"""Pre-norm Transformer layers as CLIP's towers have them: LayerNorm, biases everywhere, GELU.

    x = x + attention(norm1(x));  x = x + mlp(norm2(x))

Vaswani et al., "Attention Is All You Need", 2017 (arXiv:1706.03762); the norm goes first as in Radford et al., 2019.

B batch, T positions, D width, H heads, E width of a head.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.nn.attention import attend


class SelfAttention(nn.Module):
    """softmax(q k' / sqrt(E)) v per head; causal: no position looks at later ones."""

    def __init__(self, width: int, heads: int, causal: bool):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)  # (B, H, T, E) each
        mixed = attend(q, k, v, causal=self.causal)
        return self.out(mixed.transpose(1, 2).reshape(b, t, d))


class TransformerLayer(nn.Module):
    """Attention, then an MLP of four times the width, each with a residual connection."""

    def __init__(self, width: int, heads: int, causal: bool, eps: float = 1e-5):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps)
        self.attention = SelfAttention(width, heads, causal)
        self.norm2 = nn.LayerNorm(width, eps)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        x = x + self.attention(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))
