#!/usr/bin/env bash
# vector-quantize-pytorch: indices of ResidualFSQ and ResidualLFQ with orthogonal_rotation decode to other vectors.
#
# With orthogonal_rotation=True vectors are turned before they are rounded and turned back after. FSQ and LFQ turn back
# when they read indices, too. The residual classes, which look the codes up in a table, leave it out: the answer of
# get_output_from_indices, and of return_all_codes, is further from that of the forward pass than zeros would be.
# ResidualLFQ(spherical=True) leaves out that its codes have length 1 in the same way. Nothing is raised, and a training
# never reads indices: it shows where a second network writes them, or a file that holds them is read. Adding up
# layer.indices_to_codes(indices) over the layers (times model.scales for ResidualFSQ) and model.project_out of the sum
# give the right vectors. Without the options the two ways agree to the last bit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6 \
  vector-quantize-pytorch==1.32.0 torch-einops-utils==0.2.0 einops==0.8.2 einx==0.4.3
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
from importlib.metadata import version

import torch
from vector_quantize_pytorch import FSQ, LFQ, ResidualFSQ, ResidualLFQ

x = torch.randn(8, 64, 16, generator=torch.Generator().manual_seed(0))
FSQ_OPTIONS, LFQ_OPTIONS = {"levels": [5] * 4}, {"codebook_size": 64}


def distance(found, right):
    return ((found - right).norm() / right.norm()).item()


@torch.no_grad()
def decoded(kind, options, chosen):
    """How far vectors read from indices are from those of the forward pass: by the class, and layer by layer."""
    torch.manual_seed(0)
    model = kind(dim=16, **options, **({chosen: True} if chosen else {})).eval()
    right, indices = model(x)[:2]
    if not hasattr(model, "layers"):
        return distance(model.indices_to_codes(indices), right), None
    scales = model.scales if kind is ResidualFSQ else torch.ones(len(model.layers))
    codes = [layer.indices_to_codes(indices[..., place]) for place, layer in enumerate(model.layers)]
    by_layer = model.project_out(sum(code * scale for code, scale in zip(codes, scales, strict=True)))
    return distance(model.get_output_from_indices(indices), right), distance(by_layer, right)


print("vector-quantize-pytorch", version("vector-quantize-pytorch"), "torch", torch.__version__)
for kind, options, choices in (
    (FSQ, FSQ_OPTIONS, ("orthogonal_rotation",)),
    (LFQ, LFQ_OPTIONS, ("orthogonal_rotation", "spherical")),
    (ResidualFSQ, FSQ_OPTIONS | {"num_quantizers": 3}, ("orthogonal_rotation",)),
    (ResidualLFQ, LFQ_OPTIONS | {"num_quantizers": 3}, ("orthogonal_rotation", "spherical")),
):
    for chosen in (None, *choices):
        found, by_layer = decoded(kind, options, chosen)
        layers = "" if by_layer is None else f", added up layer by layer {by_layer:.3f}"
        print(f"{kind.__name__}, {chosen or 'no option'}: indices decode {found:.3f} of the length away{layers}")
        assert by_layer is None or by_layer < 1e-5
        if chosen and by_layer is not None:
            assert found > 1, f"{kind.__name__} decodes with {chosen} now"
        else:
            assert found < 1e-5
PYTHON
