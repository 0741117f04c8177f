"""The two sets of sentences of the text autoencoder, as rows of tokens: lines of verse, phrases of film reviews.

A word of the vocabulary was seen at least LEAST times in training. A line of verse with another character is left out;
in a phrase, such words become UNKNOWN, and phrases with more than MISSING of them are left out.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import reviews, verse_lines
from aigc_demo.data.sentences import END, UNKNOWN, Words, vocabulary


@dataclass(frozen=True)
class Corpus:
    data: str  # name of the data set that is fetched
    by: str  # a token is a character or a word ("characters", "words")
    longest: int  # tokens of a sentence
    least: int  # times that a word of the vocabulary was seen
    missing: int  # unknown words that a sentence may have


CORPORA = {
    "verse": Corpus("poems", "characters", 7, 30, 0),
    "reviews": Corpus("reviews", "words", 14, 3, 2),
}


def load(name: str, folder: Path, part: str) -> list[tuple[str, ...]]:
    """The sentences of "train" or "test" as words or characters."""
    return verse_lines.load(folder, part) if name == "verse" else reviews.load(folder, part)


def rows(sentences: list[tuple[str, ...]], words: Words, corpus: Corpus) -> Tensor:
    """The sentences as tokens (N, T), END filled up, without those that have too many unknown words."""
    found = []
    for sentence in sentences:
        tokens = words.encode(sentence)
        if len(tokens) <= corpus.longest and tokens.count(UNKNOWN) <= corpus.missing:
            found.append(tokens + [END] * (corpus.longest + 1 - len(tokens)))
    return torch.tensor(found, dtype=torch.int16)


def training(name: str, folder: Path) -> tuple[tuple[str, ...], Tensor]:
    """The vocabulary, and the sentences to learn from (N, T)."""
    corpus, sentences = CORPORA[name], load(name, folder, "train")
    tokens = vocabulary(sentences, corpus.least)
    return tokens, rows(sentences, Words(tokens, corpus.by), corpus)


def testing(name: str, folder: Path, tokens: tuple[str, ...]) -> Tensor:
    """The held-out sentences (N, T) in the vocabulary of a trained model; here none has an unknown word."""
    corpus = CORPORA[name]
    found = rows(load(name, folder, "test"), Words(tokens, corpus.by), corpus).long()
    return found[(found != UNKNOWN).all(1)]
