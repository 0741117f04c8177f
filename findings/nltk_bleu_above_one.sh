#!/usr/bin/env bash
# NLTK: BLEU with smoothing method 5 or 7 is above 1: a text compared with itself gets 1.117.
#
# BLEU lies between 0 and 1. Method 5 (Chen and Cherry, 2014) makes neighbouring orders alike: the number of matched
# n-grams becomes the mean of those for n - 1, n and n + 1, begun with that of the single words plus 1. NLTK's
# documentation speaks of matched counts, too. Its code takes the mean of precisions, and adds the 1 to a precision:
# in place of one word more among many it is a hundred percent more. By counts a text against itself gets 1 exactly.
# At any length of text that adds a third to the first precision, a ninth to the second and so on: the words of a text
# back to front get 0.19 where the counts make it 0.14, and a text with two words swapped gets 0.91 for 0.81. Method
# 7, which is method 5 after method 4, has the same. Nothing is raised.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile nltk==3.10.4
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math
from collections import Counter

import nltk
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

SMOOTHING = SmoothingFunction()


def counts(reference, text, n):
    """How many n-grams are matched, and how many there are."""
    theirs, ours = (
        Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1)) for words in (reference, text)
    )
    return sum((theirs & ours).values()), sum(ours.values())


def by_counts(reference, text):
    """BLEU of texts of one length, smoothed as it is described: by the mean of three matched counts."""
    matched = {n: counts(reference, text, n)[0] for n in range(1, 6)}
    before, product = matched[1] + 1, 1.0
    for n in range(1, 5):
        before = (before + matched[n] + matched[n + 1]) / 3
        product *= before / counts(reference, text, n)[1]
    return product**0.25


right = "the quick brown fox jumps over the lazy dog and then it sleeps until the sun is up again".split()
swapped = right[:9] + [right[10], right[9]] + right[11:]
backwards = right[::-1]
print("nltk", nltk.__version__)
print("method 5:", " ".join(SMOOTHING.method5.__doc__.split()))
for name, text in (("the text itself", right), ("two words swapped", swapped), ("back to front", backwards)):
    plain, fifth, seventh = (
        sentence_bleu([right], text, smoothing_function=method)
        for method in (SMOOTHING.method0, SMOOTHING.method5, SMOOTHING.method7)
    )
    ours = by_counts(right, text)
    print(f"{name}: unsmoothed {plain:.3f}, method 5 {fifth:.3f}, method 7 {seventh:.3f}; by counts {ours:.3f}")
    assert fifth > 1.1 * ours, "method 5 reckons with counts now"
    if text is right:
        assert math.isclose(plain, 1) and math.isclose(ours, 1) and fifth > 1.1 and seventh > 1.1
PYTHON
