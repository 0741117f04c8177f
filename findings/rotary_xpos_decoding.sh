#!/usr/bin/env bash
# rotary-embedding-torch: with use_xpos=True a text written word by word gets other attention than one read whole.
#
# xPos makes attention fade with distance: the product of each pair of features is multiplied by a scale below 1, to a
# power that grows with the distance from query to key. Positions are counted from the middle of what is passed, and
# between as many queries as keys the middles cancel. rotate_queries_with_cached_keys, made for decoding with a cache,
# counts that of a single query from itself and those of n keys from n / 2. So each pair of features is off by
# scale^(n / 2 / scale_base), a factor that changes with every word: at 512 words the fastest pair counts half of what
# it should, at 2,048 a twelfth. As many queries as keys, by the same method, are right, and so is decoding without
# xPos. The last row of rotate_queries_and_keys, with the query as the last of n (the others may be zeros), is what a
# training sees.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 rotary-embedding-torch==0.9.1 einops==0.8.2
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
from importlib.metadata import version

import torch
from rotary_embedding_torch import RotaryEmbedding

FEATURES = 32


def last_row(queries, keys, xpos, way):
    """The rotated last query and all rotated keys."""
    rotary = RotaryEmbedding(FEATURES, use_xpos=xpos)  # a new one, as it keeps what it has computed
    if way == "cached":
        queries, keys = rotary.rotate_queries_with_cached_keys(queries, keys)
    elif xpos:
        queries, keys = rotary.rotate_queries_and_keys(queries, keys)
    else:
        queries, keys = rotary.rotate_queries_or_keys(queries), rotary.rotate_queries_or_keys(keys)
    return queries[0, 0, -1], keys[0, 0]


def moved(one, other):
    """The share of the attention that goes elsewhere."""
    rows = [torch.softmax(keys @ query / FEATURES**0.5, dim=-1) for query, keys in (one, other)]
    return (rows[0] - rows[1]).abs().sum().item() / 2


print("rotary-embedding-torch", version("rotary-embedding-torch"), "torch", torch.__version__)
for xpos in (False, True):
    for words in (16, 128, 512, 2048):
        chance = torch.Generator().manual_seed(0)
        queries, keys = (torch.randn(1, 1, words, FEATURES, generator=chance) for _ in range(2))
        alone = torch.cat([torch.zeros_like(queries[:, :, 1:]), queries[:, :, -1:]], dim=2)
        right = last_row(queries, keys, xpos, "whole")
        single = last_row(queries[:, :, -1:], keys, xpos, "cached")
        parts = [(query[0] * keys[0, 0] + query[1] * keys[0, 1]).item() for query, keys in (right, single)]
        factor = parts[1] / parts[0]
        print(
            f"use_xpos={xpos}, {words} words: the fastest pair counts {factor:.3f} of what it does read whole,"
            f" {moved(right, single):.1%} of the attention moved"
        )
        assert moved(right, last_row(queries, keys, xpos, "cached")) < 1e-4
        assert moved(right, last_row(alone, keys, xpos, "whole")) < 1e-4
        if xpos and words >= 512:
            assert factor < 0.6 and moved(right, single) > 0.05, "decoding with xPos is right now"
        elif not xpos:
            assert moved(right, single) < 1e-4
PYTHON
