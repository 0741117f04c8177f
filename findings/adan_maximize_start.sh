#!/usr/bin/env bash
# pytorch-optimizer: Adan with maximize=True takes shorter steps than without it on the negated loss.
#
# maximize=True is documented as "Maximize the objective instead of minimizing it", so it should walk as the negated loss
# does without it. Adan keeps the gradient of the step before, to follow how it changes; at the first step the change
# is zero. There the gradient is stored before it is negated for maximize, so that the first change is twice the
# gradient. It enters the running means and fades with them. On a slope that never changes, where every step is the
# learning rate, the second is 11 percent too short, the fifth 15 and the fortieth 6. Of the others in the package that
# have the option, Adam, AdamW, Lion and AdaBelief take the same steps both ways. Negating the loss is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6 pytorch-optimizer==4.1.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import torch
from pytorch_optimizer import load_optimizer


def steps(name, maximize, count=40):
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0, 3.0]))
    optimizer = load_optimizer(name)([weight], lr=0.01, maximize=maximize)
    slope, walked = torch.tensor([1.0, 1.0, -1.0]), []
    for _ in range(count):
        before = weight.detach().clone()
        optimizer.zero_grad()
        ((weight * slope).sum() * (-1 if maximize else 1)).backward()
        optimizer.step()
        walked.append((weight.detach() - before).abs().mean().item())
    return walked


print("pytorch-optimizer", version("pytorch-optimizer"), "torch", torch.__version__)
for name in ("adam", "adamw", "lion", "adabelief", "adan"):
    down, up = steps(name, False), steps(name, True)
    ratio = [second / first for first, second in zip(down, up, strict=True)]
    print(f"{name}: length with maximize over length without, steps 1, 2, 5, 40:", end=" ")
    print(" ".join(f"{ratio[place]:.4f}" for place in (0, 1, 4, 39)))
    if name == "adan":
        assert abs(ratio[0] - 1) < 1e-4 and 0.8 < ratio[4] < 0.9, "maximize walks like the negated loss now"
    else:
        assert max(abs(part - 1) for part in ratio) < 1e-4
PYTHON
