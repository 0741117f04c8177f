#!/usr/bin/env bash
# PEFT: add_weighted_adapter makes the combination of rank-stabilised LoRA adapters sqrt(rank) times too strong.
#
# Its documentation calls "cat" and "svd" precise. With the usual scaling, alpha / r, they are: the new adapter gets
# alpha = r and so a scaling of 1. Adapters with use_rslora=True hand that flag on to the new one, whose scaling is
# then r / sqrt(r) = sqrt(r), on top of the scalings of its parts, which have gone into its weights already. Two
# adapters of rank 8 joined by "cat" act 4 times as strongly as they should, of rank 64 over 11 times, in silence.
# Until it is mended, weights divided by the square root of the new rank (the sum of the ranks for "cat") give the
# right sum. The change to the layer's weights is compared with the weighted sum of the two changes that it is made
# from.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 peft==0.21.2 transformers==5.23.0 accelerate==1.15.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import peft
import torch
from peft import LoraConfig, get_peft_model

WEIGHTS = [0.75, 0.25]


def strength(rank, stabilised, kind):
    """How many times too strong the combination is, and its largest distance from a multiple of the right one."""
    torch.manual_seed(0)

    def config():
        return LoraConfig(
            r=rank, lora_alpha=16, target_modules=["0"], use_rslora=stabilised, init_lora_weights=False
        )

    model = get_peft_model(torch.nn.Sequential(torch.nn.Linear(64, 64, bias=False)), config(), adapter_name="first")
    model.add_adapter("second", config())
    options = {"svd_rank": 2 * rank} if kind == "svd" else {}
    model.add_weighted_adapter(["first", "second"], WEIGHTS, "both", combination_type=kind, **options)
    layer = model.base_model.model[0]
    first, second, both = (layer.get_delta_weight(name).detach() for name in ("first", "second", "both"))
    right = WEIGHTS[0] * first + WEIGHTS[1] * second
    times = float((both * right).sum() / (right * right).sum())
    return times, float((both / times - right).abs().max() / right.abs().max())


print("peft", peft.__version__, "torch", torch.__version__)
for kind in ("cat", "svd"):
    for rank in (2, 8, 32):
        usual, stabilised = (strength(rank, flag, kind) for flag in (False, True))
        print(
            f"{kind}, two adapters of rank {rank:2}: usual scaling {usual[0]:.4f} times the weighted sum,"
            f" rank-stabilised {stabilised[0]:.4f} (square root of the new rank: {(2 * rank) ** 0.5:.4f})"
        )
        assert abs(usual[0] - 1) < 1e-3 and max(usual[1], stabilised[1]) < 1e-3
        assert abs(stabilised[0] - (2 * rank) ** 0.5) < 1e-2, "rank-stabilised adapters are combined otherwise now"
PYTHON
