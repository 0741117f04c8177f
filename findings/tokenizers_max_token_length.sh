#!/usr/bin/env bash
# tokenizers: BpeTrainer(max_token_length=8) makes tokens of at most 7 letters, and max_token_length=1 makes some of 2.
#
# The documentation says that it "prevents creating tokens longer than the specified size". A token of just that size is
# prevented as well, so that 3 gives pairs and 8 gives words of 7. Where two single letters are joined the limit is not
# looked at: 1 gives pairs too, which are longer than was specified, and 1, 2 and 3 are one and the same. A vocabulary
# that is compared with another trainer's (SentencePiece's max_sentencepiece_length includes its limit) is thus short
# of all its longest tokens. n + 1 gives what was asked for, from 2 on. The text below is made of growing words, of
# which the longest has 12 letters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile tokenizers==0.23.3 sentencepiece==0.2.3
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import io

import sentencepiece
import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

LETTERS = "abcdefghijkl"
TEXT = [" ".join(LETTERS[:count] for count in range(1, len(LETTERS) + 1))] * 50  # shorter words are more frequent


def longest(limit):
    """The length of the longest token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    options = {} if limit is None else {"max_token_length": limit}
    tokenizer.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=500, show_progress=False, **options))
    return max(map(len, tokenizer.get_vocab()))


def longest_by_sentencepiece(limit):
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT),
        model_writer=file,
        model_type="bpe",
        vocab_size=500,
        hard_vocab_limit=False,
        add_dummy_prefix=False,
        max_sentencepiece_length=limit,
        minloglevel=2,
    )
    made = sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())
    return max(len(made.id_to_piece(i)) for i in range(made.get_piece_size()) if not made.is_control(i) and i)


print("tokenizers", tokenizers.__version__, "sentencepiece", sentencepiece.__version__)
print("documented:", "tokens longer than the specified size" in trainers.BpeTrainer.__doc__)
for limit in (1, 2, 3, 4, 6, 8, 10):
    theirs, other = longest(limit), longest_by_sentencepiece(limit)
    print(f"limit {limit}: the longest token has {theirs} letters, by sentencepiece {other}")
    assert theirs == max(2, limit - 1), "the limit is another now"
print("no limit:", longest(None), "letters")
assert longest(None) == len(LETTERS)
PYTHON
