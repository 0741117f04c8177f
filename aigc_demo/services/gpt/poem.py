"""Poems of regular form: to a title, from a beginning, or with hidden heads, one character after the other.

The model alone decides about the marks between the lines and where the poem ends. What is given is put in its place; in
a poem with hidden heads it may not end before the last head. Where a rhyme is asked, the last character of an even line
is drawn among those that rhyme with the end of the second line.
"""

import math
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import verse
from aigc_demo.data.characters import Characters
from aigc_demo.data.poem_text import FORMS
from aigc_demo.data.prosody import LEVEL, PUNCTUATION, Prosody, places
from aigc_demo.sampling.tokens import Sampling, draw, stages
from aigc_demo.sampling.writing import Writer, chances
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.requests import Poem
from aigc_demo.services.gpt.tokens import language_model
from aigc_demo.services.page_values import newest
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

NAMED = 5  # unknown characters that a sentence names
SLOT = 0.04  # seconds from one value of the page to the next
read_prosody = lru_cache(maxsize=2)(Prosody.read)


@dataclass(frozen=True)
class Sign:
    text: str
    given: bool  # by the person, not by the model
    p: float  # of the model, had it been free to choose
    tone: str  # 平 level, 仄 oblique, ○ either, ？ unknown
    rhyme: str  # "first": the end that sets the rhyme, "yes" or "no": an end that should follow, "": no such end
    opposed: str  # in a lower line, where tones should be opposed to the upper one: "yes" or "no"; else ""


@dataclass(frozen=True)
class Composed:
    """A poem under way or finished."""

    title: str
    cut: str  # end of a title that was too long
    width: int  # characters of a line that the form asks for
    count: int  # lines
    lines: tuple[tuple[Sign, ...], ...]
    ended: bool  # the model wrote the end
    right: bool  # so far: no line is too long or too short, none too many


@dataclass(frozen=True)
class Plan:
    """What a person's words ask for."""

    title: str
    cut: str  # end of a title that was too long
    given: tuple[str, ...]  # beginnings of the first lines
    width: int
    count: int

    @property
    def total(self) -> int:
        """Characters, marks and end of the poem."""
        return self.count * (self.width + 1) + 1


def plan(request: Poem, characters: str, prosody: Prosody) -> Plan:
    """The request as a plan; BadRequestError where the words do not fit."""
    width, count = FORMS[request.form]
    words = unicodedata.normalize("NFC", request.words).strip()
    if request.mode == "title":
        title = "".join(words.split())
        check_known(title, characters, prosody)
        return Plan(title[: verse.TITLE], title[verse.TITLE :], (), width, count)
    lines = [piece for line in words.split() for piece in split_line(line)]
    if not lines:
        raise BadRequestError("empty_prompt")
    check_known("".join(lines), characters, prosody)
    if request.mode == "head":
        heads = tuple("".join(lines))
        if len(heads) > count:
            raise BadRequestError("poem_heads", count=count, length=len(heads))
        return Plan("", "", heads, width, count)
    for i, line in enumerate(lines):
        if len(line) > width or (len(line) < width and i < len(lines) - 1):
            raise BadRequestError("poem_line", line=line, length=len(line), width=width)
    if len(lines) > count or len(lines) == count and len(lines[-1]) == width:
        raise BadRequestError("poem_full", count=count)
    return Plan("", "", tuple(lines), width, count)


def split_line(text: str) -> list[str]:
    """A text without the marks between its lines, Chinese or Latin ones."""
    table = str.maketrans(",.?!;:", "，。？！；：")
    return [line for line in "".join(" " if c in PUNCTUATION else c for c in text.translate(table)).split(" ") if line]


def check_known(text: str, characters: str, prosody: Prosody) -> None:
    """BadRequestError that names the characters which the model does not know, or which are signs of its own."""
    known = Characters("".join(character for character in characters if character not in verse.MARKS))

    def named(character: str) -> str:
        plain = prosody.nearest(character, known.characters)
        return f"{character} → {plain}" if plain else known.named_unknown(character)

    unknown = known.unknown(text)
    if unknown:
        raise BadRequestError("unknown_characters", characters=", ".join(map(named, unknown[:NAMED])))


class Draft:
    """A poem under way: its lines, and what is asked of the next character."""

    def __init__(self, asked: Plan):
        self.plan = asked
        self.lines: list[list[tuple[str, bool, float]]] = [[]]  # character, whether it was given, p
        self.ended = False

    def add(self, character: str, given: bool, p: float) -> None:
        """Write a character, a mark between lines, or the end."""
        if character == verse.END:
            self.ended = True
        elif character in (verse.COMMA, verse.STOP):
            self.lines.append([])
        else:
            self.lines[-1].append((character, given, p))

    def due(self) -> str:
        """The character that is given for this place, a mark behind a line that was given whole; "" where none is."""
        at, place = len(self.lines) - 1, len(self.lines[-1])
        if at < len(self.plan.given) and place < len(self.plan.given[at]):
            return self.plan.given[at][place]
        if at < len(self.plan.given) - 1 and place == self.plan.width == len(self.plan.given[at]):
            return verse.STOP if at % 2 else verse.COMMA
        return ""

    @property
    def heads_left(self) -> bool:
        """Whether lines are still to come that have a given beginning."""
        return len(self.lines) < len(self.plan.given)

    def rhyming_with(self) -> str:
        """The end of the second line, where the next character should rhyme with it; else ""."""
        at, place = len(self.lines) - 1, len(self.lines[-1])
        second = self.lines[1] if len(self.lines) > 1 else []
        return second[-1][0] if at % 2 and at > 1 and place == self.plan.width - 1 and second else ""

    def composed(self, prosody: Prosody) -> Composed:
        """The poem so far, with tones and rhymes."""
        lines = self.lines if self.lines[-1] or len(self.lines) == 1 else self.lines[:-1]
        width, count = self.plan.width, self.plan.count
        done = lines if self.ended or lines is not self.lines else lines[:-1]
        right = all(len(line) == width for line in done) and len(lines) <= count
        right &= len(lines[-1]) <= width and (not self.ended or len(lines) == count)
        plain = ["".join(character for character, *_ in line) for line in lines]
        signs = tuple(
            tuple(
                Sign(c, given, p, prosody.tone(c), rhyme_of(plain, i, j, width, prosody), against(plain, i, j, prosody))
                for j, (c, given, p) in enumerate(line)
            )
            for i, line in enumerate(lines)
        )
        return Composed(self.plan.title, self.plan.cut, width, count, signs, self.ended, right)


