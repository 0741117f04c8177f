"""Lessons: a YAML file of steps, each a link to a state of a page and a task to do there.

    title: From noise to picture            # a text, or one per language: {zh: ..., en: ...}
    steps:
      - title: Add noise
        minutes: 5
        link: diffusion?tab=diffusion_forward&level=400
        task: Raise the level until nobody sees the digit any more.

`lessons/*.yaml` ship.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from aigc_demo.core.errors import BadFileError, BadRequestError, UserError
from aigc_demo.core.params import short
from aigc_demo.services.room.links import canonical, query

LARGEST = 60_000  # characters of a file
STEPS = 30
MINUTES = 120  # of a step
TITLE, TASK = 80, 600  # characters
LANGUAGES = ("zh", "en")
SHIPPED = ("noise", "writing", "training", "sentence", "moving")

Words = dict[str, str]  # language -> text


@dataclass(frozen=True)
class LessonStep:
    """A state of a page, and what to do there; link: such as "./gpt?tab=gpt_write&seed=7"."""

    title: Words
    task: Words
    minutes: int
    link: str


@dataclass(frozen=True)
class Lesson:
    """Steps in the order in which they are shown; source: the text of the file."""

    title: Words
    steps: tuple[LessonStep, ...]
    source: str

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)


class Loader(yaml.SafeLoader):
    """YAML without references, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise BadFileError("room.lesson_alias", line=self.peek_event().start_mark.line + 1)
        return super().compose_node(parent, index)


def shipped(name: str) -> str:
    """The text of a lesson of SHIPPED."""
    return (resources.files("aigc_demo.services.room") / "lessons" / f"{name}.yaml").read_text("utf-8")


def read(text: str, tabs: Set[str]) -> Lesson:
    """The lesson in a YAML text; UserError with one sentence about the first thing that is wrong with it."""
    if len(text) > LARGEST:
        raise BadFileError("room.lesson_large", most=LARGEST)
    plain = loaded(text)
    if not isinstance(plain, dict) or set(plain) != {"title", "steps"} or not isinstance(plain["steps"], list):
        raise BadFileError("room.lesson_form")
    if not 1 <= len(plain["steps"]) <= STEPS:
        raise BadFileError("room.lesson_steps", most=STEPS, count=len(plain["steps"]))
    title = words(plain["title"], TITLE, lambda: BadFileError("room.lesson_title", most=TITLE))
    steps = tuple(step(number, entry, tabs) for number, entry in enumerate(plain["steps"], 1))
    return Lesson(title, steps, text)


def loaded(text: str) -> Any:
    """What a YAML text says; BadFileError names the line where it cannot be read."""
    try:
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadFileError("room.lesson_yaml", line=mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, ValueError, RecursionError):  # a sign that no YAML may have, a day that no month has
        raise BadFileError("room.lesson_yaml", line=1) from None


def step(number: int, entry: Any, tabs: Set[str]) -> LessonStep:
    """Entry `number` of the file as a step; BadFileError says what is wrong with it."""
    if not isinstance(entry, dict):
        raise BadFileError("room.step_form", step=number)
    for name in entry:
        if name not in ("title", "minutes", "link", "task"):
            raise BadFileError("room.step_entry", step=number, name=short(name))
    minutes, link = entry.get("minutes", 5), entry.get("link")
    if type(minutes) is not int or not 1 <= minutes <= MINUTES:
        raise BadFileError("room.step_minutes", step=number, most=MINUTES)
    if not isinstance(link, str):
        raise BadFileError("room.step_link", step=number, link="")
    task = entry.get("task") or query(link).get("task", "")
    return LessonStep(
        words(entry.get("title"), TITLE, lambda: BadFileError("room.step_title", step=number, most=TITLE)),
        words(task, TASK, lambda: BadFileError("room.step_task", step=number, most=TASK)),
        minutes,
        led(number, link, tabs),
    )


def led(number: int, link: str, tabs: Set[str]) -> str:
    """The link of a step as `canonical` gives it, and its errors with the number of the step."""
    try:
        return canonical(link, tabs)
    except BadRequestError as error:
        field = error.values.get("field")
        if error.key == "field_unknown":
            raise BadFileError("room.step_field", step=number, field=field) from None
        if field is not None:
            raise BadFileError("room.step_value", step=number, field=field) from None
        raise BadFileError("room.step_link", step=number, link=short(link)) from None


def words(entry: Any, longest: int, fault: Callable[[], UserError]) -> Words:
    """A text, or one per language, as one per language; a language that is missing takes the other's."""
    given: Mapping[Any, Any] = dict.fromkeys(LANGUAGES, entry) if isinstance(entry, str) else entry
    if not isinstance(given, dict) or not given or not set(given) <= set(LANGUAGES):
        raise fault()
    for text in given.values():
        if not isinstance(text, str) or not text.strip() or len(text) > longest:
            raise fault()
    first = next(iter(given.values()))
    return {lang: given.get(lang, first).strip() for lang in LANGUAGES}
