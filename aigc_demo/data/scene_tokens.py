"""The tokenizer of scene captions, Chinese and English: byte-pair encoding with the tokenizers library.

    python -m aigc_demo.data.scene_tokens

trains it on captions and writes assets/scenes/tokenizer.json. Every Chinese character is a token; frequent English
words are one token each, others fall into pieces (Sennrich et al., 2016, arXiv:1508.07909).
"""

import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_demo.data.captions import caption
from aigc_demo.data.scene_words import is_chinese
from aigc_demo.data.scenes import draw_scene

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PATH = Path(__file__).resolve().parents[2] / "assets" / "scenes" / "tokenizer.json"
PAD, UNKNOWN, START, END = range(4)
SPECIAL = ("[PAD]", "[UNK]", "[BOS]", "[EOS]")
VOCABULARY = 512
CONTEXT = 24  # tokens of a caption with start and end
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def train(texts: Sequence[str]) -> "Tokenizer":
    """A tokenizer for these texts, VOCABULARY tokens at most."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=SPECIAL[UNKNOWN], end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[\u3400-\u9fff]"), "isolated"),
            pre_tokenizers.Whitespace(),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[BOS] $A [EOS]", special_tokens=[(SPECIAL[START], START), (SPECIAL[END], END)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=list(LETTERS),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


@cache
def shipped() -> "Tokenizer":
    """The tokenizer that ships with the project."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(PATH))


def encode(texts: Sequence[str], context: int = CONTEXT) -> Tensor:
    """Texts -> tokens (N, context): start, text, end, padding; what is too long loses its last words."""
    rows = torch.full((len(texts), context), PAD)
    for row, found in zip(rows, shipped().encode_batch(list(texts)), strict=True):
        ids = found.ids if len(found.ids) <= context else [*found.ids[: context - 1], END]
        row[: len(ids)] = torch.tensor(ids)
    return rows


def decode(tokens: Sequence[int]) -> str:
    """Tokens of a text -> the text: English words apart, Chinese characters together."""
    pieces = (shipped().id_to_token(token) or "" for token in tokens if token >= len(SPECIAL))
    text = "".join(piece.replace("</w>", " ") for piece in pieces).replace(" ,", ",").strip()
    return re.sub(r" (?![a-z])|(?<![a-z]) ", "", text).replace(",", "，") if is_chinese(text) else text


def main() -> None:
    chance = random.Random(0)
    texts = [caption(draw_scene(chance, "all"), chance)[0] for _ in range(60_000)]
    PATH.parent.mkdir(parents=True, exist_ok=True)
    train(texts).save(str(PATH))


if __name__ == "__main__":
    main()
