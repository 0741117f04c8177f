"""What is kept of the package chinese-poetry: regular poems with their tones, and parallel prose, both as they come.

poems.tsv    one poem of Tang or Song a row: dynasty, title, author, lines, tones; a space between two lines
prose.tsv    one paragraph a row: book, chapter, text

Kept are poems of 4 to 60 lines, an even number, all of five or all of seven characters, in traditional characters.
Tones are as the package has them: 平 level, 仄 oblique, ○ either, ？ unknown; nothing where they do not fit the lines.
"""

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = "package/dist"
DYNASTIES = ("tang", "song")
PROSE = ("guwenguanzhi", "shenglvqimeng", "youxueqionglin", "zengguangxianwen")
MARKS = re.compile("[，。？！；、：]")
MOST_LINES = 60


def pack_poems(archive: tarfile.TarFile, target: Path) -> None:
    """Write poems.tsv and prose.tsv; ValueError where the package lacks a part."""
    poems: dict[str, list[dict[str, Any]]] = {}
    tones: dict[str, dict[str, str]] = {}
    books: dict[str, Any] = {}
    for member in archive:  # one after the other: going back in a compressed archive means reading it anew
        path = PurePosixPath(member.name)
        folder, stem = str(path.parent), path.stem
        file = archive.extractfile(member) if member.isfile() and path.suffix == ".json" else None
        if file is None:
            continue
        if folder == f"{ROOT}/quantangshi" and stem.startswith("poet."):
            poems[stem] = json.load(file)
        elif folder == f"{ROOT}/strains/json":
            tones[stem] = {entry["id"]: "".join(entry["strains"]) for entry in json.load(file)}
        elif folder == f"{ROOT}/mengxue" and stem in PROSE:
            books[stem] = json.load(file)
    missing = [book for book in PROSE if book not in books]
    if missing or not poems:
        raise ValueError(f"{(missing or ['quantangshi'])[0]} is not in the package")
    rows = (row for stem in sorted(poems, key=place) for row in poem_rows(stem, poems[stem], tones.get(stem, {})))
    (target / "poems.tsv").write_bytes("".join(rows).encode())
    text = "".join(row(book, *passage) for book in PROSE for passage in passages(books[book], ""))
    (target / "prose.tsv").write_bytes(text.encode())


def place(stem: str) -> tuple[int, int]:
    """Where a file of poems stands: "poet.tang.2000" before "poet.tang.10000", and all of Tang before Song."""
    _, dynasty, number = stem.split(".")
    return DYNASTIES.index(dynasty), int(number)


def row(*cells: str) -> str:
    """A line of a table; white space inside a cell is made a single space."""
    return "\t".join(" ".join(cell.split()) for cell in cells) + "\n"


def poem_rows(stem: str, entries: list[dict[str, Any]], tones: dict[str, str]) -> Iterator[str]:
    """The rows of a file's poems of regular form."""
    dynasty = stem.split(".")[1]
    for entry in entries:
        lines = [line.strip() for line in MARKS.split("".join(entry["paragraphs"])) if line.strip()]
        widths = {len(line) for line in lines}
        if len(lines) % 2 or not 4 <= len(lines) <= MOST_LINES or widths not in ({5}, {7}):
            continue
        found = MARKS.split(tones.get(entry["id"], ""))
        pattern = [line for line in found if line]
        fits = len(pattern) == len(lines) and {len(line) for line in pattern} == widths
        yield row(dynasty, entry["title"], entry["author"], " ".join(lines), " ".join(pattern) if fits else "")


def passages(node: Any, chapter: str) -> Iterator[tuple[str, str]]:
    """Every (chapter, paragraph) of a book, whose chapters lie at different depths."""
    if isinstance(node, dict):
        chapter = node.get("chapter", chapter)
        for paragraph in node.get("paragraphs", ()):
            yield chapter, paragraph
        yield from passages(node.get("content", ()), chapter)
    elif isinstance(node, list):
        for part in node:
            yield from passages(part, chapter)
