"""Tang poems as rows of characters, for the models that write them (gpt-poems, lstm-poems).

    FORM title： 床前明月光，疑是地上霜。举头望明月，低头思故乡。 END

A row begins with the sign of its form (SIGNS), its title (at most 12 characters, dropped at random so that poems can
also start without one), the mark ：, the lines with ， and 。 in turn, and END. Every sign is an ordinary character of
the vocabulary. Rows are at most ROW characters long.

    poem_characters(folder) -> str                                  token i is character i
    poem_batches(folder, split, tokens_per_batch, seed, first_step) -> endless (x (B, T), targets (B, T)), both int64
    poem_split(folder, split) -> list[Poem]                         those whose characters are all in the vocabulary
    opening(form, title) -> str                                     what a poem is begun with, up to and with ：
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aigc_demo.data.characters import Characters
from aigc_demo.data.poem_text import Poem, apart, read_poems

SIGNS = {"jueju5": "①", "jueju7": "②", "lushi5": "③", "lushi7": "④", "other5": "⑤", "other7": "⑥"}
START, COMMA, STOP, END = "：", "，", "。", "\n"
MARKS = "".join(SIGNS.values()) + START + COMMA + STOP + END
ROW = 96  # characters of the longest row
TITLE = 12  # characters of the longest title
LINES = 12  # of the longest poem
KEPT = 4_480  # characters of the vocabulary: the most frequent ones
UNTITLED = 0.3  # share of rows that lose their title
NOTHING = -1  # target of a place that is not asked
POOL = 2_048  # rows of which neighbours in length share a batch


def plain_title(title: str) -> str:
    """A title without remarks and numbers: "杂曲歌辞 长干曲四首 一" becomes "杂曲歌辞·长干曲四首", cut at TITLE."""
    title = re.sub("[（(〈《「【\\[].*?[）)〉》」】\\]]|" + f"[{re.escape(MARKS)}□○]", "", title)
    words = [word for word in title.split() if not re.fullmatch("其?[一二三四五六七八九十百]+", word)]
    return "·".join(words)[:TITLE]


def body(lines: tuple[str, ...]) -> str:
    """Lines with their marks: a comma after each upper line, a full stop after each lower one."""
    return "".join(line + (STOP if i % 2 else COMMA) for i, line in enumerate(lines))


def opening(form: str, title: str = "") -> str:
    """What a poem is begun with."""
    return SIGNS[form] + title[:TITLE] + START


@lru_cache(maxsize=1)
def split_poems(folder: Path) -> tuple[str, tuple[Poem, ...], tuple[Poem, ...]]:
    """The vocabulary, and the poems to learn from and held out that can be written in it."""
    fitting = (poem for poem in read_poems(folder, most=LINES) if len(body(poem.lines)) + 3 <= ROW)
    train, test = apart(fitting)
    counts = Counter(character for poem in train for character in poem.text + plain_title(poem.title))
    frequent = sorted(counts, key=lambda character: (-counts[character], character))[: KEPT - len(MARKS)]
    known = set(frequent)
    written = [tuple(poem for poem in part if known.issuperset(poem.text)) for part in (train, test)]
    return MARKS + "".join(sorted(known)), written[0], written[1]


def poem_characters(folder: Path) -> str:
    """The vocabulary: MARKS, then the KEPT most frequent characters of poems and titles to learn from."""
    return split_poems(folder)[0]


def poem_split(folder: Path, split: str) -> list[Poem]:
    """The poems of "train" or "test" (held out) that can be written in the vocabulary."""
    _, train, test = split_poems(folder)
    return list(train if split == "train" else test)


def poem_title(poem: Poem, characters: Characters) -> str:
    """The title that goes into the row: none where a character of it is not known, cut where the row would not fit."""
    title = plain_title(poem.title)
    return "" if characters.unknown(title) else title[: ROW - len(body(poem.lines)) - 3]


def row_of(poem: Poem, characters: Characters, titled: bool = True) -> str:
    """The row of a poem, with its title or without."""
    title = poem_title(poem, characters) if titled else ""
    return opening(poem.form, title) + body(poem.lines) + END


def poem_batches(
    folder: Path, split: str, tokens_per_batch: int, seed: int = 0, first_step: int = 0
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches (x (B, T), targets (B, T)), both int64, of about `tokens_per_batch` characters, padding included.

    targets[b, t] is the token after x[b, t], NOTHING behind the end of a row. Rows of a batch are alike in length; in
    every pass a row may lose its title anew. `first_step` only draws other batches than a start at 0 would.
    """
    characters = Characters(poem_characters(folder))
    bare, titled = [], []
    for poem in poem_split(folder, split):
        bare.append(np.array(characters.encode(row_of(poem, characters, titled=False)), dtype=np.int16))
        titled.append(np.array(characters.encode(row_of(poem, characters)), dtype=np.int16))
    random = np.random.default_rng([seed, first_step])
    while True:
        order = random.permutation(len(bare))
        lost = random.random(len(bare)) < UNTITLED
        for start in range(0, len(order), POOL):
            pool = [bare[i] if lost[i] else titled[i] for i in order[start : start + POOL]]
            batches = list(gathered(sorted(pool, key=len), tokens_per_batch))
            for i in random.permutation(len(batches)):
                yield padded(batches[i])


def gathered(rows: list[np.ndarray], tokens: int) -> Iterator[list[np.ndarray]]:
    """Neighbouring rows, as many as keep (rows x longest) within `tokens`; the longest is the last."""
    batch: list[np.ndarray] = []
    for row in rows:
        if batch and (len(batch) + 1) * len(row) > tokens:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def padded(rows: list[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Rows of lengths of their own -> tokens (B, T) and the token after each (B, T), NOTHING behind a row's end."""
    longest = max(map(len, rows)) - 1
    tokens = np.zeros((len(rows), longest), dtype=np.int64)
    targets = np.full((len(rows), longest), NOTHING, dtype=np.int64)
    for i, row in enumerate(rows):
        tokens[i, : len(row) - 1] = row[:-1]
        targets[i, : len(row) - 1] = row[1:]
    return torch.from_numpy(tokens), torch.from_numpy(targets)
