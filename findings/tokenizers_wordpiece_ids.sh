#!/usr/bin/env bash
# tokenizers: training WordPiece twice on the same text gives the same tokens other numbers; BPE gives the same ones.
#
# The letters that go on inside a word ("##a", "##b", ...) are numbered in the order of a hash map that is seeded anew in
# every process. Nothing asks for a seed, and one thread does not help. Two trainings of one corpus therefore make
# tokenizers that cut a text alike and write it down differently: weights trained with the first read nonsense from the
# second. Who makes a tokenizer anew from a script, and not from its file, is safe with BPE and not with WordPiece.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile tokenizers==0.23.3
cd "$folder"
cat > train.py <<'PYTHON'
import random
import sys

import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

kinds = {
    "BPE": (models.BPE, trainers.BpeTrainer),
    "WordPiece": (models.WordPiece, trainers.WordPieceTrainer),
}
model, trainer = kinds[sys.argv[1]]
chance = random.Random(0)
words = ["".join(chance.choice("abcdefgh") for _ in range(chance.randint(2, 7))) for _ in range(600)]
text = [" ".join(chance.choice(words) for _ in range(20)) for _ in range(500)]
tokenizer = Tokenizer(model())
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer.train_from_iterator(text, trainer(vocab_size=100, show_progress=False))
encoding = tokenizer.encode(text[0])
print(tokenizers.__version__, "|", " ".join(encoding.tokens[:10]), "|", *encoding.ids[:10])
PYTHON
declare -A distinct
for kind in BPE WordPiece; do
  echo "$kind, five trainings: version | tokens | numbers"
  for _ in 1 2 3 4 5; do RAYON_NUM_THREADS=1 venv/bin/python train.py "$kind"; done | tee "$kind.txt"
  distinct[$kind]=$(sort -u "$kind.txt" | wc -l)
  cut -d'|' -f2 "$kind.txt" | sort -u | wc -l | sed 's/^/ways in which the text is cut: /'
done
echo "ways in which it is numbered: BPE ${distinct[BPE]}, WordPiece ${distinct[WordPiece]}"
test "${distinct[BPE]}" = 1 && test "${distinct[WordPiece]}" -gt 1
