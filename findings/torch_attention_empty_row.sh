#!/usr/bin/env bash
# torch: for a text without a word MultiheadAttention answers its bias while it trains and NaN once it is evaluated.
#
# A row that may attend to nothing is a softmax over minus infinities. In training mode with need_weights=False
# scaled_dot_product_attention answers 0 for it, so that the bias of the output is left: losses stay finite. The same
# call after eval() under no_grad takes the layer's fast path and is NaN; so is every call that asks for the weights
# (the default). A model that trained well on batches with empty rows thus breaks where it is used, or when its attention
# is shown. A mask of finite numbers in place of booleans is finite everywhere, and averages over the padding.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import torch

print("torch", torch.__version__)
torch.manual_seed(0)
layer = torch.nn.MultiheadAttention(16, 2, batch_first=True)
torch.nn.init.normal_(layer.out_proj.bias)
bias = layer.out_proj.bias.detach().expand(4, -1)
x = torch.randn(2, 4, 16)
padding = torch.tensor([[False] * 4, [True] * 4])  # the second text is empty


def answered(training, weights, mask):
    with torch.set_grad_enabled(training):
        return layer.train(training)(x, x, x, key_padding_mask=mask, need_weights=weights)[0].detach()


usual = answered(True, False, padding)[0]
for training in (True, False):
    for weights in (True, False):
        both = answered(training, weights, padding)
        assert torch.allclose(both[0], usual, atol=1e-6)  # the text with words is answered alike
        word = "NaN" if both[1].isnan().all() else "bias" if torch.allclose(both[1], bias) else "something else"
        print(f"training {training!s:5} need_weights {weights!s:5}: the empty text is answered by {word}")
        assert word == ("bias" if training and not weights else "NaN"), "an empty row is answered in another way now"
finite = torch.zeros(2, 4).masked_fill(padding, torch.finfo(torch.float32).min)
assert not answered(False, True, finite).isnan().any()
PYTHON
