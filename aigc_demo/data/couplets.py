"""Couplets: an upper line and the lower line that answers it, character by character.

    couplets(folder, "train" | "test" | "famous") -> list[(upper, lower)]     simplified, both of the same length
    couplet_characters(folder) -> str                                          every character of them, without signs

Most are the inner couplets of regulated poems of Tang and Song, of 5 or 7 characters; some are parallel prose of 1 to
20 characters, where a comma inside stands at the same place of both. SHARE of the couplets is held out by a hash
("test"), and so are the known couplets of FAMOUS and all of the essay that the first of them is from ("famous", FAMOUS
first). No couplet to learn from has a line of the held-out ones, or one that differs from it in one place; nor a line
with ALIKE characters of a famous line in their places.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from aigc_demo.data.poem_text import chosen, holes, read_poems, simplify

Couplet = tuple[str, str]
SHARE = 0.02
KEPT = 4_480  # characters: the most frequent ones
SHORTEST = 4  # characters of a clause of prose
LONGEST = 20  # characters of a line, a comma inside it counted
ALIKE = 5  # a line with so many characters of a famous one, in their places, is not learnt from
ESSAY = "滕王閣序"  # of Wang Bo, whose couplets are all held out
# known lines and what answers them: (upper, lower)
FAMOUS = (
    ("落霞与孤鹜齐飞", "秋水共长天一色"),
    ("海内存知己", "天涯若比邻"),
    ("明月松间照", "清泉石上流"),
    ("大漠孤烟直", "长河落日圆"),
    ("感时花溅泪", "恨别鸟惊心"),
    ("无边落木萧萧下", "不尽长江滚滚来"),
    ("两个黄鹂鸣翠柳", "一行白鹭上青天"),
    ("窗含西岭千秋雪", "门泊东吴万里船"),
    ("沉舟侧畔千帆过", "病树前头万木春"),
    ("春蚕到死丝方尽", "蜡炬成灰泪始干"),
    ("身无彩凤双飞翼", "心有灵犀一点通"),
    ("疏影横斜水清浅", "暗香浮动月黄昏"),
    ("山重水复疑无路", "柳暗花明又一村"),
    ("物华天宝，龙光射牛斗之墟", "人杰地灵，徐孺下陈蕃之榻"),
    ("渔舟唱晚，响穷彭蠡之滨", "雁阵惊寒，声断衡阳之浦"),
)


def verse_couplets(folder: Path) -> Iterator[tuple[Couplet, bool]]:
    """The inner couplets of regulated poems, each with whether it is held out."""
    for poem in read_poems(folder, ("tang", "song")):
        if len(poem.lines) >= 8 and regulated(poem.tones):
            for i in range(2, len(poem.lines) - 2, 2):
                upper, lower = poem.lines[i : i + 2]
                yield (upper, lower), chosen(upper + lower, SHARE)


def regulated(tones: tuple[str, ...]) -> bool:
    """Whether the upper lines end oblique (the first may do as it likes), the lower ones level, and the tones of the
    second and fourth characters of a couplet are opposed in at least three of four places."""
    if not tones or any(line[-1] == "平" for line in tones[2::2]) or any(line[-1] == "仄" for line in tones[1::2]):
        return False
    pairs = [
        (upper[i], lower[i]) for upper, lower in zip(tones[2::2], tones[3::2], strict=True) for i in range(1, 4, 2)
    ]
    return sum(upper == lower and upper in "平仄" for upper, lower in pairs) * 4 <= len(pairs)


def prose_couplets(folder: Path) -> Iterator[tuple[Couplet, str]]:
    """Couplets of parallel prose, each with its chapter."""
    rows = [line.split("\t") for line in (folder / "prose.tsv").read_text(encoding="utf-8").splitlines()]
    plain = simplify("\n".join(text for _, _, text in rows)).split("\n")
    for (book, chapter, _), text in zip(rows, plain, strict=True):
        for sentence in re.split("[。？！：”“]", re.sub("[（(].*?[）)]", "", text)):
            for upper, lower in parallel(sentence, book == "shenglvqimeng"):
                if not {"《", "》", "‘", "’", "　", " "} & set(upper + lower):
                    yield (upper, lower), chapter


def parallel(sentence: str, paired: bool) -> Iterator[Couplet]:
    """The couplets of a sentence: halves about a ；, else neighbouring clauses, and, where `paired`, X对Y."""
    halves = [half.strip("，、") for half in sentence.split("；")]
    clauses = [half.split("，") for half in halves]
    answered = set()
    for i in range(0, len(halves) - 1, 2):
        alike = [len(clause) for clause in clauses[i]] == [len(clause) for clause in clauses[i + 1]]
        if alike and answers(halves[i], halves[i + 1]):
            answered |= {i, i + 1}
            if len(clauses[i]) > 1:
                yield halves[i], halves[i + 1]
            yield from ((a, b) for a, b in zip(clauses[i], clauses[i + 1], strict=True) if len(a) >= SHORTEST)
    for i, pieces in enumerate(clauses):
        if paired:
            yield from ((a, b) for a, mark, b in (piece.partition("对") for piece in pieces) if mark and answers(a, b))
        if i not in answered and len(pieces) % 2 == 0:
            pairs = list(zip(pieces[::2], pieces[1::2], strict=True))
            shared = len(pieces) == 2 or paired
            yield from (
                (a, b)
                for a, b in pairs
                if len(a) >= SHORTEST - paired and answers(a, b) and (shared or set(a) & set(b))
            )


def answers(upper: str, lower: str) -> bool:
    """Whether two lines are alike in length, in the places of their commas, and repeat each other only in place."""
    if not 0 < len(upper) == len(lower) <= LONGEST or upper == lower or "对" in upper[1:2]:
        return False
    if [i for i, c in enumerate(upper) if c == "，"] != [i for i, c in enumerate(lower) if c == "，"]:
        return False
    return all(b not in upper or a == b for a, b in zip(upper, lower, strict=True))


def needed(length: int) -> int:
    """How many characters a line of this length shares with a famous one to be nearly that line."""
    return max(1, min(ALIKE, length - 1))


def places(line: str) -> list[tuple[int, int, str]]:
    """Of two lines that are nearly the same, one of these is shared: (length, place, character) of the first places."""
    return [(len(line), i, line[i]) for i in range(len(line) - needed(len(line)) + 1)]


def like_famous(line: str, famous: dict[tuple[int, int, str], list[str]]) -> bool:
    """Whether a line is nearly one of the famous ones, which are listed by their places."""
    for place in places(line):
        for known in famous.get(place, ()):
            if sum(a == b for a, b in zip(known, line, strict=True)) >= needed(len(line)):
                return True
    return False


@lru_cache(maxsize=1)
def split_couplets(folder: Path) -> tuple[str, dict[str, list[Couplet]]]:
    """The characters, and the couplets of every split."""
    found: dict[Couplet, str] = {couplet: "famous" for couplet in FAMOUS}
    for couplet, chapter in prose_couplets(folder):
        if chapter == ESSAY:
            found.setdefault(couplet, "famous")
        elif couplet not in found:
            found[couplet] = "test" if chosen("".join(couplet), SHARE) else "train"
    for couplet, tested in verse_couplets(folder):
        found.setdefault(couplet, "test" if tested else "train")
    kept = {hole for couplet, split in found.items() if split != "train" for line in couplet for hole in holes(line)}
    famous: dict[tuple[int, int, str], list[str]] = {}
    for line in (line for couplet in FAMOUS for line in couplet):
        for place in places(line):
            famous.setdefault(place, []).append(line)
    learnt = [
        couplet
        for couplet, split in found.items()
        if split == "train"
        and not any(like_famous(line, famous) or not kept.isdisjoint(holes(line)) for line in couplet)
    ]
    counts = Counter(character for couplet in learnt for line in couplet for character in line)
    known = set(sorted(counts, key=lambda character: (-counts[character], character))[:KEPT])
    splits = {name: [couplet for couplet, split in found.items() if split == name] for name in ("test", "famous")}
    splits["train"] = learnt
    written = {name: [(a, b) for a, b in part if known.issuperset(a + b)] for name, part in splits.items()}
    return "".join(sorted(known)), written


def couplets(folder: Path, split: str) -> list[Couplet]:
    """The couplets of a split, in an order that stays."""
    return list(split_couplets(folder)[1][split])


def couplet_characters(folder: Path) -> str:
    """Every character of the training couplets, the vocabulary without marks."""
    return split_couplets(folder)[0]
