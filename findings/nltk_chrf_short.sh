#!/usr/bin/env bash
# NLTK: chrF of a text of four letters with itself is 0.67, so that short right answers pull a whole score down.
#
# chrF averages, over letters, pairs and so on up to six in a row, how many are shared. A text of four letters has no
# row of five or six; NLTK counts those as 0 of the six, sacreBLEU leaves them out, so that equal texts get 100. The
# documentation promises the results of the original program with "-nw 0 -b 3" and names no least length. Spaces are
# not counted, and in Chinese four letters are a sentence: a set of right answers with three or four letters each gets
# 0.58, and an answer of six letters with one of them wrong gets more (0.38) than a right one of two (0.33). corpus_chrf
# has the same. sacreBLEU with beta=3 is the way around; at six letters and more the two agree.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile nltk==3.10.4 sacrebleu==2.6.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import math
from importlib.metadata import version

from nltk.translate.chrf_score import corpus_chrf, sentence_chrf
from sacrebleu.metrics import CHRF

original = CHRF(beta=3)
print("nltk", version("nltk"), "sacrebleu", version("sacrebleu"))
print("promised:", next(line.strip() for line in sentence_chrf.__doc__.splitlines() if "-nw" in line))
for text in ("好", "谢谢", "没关系", "今天很好", "我在这里等", "今天天气很好", "yes", "good morning"):
    theirs, other = sentence_chrf(text, text), original.sentence_score(text, [text]).score / 100
    letters = len(text.replace(" ", ""))
    print(f"{text}, {letters} letters, with itself: NLTK {theirs:.3f}, sacreBLEU {other:.3f}")
    assert math.isclose(other, 1)
    assert math.isclose(theirs, min(letters, 6) / 6), "short texts are counted otherwise now"
answers = ["没关系", "谢谢你", "今天很好", "明天再见"]
whole, other = corpus_chrf(answers, answers), original.corpus_score(answers, [answers]).score / 100
print(f"four right answers of three and four letters: NLTK {whole:.3f}, sacreBLEU {other:.3f}")
assert whole < 0.6 and math.isclose(other, 1)
right, wrong = "今天天气很好", "今天天气不好"
for first, second in ((right, wrong), (right * 3, wrong * 3)):
    theirs, other = sentence_chrf(first, second), original.sentence_score(second, [first]).score / 100
    print(f"one letter in six wrong, {len(first)} letters: NLTK {theirs:.3f}, sacreBLEU {other:.3f}")
    assert abs(theirs - other) < 1e-3
PYTHON
