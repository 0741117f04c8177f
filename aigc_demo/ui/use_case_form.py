"""A form whose use case the service runs: the page's events, saving and programs need no code of their own.

form = UseCaseForm("diffusion_draw", service)
with form.tab(), bench():
    with controls():
        form.slider("steps", main=True)
        form.seed()
        form.buttons("diffusion.run_draw")
    with result():
        scope = microscope(form.first_value, elem_id="diffusion_draw-scope")
        form.outcome()                       # progress, badge, save row, link and programs
form.run(scope)                              # or form.watch(view): after every change
"""

import base64
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from aigc_demo.core.errors import text_key
from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step, timed
from aigc_demo.services import first_results
from aigc_demo.services.page_values import suffix
from aigc_demo.services.service import Service, example
from aigc_demo.services.use_case import Json, request_class
from aigc_demo.ui.cached_files import cached_file
from aigc_demo.ui.events import paced, queue
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.widgets import badge, file_data, honesty_badge, progress, progress_line

Say = Callable[[str], str]  # key of a text -> the text, or its token while the page is built
Show = Callable[[Json, Say], Sequence[Any]]  # page value -> a value for every view
HIDDEN: dict[str, Any] = {"api_visibility": "private"}  # only the page reads it; programs have ui/api.py


class UseCaseForm(Form):
    """Controls of a use case, and everything that is wired to them."""

    def __init__(self, use_case: str, service: Service):
        super().__init__(use_case, request_class(use_case))
        self.service = service
        self.first = first_results.load(use_case)
        self.line: gr.HTML | None = None
        self.note: gr.HTML | None = None
        self.views: Sequence[Any] = ()

    @property
    def first_value(self) -> Json | None:
        return self.first["value"] if self.first else None

    def first_shown(self, show: Show, count: int) -> Sequence[Any]:
        """What `count` views show before any click."""
        return show(self.first_value, t) if self.first_value else [None] * count

    def outcome(
        self,
        formats: Sequence[str] = (),
        *,
        state: Sequence[Any] = (),
        save: Callable[..., Iterator[Step[bytes | None]]] | None = None,
        library: str = "",
        line: bool = True,
        note: bool = True,
    ) -> None:
        """Under the result: progress, badge, the save row for `formats`, link and programs.

        `state`: components whose values a save gets after the request. `save`: what makes the file, where a form has
        more to say than the service, see `Form.save`. `library`: key of what the second program is called, by default
        the library's where there is one. `line` False: a result that comes at once has no progress, or the tab
        has placed `self.line`. `note` False: the view has a badge of its own.
        """
        first = self.first
        self.line = progress_line() if line else self.line
        told = badge("cached", parameters=first["parameters"], seed=first["seed"]) if first else None
        self.note = honesty_badge(told) if note else None
        if formats:
            waits = queue("together") if self.request.queue == "together" else {}
            self.save(formats, save or self._save, state, **HIDDEN, **waits)
        library = library or ("shell.library" if example(f"{self.use_case}_library") else "")
        self.share(self._python, library, **HIDDEN)

    def run(self, *views: Any, show: Show | None = None, state: Sequence[Any] = (), **options: Any) -> Any:
        """Run and Stop: the views get the page's value of every step; `show` makes one for each view out of it."""
        self.views = views
        wishes = {"api_name": f"{self.use_case}_view", **queue(self.request.queue), **HIDDEN, **options}
        return super().run(self._handler(views, show), self._outputs(views), extra=state, **wishes)

    def watch(
        self,
        *views: Any,
        show: Show | None = None,
        triggers: Sequence[Any] | None = None,
        when: Callable[[Any], bool] = lambda request: True,
        steps: int = 0,
        after: Sequence[Any] = (),
        **options: Any,
    ) -> Any:
        """The views after every change of a control, or of `triggers`; the last change is never lost.

        Pictures travel inside the value, without a second request. Where `when(request)` is False, as of a sentence
        that is not finished yet, everything stays as it is. steps: of a run that takes longer; its progress is told in
        the form's line. after: events whose success counts as a change, too.
        """
        self.views = views
        stream = self._handler(views, show, inside=True)

        def once(request: Request, lang: str) -> tuple[Any, ...]:
            if not when(request):
                return tuple(gr.skip() for _ in self._outputs(views))
            *_, shown = stream(request, lang=lang)
            return shown

        def told(request: Request, lang: str) -> Iterator[tuple[Any, ...]]:
            def line(done: int) -> tuple[Any, ...]:
                rest = len(self._outputs(views)) - len(views) - 1
                return (*[gr.skip()] * len(views), progress(done, steps), *[gr.skip()] * rest)

            yield line(0)
            try:
                yield from stream(request, lang=lang)
            except Exception:
                yield line(steps)  # it is over
                raise

        handler = told if steps else once
        wishes = {"api_name": f"{self.use_case}_view", **queue(self.request.queue), **HIDDEN, **options}
        wishes.setdefault("show_progress", "hidden")
        for place, event in enumerate(after):
            again = {**wishes, "api_name": f"{self.use_case}_after_{place}"}
            event.success(self.endpoint(handler), self.inputs, self._outputs(views), **again)
        return super().watch(handler, self._outputs(views), triggers, **wishes)

    def _outputs(self, views: Sequence[Any]) -> list[Any]:
        return [*views, *(part for part in (self.line, self.note) if part is not None)]

    def _handler(
        self, views: Sequence[Any], show: Show | None, inside: bool = False
    ) -> Callable[..., Iterator[tuple[Any, ...]]]:
        """(request, *state, lang) -> values of the views, progress and badge, for every step worth telling."""

        def handler(request: Request, *state: Any, lang: str) -> Iterator[tuple[Any, ...]]:
            facts, send = None, inlined if inside else Files(views[0].GRADIO_CACHE)
            known = None if state else self.service.known(self.use_case, request)
            steps = iter([Step(1, 1, known)]) if known else self.service.stream(self.use_case, request, *state)
            for step, milliseconds in timed(paced(steps)):
                line = [progress(step.done, step.total)] if self.line is not None else []
                note = [gr.skip()] if self.note is not None else []
                if step.note:
                    gr.Warning(tr(lang, text_key(step.note)))
                if step.value is None:
                    yield (*[gr.skip()] * len(views), *line, *note)
                    continue
                facts = facts or self.service.facts(self.use_case, request)
                value = hosted(step.value, send)
                shown = show(value, functools.partial(tr, lang)) if show else [value]
                told = badge("kept", **facts) if known else badge("live", ms=milliseconds, **facts)
                note = [told] if self.note is not None else []
                yield (*shown, *line, *note)

        return handler

    def _save(self, request: Request, format: str, *state: Any) -> Iterator[Step[bytes | None]]:
        return self.service.save(self.use_case, request, format, *state)

    def _python(self, request: Request) -> tuple[str, str]:
        return self.service.python(self.use_case, request)


def hosted(part: Any, send: Callable[[bytes], Any]) -> Any:
    """A page value with what `send` makes of every `bytes`."""
    if isinstance(part, bytes):
        return send(part)
    if isinstance(part, dict):
        return {name: hosted(value, send) for name, value in part.items()}
    return [hosted(value, send) for value in part] if isinstance(part, list | tuple) else part


def inlined(file: bytes) -> Json:
    """A PNG or WAV file as an address that holds it."""
    kind = "audio/wav" if suffix(file) == "wav" else "image/png"
    return {"url": f"data:{kind};base64,{base64.b64encode(file).decode()}"}


class Files:
    """PNG and WAV files in Gradio's cache; those of a run, which every value of it repeats, are written once."""

    def __init__(self, cache: str):
        self.cache = cache
        self.known: dict[int, tuple[bytes, Any]] = {}

    def __call__(self, file: bytes) -> Any:
        if id(file) not in self.known:
            self.known[id(file)] = (file, file_data(cached_file(file, f"sheet.{suffix(file)}", self.cache)))
        return self.known[id(file)][1]