def rhyme_of(lines: list[str], line: int, place: int, width: int, prosody: Prosody) -> str:
    if place != width - 1 or line not in (0, *range(1, len(lines), 2)):
        return ""
    if line == 1:
        return "first"
    first = lines[1][width - 1 : width] if len(lines) > 1 else ""
    told = prosody.rhyme(lines[line][place], first) if first else None
    if told is None or (line == 0 and not told):  # the first line may rhyme
        return ""
    return "yes" if told else "no"


def against(lines: list[str], line: int, place: int, prosody: Prosody) -> str:
    if not line % 2 or place not in places(len(lines[line - 1])) or len(lines[line]) > len(lines[line - 1]):
        return ""
    upper = lines[line - 1][place]
    if line == 1 and place == len(lines[0]) - 1 and prosody.tone(upper) == LEVEL:  # the first line may rhyme too
        return ""
    told = prosody.opposed(upper, lines[line][place])
    return "" if told is None else "yes" if told else "no"


@torch.inference_mode()
def poem(store: Store, request: Poem) -> Iterator[Step[Composed]]:
    model = language_model(store, request.model)
    prosody = read_prosody(Path(store.assets))
    characters = Characters(model.config.characters)
    asked = plan(request, model.config.characters, prosody)
    opening = characters.encode(verse.opening(request.form, asked.title))
    writer, draft = Writer(ENGINES.writer(model), torch.tensor([opening])), Draft(asked)
    how, longest = Sampling(request.temperature), verse.ROW - len(opening)
    numbers = chances(request.seed, longest)
    for done in range(1, longest + 1):
        due = draft.due()
        mask = None if due else allowed(draft, request.rhymed, characters, prosody)
        token = characters.encode(due)[0] if due else int(chosen(writer, how, mask, next(numbers)))
        p = float(writer.logits[0].softmax(0)[token])
        draft.add(characters.characters[token], bool(due), p)
        last = draft.ended or done == longest
        yield Step(done, done if last else max(asked.total, done + 1), draft.composed(prosody))
        if last:
            return
        writer.add(torch.tensor([token]))


def allowed(draft: Draft, rhymed: bool, characters: Characters, prosody: Prosody) -> Tensor | None:
    """Mask (V,) over the characters that may come next; None where all may."""
    if draft.heads_left:
        return torch.tensor([character != verse.END for character in characters.characters])
    end = draft.rhyming_with() if rhymed else ""
    if not end:
        return None
    mask = torch.tensor([prosody.rhyme(character, end) is True for character in characters.characters])
    return mask if mask.any() else None


def chosen(writer: Writer, how: Sampling, mask: Tensor | None, chance: Tensor) -> Tensor:
    """The next token (1,), among those that the mask (V,) allows."""
    logits = writer.logits if mask is None else writer.logits.masked_fill(~mask, -math.inf)
    return draw(stages(logits, how).final, chance)


def verses(request: Poem, made: Composed) -> Json:
    """The poem; a character is [text, given, p, tone, rhyme, opposed], see Sign."""
    lines = [
        [[sign.text, int(sign.given), float(f"{sign.p:.3g}"), sign.tone, sign.rhyme, sign.opposed] for sign in line]
        for line in made.lines
    ]
    return {
        "text": "\n".join("".join(sign.text for sign in line) for line in made.lines),
        "title": made.title,
        "cut": made.cut,
        "width": made.width,
        "count": made.count,
        "lines": lines,
        "ended": made.ended,
        "right": made.right,
    }


def page(request: Poem, steps: Iterator[Step[Composed | None]]) -> Iterator[Step[Json | None]]:
    """The newest state of the poem, every SLOT seconds, under a name of this run."""
    run = secrets.token_hex(4)

    def value(request: Poem, made: Composed) -> Json:
        return {**verses(request, made), "run": run}

    yield from newest(value, SLOT)(request, steps)


def document(request: Poem, run: Sequence[Composed]) -> Document:
    """A poem with what the model gave every character; a character's note is its tone."""
    made = run[-1]
    parts = [Part(f"{made.title}\n", given=True)] if made.title else []
    for i, line in enumerate(made.lines):
        parts += [Part(sign.text, given=sign.given, p=sign.p, note=sign.tone) for sign in line]
        parts.append(Part("。\n" if i % 2 else "，"))
    return Document("Luoxia · 唐诗", tuple(parts))


USE_CASE: UseCase[Poem, Composed] = UseCase(
    run=poem,
    page=page,
    numbers=verses,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (request.model,),
    any_engine=True,
    first=Poem(),
)
