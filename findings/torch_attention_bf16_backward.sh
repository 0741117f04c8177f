#!/usr/bin/env bash
# PyTorch on a CPU with AMX: the gradient of attention in bfloat16 takes several times as long as in float32.
#
# On such a CPU bfloat16 is the fast format: matrix products gain, and so does the forward pass of
# scaled_dot_product_attention. Its backward pass does the opposite on short sequences: at 64 and 128 tokens (batch 40,
# 4 heads of 32) it takes three to five times as long as in float32, at 256 nearly twice; at 1,024 it is faster.
# torch.autocast casts the inputs of attention to bfloat16, so that a small Transformer that trains under it spends
# more time there than anywhere else, and may be no faster than without autocast. Attention alone in float32 mends it.
#
# It needs a CPU with AMX in bfloat16 and ends with 2 without having looked on any other.
set -euo pipefail
if ! grep -qs amx_bf16 /proc/cpuinfo; then
    echo "this CPU has no AMX in bfloat16: nothing was measured" >&2
    exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0
cd "$folder"
cat > attention.py <<'PYTHON'
import statistics
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def seconds(tokens, dtype):
    """Forward and backward of causal attention, (40, 4, tokens, 32)."""
    q, k, v = (torch.randn(40, 4, tokens, 32, dtype=dtype, requires_grad=True) for _ in range(3))
    start = time.perf_counter()
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    middle = time.perf_counter()
    y.sum().backward()
    return middle - start, time.perf_counter() - middle


print("torch", torch.__version__)
ratios = {}
for tokens in (64, 128):
    pairs = [[seconds(tokens, dtype) for dtype in FORMATS.values()] for _ in range(12)][2:]
    for place, name in enumerate(("forward", "backward")):
        ratios[name, tokens] = statistics.median(short[place] / exact[place] for exact, short in pairs)
        exact, short = (1000 * statistics.median(pair[i][place] for pair in pairs) for i in (0, 1))
        print(f"{tokens} tokens, {name}: float32 {exact:.1f} ms, bfloat16 {short:.1f} ms, {ratios[name, tokens]:.1f} x")
assert ratios["backward", 64] > 2 and ratios["backward", 128] > 2, "the gradient is no longer slow in bfloat16"
assert ratios["forward", 128] < 1.2, "the forward pass is slow as well"
PYTHON
"$folder/venv/bin/python" attention.py
