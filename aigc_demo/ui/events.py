"""Between a handler and the page: errors become sentences, in the language of the person who made them.

@guarded
def on_draw(seed: int, steps: int) -> Iterator[...]: ...

`gr.Request` and `gr.EventData` parameters of the handler are injected by Gradio as usual.
"""

import functools
import inspect
import logging
import secrets
import time
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import gradio as gr

from aigc_demo.core.errors import UnavailableError, UserError
from aigc_demo.core.folders import FULL
from aigc_demo.core.steps import Step
from aigc_demo.services import replicas
from aigc_demo.ui.i18n import language, sentence, tr

logger = logging.getLogger(__name__)
T = TypeVar("T")

# queue of a request -> how many of its events run at once; who trains keeps nobody from anything else, and runs of one
# picture are rows of a batch (sampling/together.py); of what replicas do, each does as many
LIMITS = {"device": 1, "together": 32, "quick": 4, "writing": 3, "gan": 2, "tune": 2, "train": 1, "fetch": 1}
LIMITS |= {name: LIMITS[name] * max(1, replicas.most()) for name in replicas.QUEUES}
FEW = 4  # programs at once that are told of all their steps
answering: set[object] = set()  # a mark for every program that is being answered
ended = {"sentence": 0, "failure": 0}  # events of this process that ended so
THREADS = sum(LIMITS.values()) + 8  # for all that runs at once, and for what comes and goes around it
PAUSE = 0.2  # seconds that work goes on, at most, for a person who has left; a step where one takes longer


def queue(name: str) -> dict[str, Any]:
    """Options of an event that takes its turn in this queue, see LIMITS."""
    return {"concurrency_id": name, "concurrency_limit": LIMITS[name]}


def heavy(demo: gr.Blocks) -> set[int | str]:
    """Numbers and API names of the events that wait in a queue of their own, other than for work of milliseconds."""
    long = [event for event in demo.fns.values() if event.concurrency_id in LIMITS and event.concurrency_id != "quick"]
    return {event._id for event in long} | {event.api_name for event in long if isinstance(event.api_name, str)}


DEVICE = queue("device")  # heavy events of all tabs take turns
QUICK: dict[str, Any] = {**queue("quick"), "show_progress": "hidden"}  # work of milliseconds


def paced(steps: Iterable[Step[T | None]]) -> Iterator[Step[T | None]]:
    """Steps that have a value, and a few a second of those that have none: at each, a person who left is noticed."""
    told = time.perf_counter()
    for step in steps:
        if step.value is not None or step.note or time.perf_counter() - told >= PAUSE:
            yield step
            told = time.perf_counter()


def thinned(steps: Iterable[Step[T | None]]) -> Iterator[Step[T | None]]:
    """As paced; where more than FEW programs are answered at once, the last step and fewer of those before, the more
    they are: a program waits for the last, and each step costs them all some milliseconds.
    """
    told, place = time.perf_counter(), object()
    answering.add(place)
    try:
        for step in paced(steps):
            crowd = len(answering) / FEW
            if crowd <= 1 or step.done >= step.total or time.perf_counter() - told >= PAUSE * crowd:
                yield step
                told = time.perf_counter()
    finally:
        answering.discard(place)


def shown(words: str) -> str:
    """A sentence for a toast, which must never look like markup: what does is cut out of it."""
    return words.replace("<", "‹").replace(">", "›")


def report(error: Exception, request: gr.Request | None) -> gr.Error:
    """The toast for an error: its own sentence for a UserError or a full disk, else a neutral one.

    The id of a neutral one also stands in the log.
    """
    lang = language(request)
    title = tr(lang, "shell.error_title")
    if isinstance(error, OSError) and error.errno in FULL:
        error = UnavailableError("disk_full")
    ended["sentence" if isinstance(error, UserError) else "failure"] += 1
    if isinstance(error, UserError):
        return gr.Error(shown(sentence(lang, error)), title=title, print_exception=False)
    mark = secrets.token_hex(3)
    logger.error("event failed, id %s", mark, exc_info=error)
    return gr.Error(tr(lang, "shell.error_ours", mark=mark), title=title, print_exception=False)


def guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """`handler`, plain function or generator, with `report` as its only way to fail."""
    signature = inspect.signature(handler)
    hints = typing.get_type_hints(handler)
    own = next((name for name, hint in hints.items() if hint is gr.Request), None)  # the handler wants the request too
    order = list(signature.parameters)

    def split(arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], gr.Request | None]:
        """Positional arguments as Gradio passes them -> those of the handler, and the request."""
        if own is not None:
            return arguments, arguments[order.index(own)]
        if len(arguments) > len(order):
            return arguments[: len(order)], arguments[len(order)]
        return arguments, None  # called by a test

    def call(*arguments: Any) -> Any:
        passed, request = split(arguments)
        try:
            return handler(*passed)
        except gr.Error:
            raise
        except Exception as error:
            raise report(error, request) from None

    def stream(*arguments: Any) -> Iterator[Any]:
        passed, request = split(arguments)
        try:
            yield from handler(*passed)
        except gr.Error:
            raise
        except Exception as error:
            raise report(error, request) from None

    slow = inspect.isgeneratorfunction(inspect.unwrap(handler))
    wrapper: Any = functools.wraps(handler)(stream if slow else call)
    del wrapper.__wrapped__  # Gradio would look through it
    parameters = list(signature.parameters.values())
    if own is None:
        parameters.append(
            inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request, default=None)
        )
        hints = {**hints, "request": gr.Request}
    wrapper.__signature__ = signature.replace(parameters=parameters)
    wrapper.__annotations__ = hints
    return wrapper
