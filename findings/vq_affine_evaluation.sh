#!/usr/bin/env bash
# vector-quantize-pytorch: with affine_param=True indices decode to noise, and eval() does not hold the codebook still.
#
# affine_param=True stretches and shifts the codebook to the mean and the deviation of what comes in. Two things are
# expected of a codebook after eval() and are not so. get_output_from_indices reads the raw codebook, without the shift:
# a decoder that is given indices gets vectors further from the inputs than their mean is (an error of 1 below), while
# the forward pass of the same model answers well. And the running mean and deviation of the inputs go on being updated
# in evaluation, under no_grad too: after other batches were looked at, one and the same input gets other indices and a
# larger error, so that a score depends on what was scored before. A codebook without the option is free of both; with
# it, keep the vectors and not the indices, and evaluate on a copy of the model (copy.deepcopy) that is thrown away.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6 \
  vector-quantize-pytorch==1.32.0 torch-einops-utils==0.2.0 einops==0.8.2 einx==0.4.3
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import copy
from importlib.metadata import version

import torch
from vector_quantize_pytorch import ResidualVQ, VectorQuantize

print("vector-quantize-pytorch", version("vector-quantize-pytorch"), "torch", torch.__version__)
for kind, options in ((VectorQuantize, {}), (ResidualVQ, {"num_quantizers": 4})):
    for affine in (False, True):
        torch.manual_seed(0)
        chance = torch.Generator().manual_seed(1)

        def batch(mean=5.0, deviation=3.0, chance=chance):
            return mean + deviation * torch.randn(8, 64, 16, generator=chance)

        model = kind(dim=16, codebook_size=64, kmeans_init=True, affine_param=affine, **options)
        for _ in range(200):
            model(batch())
        model.eval()
        x = batch()

        def error(found, x=x):
            """The mean squared error as a share of the variance: 1 is what the mean of the inputs would have."""
            return ((found - x).square().mean() / x.var()).item()

        with torch.no_grad():
            untouched = copy.deepcopy(model)(x)[0]
            before, indices = model(x)[:2]
            read = model.get_output_from_indices(indices)
            for _ in range(200):
                model(batch(mean=1.5, deviation=1.0))
            after, later = model(x)[:2]
        same = (indices == later).float().mean().item()
        print(
            f"{kind.__name__}, affine_param={affine}: error {error(before):.3f}, from its indices {error(read):.3f};"
            f" after other batches in eval() {error(after):.3f}, {same:.0%} of the indices as before"
        )
        assert error(before) < 0.75 and torch.equal(untouched, before)
        if affine:
            assert error(read) > 1, "indices decode with affine_param now"
            assert same < 0.9 and error(after) > 1.1 * error(before), "eval() holds the codebook still now"
        else:
            assert abs(error(read) - error(before)) < 1e-5 and torch.equal(before, after)
PYTHON
