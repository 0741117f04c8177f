"""Characters as tokens: the simplest tokeniser there is."""

import unicodedata
from collections.abc import Iterable
from importlib import import_module

LOOKALIKES = str.maketrans("‘’“”«»–—…、！？：；（）", '\'\'""""--.，!?:;()')


class Characters:
    """Token i is character i of `characters`."""

    def __init__(self, characters: str):
        self.characters = characters
        self._index = {character: i for i, character in enumerate(characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> list[int]:
        """The token of every character; KeyError for one that is not known, see `unknown`."""
        return [self._index[character] for character in text]

    def decode(self, tokens: Iterable[int]) -> str:
        """Tokens -> text; IndexError for a token beyond the vocabulary."""
        return "".join(self.characters[token] for token in tokens)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The characters of `text` that are no tokens, each once, in their order."""
        return tuple(dict.fromkeys(character for character in text if character not in self._index))

    def nearest(self, character: str) -> str:
        """The known character that is most likely meant by an unknown one; empty when there is none.

        Simplified for traditional, plain for accented or full-width, the other case, a sign that looks alike.
        """
        plain = unicodedata.normalize("NFKD", character)[:1]
        alike = character.translate(LOOKALIKES)
        guesses = (simplified(character), alike, plain, plain.swapcase(), alike.replace('"', "'"))
        return next((guess for guess in guesses if len(guess) == 1 and guess in self._index), "")

    def named_unknown(self, text: str, most: int = 5) -> str:
        """The first unknown characters of `text` for a sentence, each with the known one that is most likely meant."""
        named = []
        for character in self.unknown(text)[:most]:
            shown = character if character.isprintable() else unicodedata.name(character, f"U+{ord(character):04X}")
            nearest = self.nearest(character)
            named.append(f"{shown} → {nearest}" if nearest else shown)
        return ", ".join(named)


def simplified(text: str) -> str:
    """Chinese text in simplified characters; as it is where opencc is not installed."""
    try:
        converter = import_module("opencc").OpenCC("t2s")
    except ImportError:
        return text
    return str(converter.convert(text))
