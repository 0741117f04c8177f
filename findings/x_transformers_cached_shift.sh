#!/usr/bin/env bash
# x-transformers: with shift_tokens=1 generate() writes another text than the network stands for, unless cache_kv=False.
#
# shift_tokens gives each place a part of the features of the place before. generate() keeps keys and values by default
# and hands the network the newest word alone, which then has no place before it: zeros stand there. The network says of
# itself that it can be cached (can_cache_kv is True, as it is not for options that are known not to bear it), so that
# nothing is said. The first word is right, as the prompt is still read whole; from then on the greedy text differs, of
# words that the network itself finds less likely. attn_data_dependent_alibi goes wrong too, less often. Logits and
# losses of a whole text are right, so that training shows nothing. cache_kv=False writes what the network means.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 x-transformers==2.31.10 torch-einops-utils==0.2.0 einops==0.8.2 einx==0.4.3
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
from importlib.metadata import version

import torch
from x_transformers import AutoregressiveWrapper, Decoder, TransformerWrapper

WORDS, LENGTH = 50, 24


def network(**options):
    torch.manual_seed(0)
    layers = Decoder(dim=32, depth=2, heads=4, attn_dim_head=16, **options)
    model = TransformerWrapper(num_tokens=WORDS, max_seq_len=64, attn_layers=layers).eval()
    chance = torch.Generator().manual_seed(1)
    for weights in model.parameters():  # as a training does, so that no bias or gate is left at its beginning
        weights.data += 0.1 * torch.randn(weights.shape, generator=chance)
    return AutoregressiveWrapper(model)


def best_word(model, prompts, written):
    """The share of the written words that are the most likely ones after what stands before them, read as a whole."""
    with torch.no_grad():
        answers = model.net(torch.cat([prompts, written], dim=1))[:, prompts.shape[1] - 1 : -1]
    return (answers.argmax(-1) == written).float().mean().item()


print("x-transformers", version("x-transformers"), "torch", torch.__version__)
prompts = torch.randint(0, WORDS, (32, 6), generator=torch.Generator().manual_seed(3))
for option in (None, "rotary_pos_emb", "shift_tokens", "attn_data_dependent_alibi", "attn_selective"):
    model = network(**({option: 1 if option == "shift_tokens" else True} if option else {}))
    cached = model.generate(prompts, LENGTH, temperature=0.0)
    whole = model.generate(prompts, LENGTH, temperature=0.0, cache_kv=False)
    same = (cached == whole).float().mean().item()
    right = best_word(model, prompts, cached)
    print(
        f"{option or 'no option'}: can_cache_kv {model.net.can_cache_kv}; greedy, by default {same:.0%} of the words as"
        f" with cache_kv=False; the network's most likely word: {right:.0%} by default,"
        f" {best_word(model, prompts, whole):.0%} with cache_kv=False"
    )
    assert best_word(model, prompts, whole) > 0.99 and (cached[:, 0] == whole[:, 0]).all()
    if option in ("shift_tokens", "attn_data_dependent_alibi"):
        assert model.net.can_cache_kv and same < 0.9 and right < 0.99, f"{option} is cached rightly now"
    else:
        assert right > 0.99
PYTHON
