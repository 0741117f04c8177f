"""Sentences as rows of tokens for a model that reads whole sentences: words of English, characters of Chinese.

Three tokens come before the words: the start, the end, which also fills up what follows it, and the unknown word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

START, END, UNKNOWN = 0, 1, 2
SPECIAL = ("<start>", "<end>", "<unknown>")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]")


def split(text: str, by: str) -> list[str]:
    """The words ("words": lower case, signs apart) or characters ("characters": without white space) of a text."""
    if by == "words":
        return WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return [character for character in text if not character.isspace()]


def join(words: Iterable[str], by: str) -> str:
    """The text of words or characters; signs hang on the word before them."""
    if by == "characters":
        return "".join(words)
    text = re.sub(r" ([,.;:?%)])", r"\1", " ".join(words))
    return re.sub(r"([($]) ", r"\1", text)


def vocabulary(sentences: Iterable[Sequence[str]], least: int) -> tuple[str, ...]:
    """The three special tokens, then every word seen at least so often, the most frequent first."""
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = sorted((word for word, count in counts.items() if count >= least), key=lambda word: (-counts[word], word))
    return (*SPECIAL, *kept)


class Words:
    """Token i is word i of `words`."""

    def __init__(self, words: Sequence[str], by: str):
        self.words, self.by = words, by
        self._index = {word: i for i, word in enumerate(words)}

    def encode(self, sentence: Iterable[str]) -> list[int]:
        """The token of every word; UNKNOWN for those that are none."""
        return [UNKNOWN if word in SPECIAL else self._index.get(word, UNKNOWN) for word in sentence]

    def unknown(self, sentence: Iterable[str]) -> tuple[str, ...]:
        """The words that are no tokens, each once, in their order."""
        return tuple(dict.fromkeys(word for word in sentence if word not in self._index or word in SPECIAL))

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of the tokens up to the end."""
        found = []
        for token in tokens:
            if token == END:
                break
            found.append(self.words[token])
        return join(found, self.by)
