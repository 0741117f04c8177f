"""Poems of Tang and Song in simplified characters, as they are told apart for learning and for measuring.

`read_poems` gives them from the fetched package (data/poem_files.py) and needs OpenCC; what runs without the data set
needs none of this. A poem is held out by a hash of its traditional text, so that the split never moves.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from aigc_demo.core.errors import UnavailableError

# forms by their shape alone: how many lines of how many characters
FORMS = {"jueju5": (5, 4), "jueju7": (7, 4), "lushi5": (5, 8), "lushi7": (7, 8)}
OTHER = {5: "other5", 7: "other7"}
# ways of writing that OpenCC leaves as they are, and the usual one of today
UNUSUAL = (
    "隠祇鴈鬰髪頼慙鶑徧浄粧鬭劒媿僊蘂臯髙猨巵鬬鼇煖嬾櫂牋罇歛覩餠隣寛懽閙隄椀彊慇懃鳯怱秾堦峩缾畧踈穉燄邉麤飜悮迺羮歳鼈欵揺"
    "覊逈蔕幙烱竝嚬桮旛薫壻緜毎纒輙頳蠧姪朶憇諠讐呌廻艶囘濶逺懐瞋様塲効寜毘籖鐡逰窻啣衞棃汚牕呪釡黙巌戯輭飡箒氊𬬻倐淸尙敍"
)
USUAL = (
    "隐只雁郁发赖惭莺遍净妆斗剑愧仙蕊皋高猿卮斗鳌暖懒棹笺樽敛睹饼邻宽欢闹堤碗强殷勤凤匆浓阶峨瓶略疏稚焰边粗翻误乃羹岁鳖款摇"
    "羁迥蒂幕炯并颦杯幡薰婿绵每缠辄赪蠹侄朵憩喧雠叫回艳回阔远怀嗔样场效宁毗签铁游窗衔卫梨污窗咒釜默岩戏软餐帚毡炉倏清尚叙"
)


@dataclass(frozen=True)
class Poem:
    title: str
    author: str
    lines: tuple[str, ...]  # simplified, all of 5 or all of 7 characters
    tones: tuple[str, ...]  # of every line as the package has them: 平 仄 ○ ？; empty where unknown
    tested: bool  # held out by its hash

    @property
    def form(self) -> str:
        """One of FORMS, else that of OTHER."""
        shape = len(self.lines[0]), len(self.lines)
        return next((form for form, known in FORMS.items() if known == shape), OTHER[shape[0]])

    @property
    def text(self) -> str:
        return "".join(self.lines)


def simplify(text: str) -> str:
    """Traditional characters, and unusual ways of writing, as the simplified ones; the length stays.

    UnavailableError where OpenCC is not installed.
    """
    try:
        convert = import_module("opencc").OpenCC("tw2s").convert
    except ImportError as error:
        raise UnavailableError("opencc_missing") from error
    return convert(text).translate(str.maketrans(UNUSUAL, USUAL))


def chosen(text: str, share: float) -> bool:
    """Whether a text is among this share of all, by its hash."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") < share * 2**32


def read_poems(folder: Path, dynasties: tuple[str, ...] = ("tang",), most: int = 60, share: float = 0.03) -> list[Poem]:
    """The poems of at most so many lines, each poem once, in the order of the package; `share` of them is held out."""
    rows = []
    with (folder / "poems.tsv").open(encoding="utf-8") as file:
        for line in file:
            dynasty, title, author, text, tones = line.rstrip("\n").split("\t")
            if dynasty in dynasties and text.count(" ") < most and "□" not in text:
                rows.append((title, author, text, tones))
    plain = simplify("\n".join("\t".join(row[:3]) for row in rows)).split("\n")
    poems, seen = [], set()
    for simple, (_, _, text, tones) in zip(plain, rows, strict=True):
        title, author, lines = simple.split("\t")
        if lines not in seen:
            seen.add(lines)
            poems.append(Poem(title, author, tuple(lines.split()), tuple(tones.split()), chosen(text, share)))
    return poems


def holes(line: str) -> Iterator[str]:
    """The line with each character hidden in turn; two lines share one of these where they differ in one place."""
    for i in range(len(line)):
        yield f"{line[:i]}？{line[i + 1 :]}"


def apart(poems: Iterable[Poem]) -> tuple[list[Poem], list[Poem]]:
    """Those to learn from, without any that shares a line (but for one character) with the others, and the held-out."""
    train: list[Poem] = []
    test: list[Poem] = []
    for poem in poems:
        (test if poem.tested else train).append(poem)
    kept = {hole for poem in test for line in poem.lines for hole in holes(line)}
    return [poem for poem in train if not any(hole in kept for line in poem.lines for hole in holes(line))], test
