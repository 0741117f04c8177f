"""softmax(q k' / sqrt(E)) v, in the format whose gradient is fast."""

import torch
import torch.nn.functional as F
from torch import Tensor


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
    """q (B, H, T, E), k and v (B, H, S, E), mask (T, S) of what may be seen -> (B, H, T, E).

    Training under autocast on a CPU it computes in float32: PyTorch 2.13's gradient of attention in bfloat16 takes
    three to five times as long at 64 tokens on a CPU with AMX, nearly twice as long at 256; at 1,024 it is faster.
    """
    if q.device.type == "cpu" and torch.is_grad_enabled() and torch.is_autocast_enabled("cpu"):
        with torch.autocast("cpu", enabled=False):
            return F.scaled_dot_product_attention(q.float(), k.float(), v.float(), mask, is_causal=causal)
    return F.scaled_dot_product_attention(q, k, v, mask, is_causal=causal)
