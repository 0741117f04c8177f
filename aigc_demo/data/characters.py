"""Characters as tokens: the simplest tokeniser there is."""

from collections.abc import Iterable


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
        """The text of the tokens."""
        return "".join(self.characters[token] for token in tokens)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The characters of `text` that are no tokens, each once, in their order."""
        return tuple(dict.fromkeys(character for character in text if character not in self._index))
