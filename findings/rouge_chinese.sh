#!/usr/bin/env bash
# rouge-score: two equal Chinese texts get 0, and two that share nothing but a number get 1.
#
# The scorer throws away whatever is not a to z or a digit before it compares, and takes what is left for the words. Of
# a Chinese, Russian or Arabic text nothing is left, and nothing against nothing counts 0; where both texts hold the
# same year it is all that is left, and counts as a perfect summary. Letters with accents fall out of the middle of a
# word: "für" and "fär" are both an f and an r. The class and its measures are documented without a word on languages,
# and evaluate's "rouge" is made of this package. It has a parameter for a tokenizer: with one that gives letters, or
# words as they are, the same texts get what they should.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile rouge-score==0.1.2
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import re
from importlib.metadata import version

from rouge_score import rouge_scorer

KINDS = ["rouge1", "rougeL", "rougeLsum"]


class Words:
    """Words of letters and digits of any script; of Chinese every letter is one."""

    def tokenize(self, text):
        return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", text.lower())


def measured(scorer, reference, text):
    return {kind: round(score.fmeasure, 2) for kind, score in scorer.score(reference, text).items()}


plain, mended = rouge_scorer.RougeScorer(KINDS), rouge_scorer.RougeScorer(KINDS, tokenizer=Words())
parts = (rouge_scorer, rouge_scorer.RougeScorer, rouge_scorer.RougeScorer.__init__, rouge_scorer.RougeScorer.score)
documentation = " ".join(part.__doc__ for part in parts).lower()
print("rouge-score", version("rouge-score"))
named = any(word in documentation for word in ("english", "language", "ascii", "script"))
print("its documentation names a language:", named)
cases = (
    ("equal, Chinese", "今天天气很好", "今天天气很好", 0, 1),
    ("equal, Russian", "сегодня хорошая погода", "сегодня хорошая погода", 0, 1),
    ("only the year is shared", "2024年他赢得了冠军", "2024年股市大幅下跌", 1, None),
    ("German, no word shared", "für", "fär", 1, 0),
    ("equal, English", "the weather is fine", "the weather is fine", 1, 1),
)
for name, reference, text, theirs, right in cases:
    was, ours = measured(plain, reference, text), measured(mended, reference, text)
    print(f"{name}: {was}; with a tokenizer of its own {ours}")
    assert all(value == theirs for value in was.values()), "other scripts are read now"
    assert all(value == right if right is not None else value < 0.4 for value in ours.values())
PYTHON
