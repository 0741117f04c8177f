#!/usr/bin/env bash
# PEFT: an OFT adapter that has learned nothing scrambles the input of a 3 x 3 convolution, and merging undoes it.
#
# Orthogonal fine-tuning begins at the identity, and so it does on linear layers and on convolutions of 1 x 1. Under a
# larger kernel the layer cuts its input into overlapping patches, turns each, and puts them together again by torch's
# fold. That wants the patches last, as channels x kernel x places; they are handed over as channels x places x kernel
# under the shape of the other, so that pixels land elsewhere (and fold adds what overlaps). The output is as good as
# uncorrelated with the network's. merge_and_unload turns the weights instead, rightly: of the untouched adapter it
# gives the network back, of a trained one another network than the one that was trained. No error, no warning.
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
from peft import LoraConfig, OFTConfig, get_peft_model

METHODS = {
    "OFT": lambda: OFTConfig(r=0, oft_block_size=4, target_modules=["0"]),
    "LoRA": lambda: LoraConfig(r=4, target_modules=["0"]),
}


def alike(first, second):
    """The correlation of two outputs."""
    return float(torch.corrcoef(torch.stack([first.flatten(), second.flatten()]))[0, 1])


def looked_at(method, layer, x):
    """The layer's output against the untouched adapter's, before and after merging, and a trained one's with itself."""
    network = torch.nn.Sequential(layer)
    usual = network(x).detach()
    model = get_peft_model(network, METHODS[method]())
    fresh = alike(model(x).detach(), usual)
    model.merge_adapter()
    merged = alike(model(x).detach(), usual)
    model.unmerge_adapter()
    for weight in model.parameters():
        if weight.requires_grad:
            torch.nn.init.normal_(weight, std=0.1)
    trained = model(x).detach()
    return fresh, merged, alike(model.merge_and_unload()(x).detach(), trained)


print("peft", peft.__version__, "torch", torch.__version__)
torch.manual_seed(0)
picture, numbers = torch.randn(2, 4, 64, 64), torch.randn(2, 8)
found = {}
for method in METHODS:
    for name, layer, x in (
        ("linear", torch.nn.Linear(8, 8), numbers),
        ("convolution 1 x 1", torch.nn.Conv2d(4, 8, 1, bias=False), picture),
        ("convolution 3 x 3", torch.nn.Conv2d(4, 8, 3, padding=1, bias=False), picture),
        ("convolution 5 x 5", torch.nn.Conv2d(4, 8, 5, padding=2, bias=False), picture),
    ):
        fresh, merged, trained = found[method, name] = looked_at(method, layer, x)
        print(
            f"{method}, {name}: correlation of the untouched adapter with the layer {fresh:.2f}, merged {merged:.2f};"
            f" of a trained adapter with itself after merging {trained:.2f}"
        )
for name in ("convolution 3 x 3", "convolution 5 x 5"):
    fresh, merged, trained = found.pop(("OFT", name))
    assert abs(fresh) < 0.2 and merged > 0.999 and abs(trained) < 0.2, "OFT begins at the identity now"
assert min(min(three) for three in found.values()) > 0.999
PYTHON
