#!/usr/bin/env bash
# safetensors: a file with several metadata entries has other bytes each time it is written, so that its hash says nothing.
#
# The entries go through a hash map that is seeded anew in every process; the tensors behind them are written in a fixed
# order. With one entry, or none, the bytes are equal. Whoever names files by their hash, signs them, or checks that a
# build can be repeated, puts one entry (a JSON text of all) in place of several, or hashes the tensors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile safetensors==0.8.0 numpy==2.4.6
cd "$folder"
cat > write.py <<'PYTHON'
import hashlib
import sys
from importlib.metadata import version

import numpy
from safetensors.numpy import save

entries = {name: name for name in ("family", "recipe", "licence", "steps", "seed", "data")[: int(sys.argv[1])]}
weights = {"a": numpy.zeros(4, numpy.float32), "b": numpy.ones((2, 3), numpy.float32), "c": numpy.arange(5)}
print("safetensors", version("safetensors"), hashlib.sha256(save(weights, metadata=entries)).hexdigest()[:16])
PYTHON
declare -A hashes
for entries in 0 1 6; do
  echo "$entries entries, five processes:"
  for _ in 1 2 3 4 5; do venv/bin/python write.py "$entries"; done | tee "$entries.txt"
  hashes[$entries]=$(sort -u "$entries.txt" | wc -l)
done
echo "different files: ${hashes[0]}, ${hashes[1]} and ${hashes[6]}"
test "${hashes[0]}" = 1 && test "${hashes[1]}" = 1 && test "${hashes[6]}" -gt 1
