#!/usr/bin/env bash
# torch: multinomial with replacement, in float32 on a CPU, never draws a tail of small weights behind one large weight.
#
# To draw many numbers from one row, multinomial adds the weights up from the first to the last and looks for where a
# random number falls. The sums are float32: from 0.5 to 1 its numbers lie 2 to the -24th apart, and a weight below half
# of that (0.00000003 of the whole) leaves the sum as it was. With 0.998 in the first place and 0.002 shared by 100,000
# words, not one of these is drawn in a million, where 2,000 are due. Weights just above come out too large in turn: with
# 20,000 words the tail is drawn a fifth too often. Sure texts over vocabularies of 100,000 words and more look like
# that. The documentation only says that numbers are drawn in proportion to the weights. A single number per row, or
# replacement=False, goes another way and is right, and so are float64 and the same weights with the large one last.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import torch

torch.manual_seed(0)
DRAWS, FIRST = 1_000_000, 0.998


def weights(words):
    row = torch.full((words + 1,), (1 - FIRST) / words)
    row[0] = FIRST
    return row


def share(row, kind, place=0):
    drawn = torch.multinomial(row.to(kind), DRAWS, replacement=True)
    return (drawn != place).double().mean().item()


print("torch", torch.__version__)
for words in (1_000, 20_000, 50_000, 100_000, 1_000_000):
    row = weights(words)
    plain, double = share(row, torch.float32), share(row, torch.float64)
    last = share(row.flip(0), torch.float32, words)
    print(
        f"0.002 shared by {words:,}: drawn in float32 {plain:.6f}, float64 {double:.6f}, float32 with it last {last:.6f}"
    )
    assert abs(double - 0.002) < 0.0002 and abs(last - 0.002) < 0.0003
    if words >= 100_000:
        assert plain == 0, "the tail is drawn now"
    elif words == 20_000:
        assert plain > 0.0022
    elif words == 1_000:
        assert abs(plain - 0.002) < 0.0002

row = weights(100_000)
rows = row.expand(2_000, -1)
singles = sum((torch.multinomial(rows, 1) != 0).sum().item() for _ in range(3))
several = torch.multinomial(row, 100, replacement=False)
print(f"one number of each of 6,000 rows: {singles} from the tail, 12 due; 100 without replacement:", end=" ")
print(f"{several.unique().numel()} different, {(several != 0).sum().item()} from the tail")
assert 2 < singles < 30 and several.unique().numel() == 100
PYTHON
