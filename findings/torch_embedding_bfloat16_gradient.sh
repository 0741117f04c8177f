#!/usr/bin/env bash
# torch: in bfloat16 the gradient of an embedding is no more than 256 equal shares, however often a word occurs.
#
# A word's gradient is the sum over all places where it stands. On a CPU the backward passes of embedding() and of
# indexing add these one by one in the type of the weights; bfloat16 has eight bits, so that 256 + 1 is 256, and what
# follows is lost. gather() and the product with a one-hot matrix, the same in mathematics, keep all of a thousand, and
# so does embedding() in float32. The documentation of embedding() does not speak of it. In a model that is kept in
# bfloat16 the commonest words lose most; tables with few rows (the type of a token, the class of a picture, the step of
# a diffusion) lose first: with two rows and 16,384 places the gradient is off by more than half, where the one-hot
# product is off by a five-hundredth. autocast leaves the table in float32 and is not touched.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile torch==2.13.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
documentation = (F.embedding.__doc__ + torch.nn.Embedding.__doc__ + torch.Tensor.index_add_.__doc__).lower()
words = ("precision", "bfloat16", "float32", "rounding")
print("torch", torch.__version__)
print("the documentation names a limit:", [word for word in words if word in documentation])
WAYS = {
    "embedding": lambda table, where: F.embedding(where, table),
    "indexing": lambda table, where: table[where],
    "one-hot": lambda table, where: F.one_hot(where, len(table)).to(table.dtype) @ table,
    "gather": lambda table, where: table.gather(0, where[:, None].expand(-1, table.shape[1])),
}


def gradients(way, kind, where, into):
    table = torch.zeros(2, into.shape[1], dtype=kind, requires_grad=True)
    WAYS[way](table, where).backward(into.to(kind))
    return table.grad.double()


for times in (100, 1_000, 10_000):
    where = torch.zeros(times, dtype=torch.long)
    ones = torch.ones(times, 1)
    found = {way: gradients(way, torch.bfloat16, where, ones)[0].item() for way in WAYS}
    single = gradients("embedding", torch.float32, where, ones)[0].item()
    print(f"a word {times:,} times, a gradient of 1 each: {found}, embedding in float32 {single}")
    assert single == times
    assert found["embedding"] == found["indexing"] == min(times, 256), "it adds up in more bits now"
    assert all(abs(found[way] / times - 1) < 2**-8 for way in ("one-hot", "gather"))
chance = torch.Generator().manual_seed(0)
where = torch.randint(2, (16_384,), generator=chance)
into = 0.001 * (0.3 + torch.randn(16_384, 64, generator=chance))
right = torch.zeros(2, 64, dtype=torch.double).index_add_(0, where, into.bfloat16().double())
for way in WAYS:
    wrong = (gradients(way, torch.bfloat16, where, into) - right).norm() / right.norm()
    print(f"two types of token, 16,384 places, noisy gradients: {way} is off by {wrong:.1%}")
    assert (wrong > 0.1) == (way in ("embedding", "indexing"))
PYTHON
