"""Read a sentence about a scene, Chinese, English or mixed: what it claims, and which words are not known.

The same words that captions are made of (data/scene_words.py), in any order people put them: longest match first, then
a few rules of which word belongs to which. A sentence may leave anything open.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache

from aigc_demo.data import scene_words as words
from aigc_demo.data.scenes import OBJECTS, OPPOSITE, Scene

LONGEST = 2000  # characters that are read


@dataclass(frozen=True)
class Term:
    """A known phrase in a sentence, or a word that is not known."""

    kind: str  # object, colour, number, direction, place, size, ground, filler, unknown
    value: str
    start: int  # characters
    end: int
    many: bool = False  # an English plural
    chinese: bool = False


@dataclass(frozen=True)
class Reading:
    """What a sentence claims, and what in it was not understood."""

    claims: Scene | None  # None where no object is named
    unknown: tuple[Term, ...]
    terms: tuple[Term, ...]


@cache
def lexicon() -> dict[str, tuple[str, str, bool]]:
    """Phrase in lower case -> (kind, value, plural)."""
    found: dict[str, tuple[str, str, bool]] = {word: ("filler", "", False) for word in words.FILLERS.split()}
    for word in ("background", "背景", "底色", "底"):
        found[word] = ("ground", "", False)
    for name, ways in words.COLOURS.items():
        found |= {way: ("colour", name, False) for way in ways}
    for number, ways in words.NUMBERS.items():
        found |= {way: ("number", str(number), False) for way in ways}
    for name, ways in words.SIZES.items():
        found |= {way: ("size", name, False) for way in ways}
    found |= {"小小的": ("size", "small", False), "大大的": ("size", "large", False)}
    for name, ways in words.PLACES.items():
        found |= {way: ("direction" if name != "middle" else "place", name, False) for way in ways}
    sides = {"above": "top", "below": "bottom"}
    for name, ways in words.RELATIONS.items():
        found |= {way: ("direction", sides.get(name, name), False) for way in ways}
    plain = {"left": "left", "right": "right", "top": "top", "bottom": "bottom"}
    found |= {word: ("direction", value, False) for word, value in plain.items()}
    for word in ("middle", "center", "centre"):
        found[word] = ("place", "middle", False)
    for name, pairs in words.ENGLISH.items():
        for one, many in pairs:
            found[one.partition(" ")[2]] = ("object", name, False)
            found[many] = ("object", name, True)
    for name, (_, *names) in words.CHINESE.items():
        found |= {way: ("object", name, False) for way in names}
    return found


@cache
def pattern() -> re.Pattern[str]:
    """Known phrases, the longest first, or any other word."""
    phrases = sorted(lexicon(), key=len, reverse=True)
    known = [re.escape(p) if words.is_chinese(p) else rf"(?<![a-z0-9]){re.escape(p)}(?![a-z0-9])" for p in phrases]
    return re.compile("|".join(known) + r"|(?P<other>[^\W\d_]+?(?=[\u4e00-\u9fff\W\d_]|$)|\d+|[\U0001f000-\U0001ffff])")


def terms_of(text: str) -> list[Term]:
    """The terms of a text in their order; neighbouring unknown Chinese characters are one."""
    found: list[Term] = []
    for match in pattern().finditer(text[:LONGEST].lower()):
        piece, (start, end) = match[0], match.span()
        chinese = words.is_chinese(piece)
        if match["other"] is None:
            kind, value, many = lexicon()[piece]
            found.append(Term(kind, value, start, end, many, chinese))
        elif chinese and found and found[-1].kind == "unknown" and found[-1].end == start and found[-1].chinese:
            found[-1] = Term("unknown", found[-1].value + piece, found[-1].start, end, chinese=True)
        else:
            found.append(Term("unknown", piece, start, end, chinese=chinese))
    return found


def background_of(terms: list[Term]) -> tuple[str, list[Term]]:
    """The colour of the background, and colours that no object here can have."""
    colours = [i for i, term in enumerate(terms) if term.kind == "colour"]
    near = {i: [t.kind for t in terms[i + 1 : i + 3] if t.kind != "filler" or t.value] for i in colours}
    ground = next((i for i in colours if near[i][:1] == ["ground"]), None)
    if ground is None:
        ground = next((i for i in colours if near[i][:1] not in (["object"], ["size"])), None)
    if (
        ground is None
        and len(colours) == 1
        and not any(t.kind == "ground" for t in terms)
        and near[colours[0]][:1] == []
    ):
        ground = colours[0]
    wrong = [Term("unknown", terms[i].value, terms[i].start, terms[i].end) for i in colours if i != ground]
    return (terms[ground].value if ground is not None else ""), wrong


def relation_of(terms: list[Term], first: int, second: int) -> str:
    """How the object at index `first` of the terms stands to that at `second`: one of RELATIONS, beside, or ""."""
    directions = [i for i, term in enumerate(terms) if term.kind == "direction"]
    if not directions:
        return ""
    place = directions[0]
    side = {"top": "above", "bottom": "below"}.get(terms[place].value, terms[place].value)
    if side == "beside":
        return side
    chinese, between, before = terms[place].chinese, first < place < second, place < first
    of = (
        before
        and not chinese
        and any(t.value == terms[place].value for t in terms[place:first])
        and len(directions) == 1
    )
    turned = (chinese and between and len(directions) == 1) or of
    return OPPOSITE[side] if turned else side


def read(text: str) -> Reading:
    """What a sentence claims. What it says beyond this world is among the unknown: a fourth apple, a blue dog."""
    terms = terms_of(text)
    unknown = [term for term in terms if term.kind == "unknown"]
    objects = [(i, term) for i, term in enumerate(terms) if term.kind == "object"]
    distinct = list(dict.fromkeys(term.value for _, term in objects))
    background, wrong = background_of(terms)
    unknown += wrong
    if not distinct:
        return Reading(None, tuple(unknown), tuple(terms))
    extra = [term for _, term in objects if term.value not in distinct[:2]]
    unknown += [Term("unknown", text[term.start : term.end], term.start, term.end) for term in extra]
    numbers = [int(term.value) for term in terms if term.kind == "number"]
    article = re.search(r"\ba\b|\ban\b", text.lower()) is not None
    size = next((term.value for term in terms if term.kind == "size"), "")
    if len(distinct) > 1:
        places = [next(i for i, term in objects if term.value == name) for name in distinct[:2]]
        claims = Scene(tuple(distinct[:2]), background, relation=relation_of(terms, *places))
        return Reading(claims, tuple(unknown), tuple(terms))
    first = objects[0][1]
    counted = numbers[0] if numbers else (0 if first.many or first.chinese or not article else 1)
    place = next((term.value for term in terms if term.kind in ("direction", "place")), "")
    claims = Scene((first.value,), background, counted, place, size)
    return Reading(claims, tuple(unknown), tuple(terms))


def nearest(word: str, count: int = 3) -> list[str]:
    """Known words most like one that is not known: of the same script, best first."""
    chinese = words.is_chinese(word)
    least = 0.5 if chinese else 0.6  # half of a Chinese word says something
    known = [
        phrase for phrase, (kind, _, _) in lexicon().items() if words.is_chinese(phrase) == chinese and kind != "filler"
    ]
    return difflib.get_close_matches(word.lower(), known, count, least)


def nouns(language: str) -> list[str]:
    """The usual name of every object, in the order of OBJECTS."""
    if language == "zh":
        return [words.CHINESE[name][1] for name in OBJECTS]
    return [words.ENGLISH[name][0][0].partition(" ")[2] for name in OBJECTS]
