"""The contract of a use case. `<family>/<use case>` is its address in every layer, the same two words everywhere:

    request        class Draw of services/<family>/requests.py, free of torch
    computation    USE_CASE in services/<family>/draw.py
    page           build() in ui/tabs/<family>/draw.py, words [draw_...] of ui/text/<family>.toml
    HTTP endpoint  /<family>_draw
    first result   assets/examples/<family>_draw.json
    programs       examples/<family>_draw_library.py

`find` gets from the name to the class or object; nothing is registered by hand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import Request, short
from aigc_demo.core.steps import Step

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store
    from aigc_demo.services.files import Content

R = TypeVar("R", bound=Request)
T = TypeVar("T")

Json = dict[str, Any]  # JSON, in which `bytes` stand for PNG or WAV files of their own


Page = Callable[[R, Iterator[Step[T | None]]], Iterator[Step[Json | None]]]  # steps of a run -> what views draw of them


@dataclass(frozen=True)
class UseCase(Generic[R, T]):
    """One thing that can be asked of a family. R: its request. T: its result, or what it yields on the way to it."""

    run: Callable[..., T | Iterator[Step[T | None]]]  # (store, request, *page state): slow work is a generator
    page: Page[R, T]  # what views draw, see page_values.py
    numbers: Callable[[R, T], Json]  # what a program is told of a result, beside the file
    file: Callable[[R, Sequence[T]], "Content"] | None = None  # what is saved of all values of a run
    formats: tuple[str, ...] = ()  # of the file; the first is the default
    checkpoints: Callable[[R], tuple[str, ...]] = lambda request: ()  # ids that take part; the first stands in the card
    library: Callable[[R], str] | None = (
        None  # its program under examples/, by default <name>_library where it is there
    )
    shown: Callable[..., Any] | None = None  # as `run`, of what stands on the page: for a save that must not run again
    parameters: Callable[["Store", R], int] | None = None  # number of weights; by default those of the checkpoints
    small: Callable[[R], R] | None = None  # the request with its pictures as small as the models see them, for a card
    device: str = ""  # what it runs on, where that is not what the store's models run on
    first: R | None = None  # the request of the first result that ships with the page; None where there is none
    first_value: Callable[["Store", R], Json] | None = None  # the page value that ships, if not the last one of a run
    card: Callable[["Store"], Json] | None = None  # what the landing page shows, where that isn't the first result
    any_engine: bool = False  # its networks run in the quickest engine that there is (services/engines.py)
    kept: bool = False  # the same request is answered from what was made before: it hangs on values and weights alone
    warm: R | None = None  # the smallest request, done once in the background after the start


def split(name: str) -> tuple[str, str]:
    """ "hf_text_chat" -> ("hf_text", "chat")."""
    family, _, use_case = name.rpartition("_")
    return family, use_case


def request_class(name: str) -> type[Request]:
    """The request class of a use case, without torch; NotFoundError when there is none of that name."""
    family, use_case = split(name)
    found = requests_of(family).get(use_case) if family.isidentifier() else None
    if found is None:
        raise NotFoundError("unknown_family", name=short(name))
    return found


def requests_of(family: str) -> dict[str, type[Request]]:
    """Use case -> request class, in the order of services/<family>/requests.py."""
    module = import_module(f"aigc_demo.services.{family}.requests")
    classes = (part for part in vars(module).values() if isinstance(part, type) and issubclass(part, Request))
    return {part.__name__.lower(): part for part in classes if part.__module__ == module.__name__}


def find(name: str) -> UseCase[Any, Any]:
    """The use case of a name such as "diffusion_draw"; this is where torch comes in."""
    request_class(name)
    family, use_case = split(name)
    return import_module(f"aigc_demo.services.{family}.{use_case}").USE_CASE
