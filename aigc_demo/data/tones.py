"""Make the table of tones and rhymes anew out of the poems, and see how well it does on poems that were held out.

    python -m aigc_demo.data.tones

A character's tone is that of most of its places. Which characters rhyme is found from who stands together at the ends
of even lines: a graph whose edges count how often two characters rhymed, cut where it is thin, by modularity (Blondel
et al., 2008, arXiv:0803.0476). Nobody tells it the rhyme groups of the old books.
"""

import argparse
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aigc_demo.data.fetch import present
from aigc_demo.data.poem_text import Poem, read_poems, simplify
from aigc_demo.data.prosody import EITHER, FILE, LEVEL, OBLIQUE, Prosody

logger = logging.getLogger(__name__)
Matrix = npt.NDArray[np.float64]
SURE = 0.85  # share of its places that makes a character level, or oblique
SEEN = 5  # places in which a tone must have been seen
RHYMED = 10  # line ends at which a character must have stood
FINE = 3.0  # the higher, the smaller the groups of rhymes (resolution of the modularity)
ALSO = 0.15  # share of its rhymes with another group that makes a character a member of that one too
SMALLEST = 3  # characters of a group
LONGEST = 12  # lines: longer poems change their rhyme
ROUNDS = 30  # through all characters, at most


def tones(poems: Iterable[Poem]) -> dict[str, str]:
    """LEVEL, OBLIQUE and EITHER -> the characters of that tone."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for poem in poems:
        for line, pattern in zip(poem.lines, poem.tones, strict=bool(poem.tones)):
            for character, tone in zip(line, pattern, strict=True):
                counts[character][tone] += 1
    found: dict[str, list[str]] = {LEVEL: [], OBLIQUE: [], EITHER: []}
    for character, count in counts.items():
        level, oblique = count[LEVEL], count[OBLIQUE]
        if level + oblique + count[EITHER] < SEEN:
            continue
        share = level / max(1, level + oblique)
        tone = LEVEL if share >= SURE else OBLIQUE if share <= 1 - SURE and oblique else EITHER
        found[tone].append(character)
    return {tone: "".join(sorted(characters)) for tone, characters in found.items()}


def line_ends(poem: Poem) -> list[str]:
    """The last characters of the even lines."""
    return [line[-1] for line in poem.lines[1::2]]


def rhymed(poems: list[list[str]]) -> tuple[list[str], Matrix]:
    """Characters, and how often each rhymed with each other; a poem of n line ends counts n / 2 in all."""
    counts = Counter(character for ends in poems for character in ends)
    characters = sorted(character for character, count in counts.items() if count >= RHYMED)
    index = {character: i for i, character in enumerate(characters)}
    weights = np.zeros((len(characters), len(characters)))
    for ends in poems:
        places = [index[character] for character in ends if character in index]
        for a in places:
            for b in places:
                if a != b:
                    weights[a, b] += 1 / (len(places) - 1)
    return characters, weights


def settle(weights: Matrix, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """The group of every node (N,), when each has moved to where it adds most to the modularity, until none moves.

    Moving node i to group g adds to it: (weight from i to g) - FINE degree(i) degree(g) / (all degrees).
    """
    n = len(weights)
    degrees, group, towards = weights.sum(1), np.arange(n), weights.copy()
    np.fill_diagonal(towards, 0)
    edges, total, of_group = towards.copy(), degrees.sum(), degrees.copy()
    for _ in range(ROUNDS):
        moved = False
        for i in random.permutation(n):
            old = group[i]
            of_group[old] -= degrees[i]
            gain = towards[i] - FINE * degrees[i] * of_group / total
            new = int(gain.argmax()) if gain.max() > gain[old] + 1e-9 else old
            of_group[new] += degrees[i]
            if new != old:
                towards[:, old] -= edges[:, i]
                towards[:, new] += edges[:, i]
                group[i], moved = new, True
        if not moved:
            break
    return np.unique(group, return_inverse=True)[1]


def communities(weights: Matrix) -> npt.NDArray[np.intp]:
    """The group of every node (N,): nodes settle into groups, groups become nodes that settle, and so on."""
    random = np.random.default_rng(0)
    group = np.arange(len(weights))
    while True:
        found = settle(weights, random)
        if found.max() + 1 == len(weights):
            return group
        group = found[group]
        member = np.eye(found.max() + 1)[found]
        weights = member.T @ weights @ member


def rhymes(poems: Iterable[Poem]) -> list[str]:
    """The groups of characters that rhyme with each other, the most used first; a character may be in several."""
    characters, weights = rhymed([line_ends(poem) for poem in poems if len(poem.lines) <= LONGEST])
    group = communities(weights)
    share = weights @ np.eye(group.max() + 1)[group]  # (N, groups)
    use = share.sum(1)
    member = share >= ALSO * np.maximum(use, 1e-9)[:, None]
    member[np.arange(len(characters)), group] = True
    used = use @ member
    kept = [g for g in np.argsort(-used) if member[:, g].sum() >= SMALLEST]
    return ["".join(characters[i] for i in np.flatnonzero(member[:, g])) for g in kept]


def traditional(folder: Path) -> dict[str, str]:
    """Every character of the poems that is written otherwise today -> how."""
    found = "".join(
        sorted({character for character in (folder / "poems.tsv").read_text(encoding="utf-8")} - set("\n\t "))
    )
    return {old: new for old, new in zip(found, simplify("\n".join(found)).split("\n"), strict=True) if old != new}


def measures(prosody: Prosody, poems: list[Poem]) -> dict[str, float]:
    """How well the table does on poems: tones told right and wrong, line ends that rhyme, and do by chance."""
    right = wrong = places = 0
    for poem in poems:
        for line, pattern in zip(poem.lines, poem.tones, strict=bool(poem.tones)):
            for told, true in zip(prosody.pattern(line), pattern, strict=True):
                if true in (LEVEL, OBLIQUE):
                    places += 1
                    right += told == true
                    wrong += told in (LEVEL, OBLIQUE) and told != true
    short = [line_ends(poem) for poem in poems if len(poem.lines) in (4, 8)]
    pairs = [pair for ends in short for pair in zip(ends, ends[1:], strict=False)]
    shuffled = np.random.default_rng(0).permutation([b for _, b in pairs])
    by_chance = [prosody.rhyme(a, b) is True for (a, _), b in zip(pairs, shuffled, strict=True)]
    return {
        "tones_right": right / places,
        "tones_wrong": wrong / places,
        "rhyming": sum(prosody.rhyme(a, b) is True for a, b in pairs) / len(pairs),
        "rhyming_by_chance": sum(by_chance) / len(pairs),
        "poems_rhyming": sum(all(prosody.rhyme(a, b) for a, b in zip(e, e[1:], strict=False)) for e in short)
        / len(short),
        "poems": len(short),
    }


def table(folder: Path, poems: list[Poem]) -> dict[str, Any]:
    """The shipped table: tones, rhyme groups and traditional forms, out of the poems that were learnt from."""
    learnt = [poem for poem in poems if not poem.tested]
    written = traditional(folder)
    return {
        "tones": tones(learnt),
        "rhymes": rhymes(learnt),
        "traditional": "".join(written),
        "simplified": "".join(written.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, default=Path("assets"), help="where the table is written")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = present("poems")
    poems = read_poems(folder, ("tang", "song"))
    file = options.assets / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(table(folder, poems), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, value in measures(Prosody.read(options.assets), [poem for poem in poems if poem.tested]).items():
        logger.info("%-20s%.4f", name, value)


if __name__ == "__main__":
    main()
