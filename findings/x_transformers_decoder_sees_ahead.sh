#!/usr/bin/env bash
# x-transformers: with orthog_residual, mv_split_residual or attn_orthog_projected_values a Decoder sees the next token.
#
# A Decoder is causal: what it answers at a place must not depend on later places. These three options break that. The
# two with "orthog" take away from each update its part along the residual stream (or the values), and reckon it over
# the whole text at once, laid out as one long vector, where the paper of the first does so at each place for itself;
# mv_split_residual takes the mean over all places, the later ones too. Training finds this out: on random numbers,
# which nobody can foresee, the loss falls from log(16) = 2.77 to 1.21, 0.93 and 0.95 within 300 steps, on its way to a
# third of it (three places are asked for, and only the number after the last is not in the input). Such a loss looks
# like a triumph; a generator, which has no later places, gets nothing of it. gate_residual, beside them in the list of
# options, is causal. Keep the three to encoders, and before trusting a loss compare the answers to two texts that
# differ at their ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 x-transformers==2.31.10 torch-einops-utils==0.2.0 einops==0.8.2 einx==0.4.3
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import math
from importlib.metadata import version

import torch
import torch.nn.functional as F
from x_transformers import Decoder, TransformerWrapper

WORDS, STEPS = 16, 300


def network(**options):
    torch.manual_seed(0)
    layers = Decoder(dim=64, depth=2, heads=2, attn_dim_head=32, **options)
    return TransformerWrapper(num_tokens=WORDS, max_seq_len=16, attn_layers=layers)


def seen_ahead(model):
    """The largest change of the answers at the first 8 places when the 8 words behind them are exchanged."""
    text = torch.arange(WORDS)[None]
    other = torch.cat([text[:, :8], text[:, 8:] * 0], dim=1)
    with torch.no_grad():
        return (model(text) - model(other))[:, :8].abs().max().item()


def trained(model):
    """The mean loss of the last 30 steps of a training on random numbers, new ones in each step."""
    optimiser, chance, losses = torch.optim.Adam(model.parameters(), 2e-3), torch.Generator().manual_seed(1), []
    for _ in range(STEPS):
        text = torch.randint(0, WORDS, (128, 4), generator=chance)
        loss = F.cross_entropy(model(text[:, :-1]).transpose(1, 2), text[:, 1:])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return sum(losses[-30:]) / 30


print("x-transformers", version("x-transformers"), "torch", torch.__version__)
floor = math.log(WORDS)
print(f"random numbers cannot be foreseen: the least honest loss is log({WORDS}) = {floor:.3f}")
for option in (None, "gate_residual", "orthog_residual", "mv_split_residual", "attn_orthog_projected_values"):
    chosen = {option: True} if option else {}
    change = seen_ahead(network(**chosen).eval())
    loss = trained(network(**chosen))
    print(f"{option or 'no option'}: later words change earlier answers by {change:.4f}, loss after {STEPS} {loss:.3f}")
    if option in (None, "gate_residual"):
        assert change == 0 and loss > 0.99 * floor
    else:
        assert change > 0.01 and loss < 0.6 * floor, f"{option} is causal now"
PYTHON
