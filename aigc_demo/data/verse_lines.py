"""Single lines of Tang verse, five or seven characters each, by characters; held out with the poem they stand in."""

from pathlib import Path

from aigc_demo.data.poem_text import apart, read_poems


def load(folder: Path, part: str) -> list[tuple[str, ...]]:
    """The lines of "train" or "test" in simplified characters, each once, in the order of the package."""
    train, test = apart(read_poems(folder))
    poems = train if part == "train" else test
    return [tuple(line) for line in dict.fromkeys(line for poem in poems for line in poem.lines)]
