"""A form: the controls of one use-case, made from its request class, and what is wired to them."""

import dataclasses
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import Choice, Range, Text, build, rules, short
from aigc_demo.core.steps import Step
from aigc_demo.ui import toolbar
from aigc_demo.ui.cached_files import cached_file
from aigc_demo.ui.events import DEVICE, QUICK, guarded, paced
from aigc_demo.ui.i18n import has, label_key, language, t
from aigc_demo.ui.widgets import code_view, download, file_data, raw, view

SIMPLE = (bool, int, float, str)  # fields that a link or a card can carry


class Form:
    """Controls by field name; `use_case` names the endpoint, the inner tab and the part of every element id."""

    def __init__(self, use_case: str, request: type[Any]):
        self.use_case = use_case
        self.family = use_case.rpartition("_")[0]
        self.request = request
        self.rules = rules(request)
        self.defaults = {
            field.name: field.default
            for field in dataclasses.fields(request)
            if field.default is not dataclasses.MISSING
        }
        self.components: dict[str, Any] = {}  # field -> component, in the order of the page
        self.seeds: list[str] = []  # fields with lock and dice; a run draws the first one anew unless it is locked
        self.extra: dict[str, Any] = {}  # buttons that lead to other tabs
        self.run_key = ""  # of the words on Run, where there is one
        self.follows = False  # the result follows the controls although there is Run, which is for something else
        self.run_button: Any = None
        self.stop_button: Any = None
        self.view: Any = None

    # texts

    def key(self, name: str) -> str:
        """The text of the family if it has one of that name, else the one that all share."""
        return label_key(self.family, name)

    def words(self, field: str) -> dict[str, Any]:
        """label, info, id and class of the control of `field`."""
        help_key = f"{self.family}.{field}_help"
        return {
            "label": t(self.key(field)),
            "info": t(help_key) if has(help_key) else None,
            "elem_id": f"{self.use_case}-{field}",
            "interactive": True,
        }

    def add(self, field: str, component: Any) -> Any:
        """Register a control that a tab made itself, such as a drawing; the form's own makers end here too."""
        if field not in self.rules:
            raise KeyError(f"{self.request.__name__} has no field {field}")
        self.components[field] = component
        return component

    # controls

    def slider(self, field: str, *, main: bool = False) -> gr.Slider:
        """A slider with the bounds and the default of the field; the main one comes first on a phone."""
        kind, rule = self.rules[field]
        if not isinstance(rule, Range):
            raise TypeError(f"{field} has no Range")
        slider = gr.Slider(
            rule.low,
            rule.high,
            self.defaults[field],
            step=rule.step,
            precision=0 if kind is int else None,
            elem_classes="lx-main" if main else None,
            **self.words(field),
        )
        return self.add(field, raw(slider))

    def number(self, field: str) -> gr.Number:
        kind, rule = self.rules[field]
        step = rule.step if isinstance(rule, Range) else 1
        number = gr.Number(self.defaults[field], precision=0 if kind is int else None, step=step, **self.words(field))
        return self.add(field, raw(number))

    def choice(
        self,
        field: str,
        *,
        options: Sequence[tuple[str, Any]] | None = None,
        radio: bool = False,
        value: Any = None,
    ) -> Any:
        """A dropdown, or radio buttons, over the field's Choice or over `options` (label, value).

        The label of option x is the text <family>.<field>_<x> where there is one, else x itself.
        """
        rule = self.rules[field][1]
        if options is None:
            if not isinstance(rule, Choice):
                raise TypeError(f"{field} has no Choice")
            options = [(self.option(field, option), option) for option in rule.options]
        chosen = self.defaults.get(field, options[0][1]) if value is None else value
        maker = gr.Radio if radio else gr.Dropdown
        extra: dict[str, Any] = {} if radio else {"filterable": False}
        return self.add(field, raw(maker(list(options), value=chosen, **extra, **self.words(field))))

    def fields(self, *names: str) -> None:
        """A slider for every field with a Range, a dropdown for every other one, in this order."""
        for name in names:
            (self.slider if isinstance(self.rules[name][1], Range) else self.choice)(name)

    def option(self, field: str, option: Any) -> str:
        """What an option is called on the page."""
        key = self.option_key(field, option)
        return t(key) if has(key) else str(option)

    def option_key(self, field: str, option: Any) -> str:
        """Key of an option's text; not every option has one."""
        return f"{self.family}.{field}_{option}".lower().replace("+", "p").replace("-", "_").replace("#", "_sharp")

    def check(self, field: str) -> gr.Checkbox:
        return self.add(field, raw(gr.Checkbox(self.defaults[field], **self.words(field))))

    def text(self, field: str, *, lines: int = 1, main: bool = False) -> gr.Textbox:
        """A box for text; placeholder is the text <family>.<field>_placeholder. The main one comes first on a phone."""
        rule = self.rules[field][1]
        hint = f"{self.family}.{field}_placeholder"
        longest = rule.longest if isinstance(rule, Text) else None
        box = gr.Textbox(
            self.defaults.get(field, ""),
            lines=lines,
            max_length=longest,
            placeholder=t(hint) if has(hint) else None,
            elem_classes="lx-main" if main else None,
            **self.words(field),
        )
        return self.add(field, raw(box))

    def seed(self, field: str = "seed") -> gr.Number:
        """A seed with lock and dice. Locked, a seed stays; unlocked, each run draws a new one, in the browser."""
        with gr.Row(elem_classes="lx-seed", equal_height=False):
            words = self.words(field)
            number = gr.Number(self.defaults[field], precision=0, minimum=0, step=1, min_width=80, scale=1, **words)
            gr.HTML(toolbar.seed_tools(self.use_case, field), apply_default_css=False)
        self.seeds.append(field)
        return self.add(field, raw(number))

    def buttons(self, run: str = "shell.run") -> None:
        """Run and Stop; on a phone they stay in view."""
        self.run_key = run
        with gr.Row(elem_classes="lx-run", equal_height=False):
            self.run_button = gr.Button(t(run), variant="primary", elem_id=f"{self.use_case}-run", min_width=80)
            self.stop_button = gr.Button(
                t("shell.stop"), variant="secondary", elem_id=f"{self.use_case}-stop", min_width=80, scale=0
            )

    def presets(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """ "Try this": buttons that set several controls at once, in the browser. Key of the label -> field values.

        What a lesson has locked or hidden stays.
        """
        unknown = {field for values in entries.values() for field in values} - set(self.simple())
        if unknown:
            raise KeyError(f"{self.use_case} has no control for {', '.join(sorted(unknown))}")
        gr.HTML(toolbar.preset_row(self.use_case, entries), apply_default_css=False)

    @contextmanager
    def tab(self) -> Iterator[None]:
        """The inner tab of the use-case: what it is about, then the place for the task of a lesson link.

        The place is the form's view, which the browser triggers events of: `values` reads the simple controls and sets
        some, without the server; `restore`, `save` and `python` are answered by it.
        """
        short = self.use_case.removeprefix(f"{self.family}_")
        with gr.Tab(t(f"{self.family}.tab_{short}"), id=self.use_case, elem_id=f"tab-{self.use_case}"):
            about = f"about.{self.use_case}"
            lead = f'<p class="lx-gist">{t(about)}</p>' if has(about) else ""
            template = f'{lead}<aside class="lx-task" data-form="{self.use_case}" hidden></aside>'
            self.view = view("form", template, event=("values", "restore", "save", "python"))
            yield
            parts = list(self.simple().values())
            labels = json.dumps({name: t(self.key(name)) for name in self.simple()}, ensure_ascii=False)
            script = f"(...now) => luoxia.exchanged('{self.use_case}', {labels}, now)"
            told = self.view.values(None, parts, parts, js=script, show_progress="hidden")
            if self.run_button is not None and not self.follows:
                script = f"() => luoxia.settled('{self.use_case}')"
                told.then(None, None, None, js=script, show_progress="hidden")

    # wiring

    @property
    def inputs(self) -> list[Any]:
        """The controls, in the order of the page."""
        return list(self.components.values())

    def simple(self) -> dict[str, Any]:
        """The controls that a link, a card or a script can carry."""
        return {name: part for name, part in self.components.items() if self.rules[name][0] in SIMPLE}

    def endpoint(self, handler: Callable[..., Any], extra: Sequence[str] = ()) -> Callable[..., Any]:
        """`handler(request, *extra, [lang])` as a Gradio function: one named parameter per control, then `extra`."""
        fields = list(self.components)
        names = [*fields, *extra]
        wants_language = "lang" in inspect.signature(handler).parameters

        def arguments(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, str]]:
            request = build(self.request, dict(zip(fields, values, strict=False)))
            lang = {"lang": language(values[len(names)])} if wants_language else {}
            return (request, *values[len(fields) : len(names)]), lang

        def call(*values: Any) -> Any:
            given, lang = arguments(values)
            return handler(*given, **lang)

        def stream(*values: Any) -> Iterator[Any]:
            given, lang = arguments(values)
            yield from handler(*given, **lang)

        function: Any = stream if inspect.isgeneratorfunction(handler) else call
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(name, kind) for name in names]
        parameters.append(inspect.Parameter("request", kind, annotation=gr.Request))
        function.__signature__ = inspect.Signature(parameters)
        function.__annotations__ = {"request": gr.Request}
        function.__name__ = self.use_case
        function.__doc__ = handler.__doc__
        return guarded(function)

    def run(
        self,
        handler: Callable[..., Any],
        outputs: Sequence[Any],
        *,
        extra: Sequence[Any] = (),
        roll: bool = True,
        **options: Any,
    ) -> Any:
        """Run: a new seed if unlocked, then the handler on the device queue as /<use case>; Stop cancels it.

        `extra` are further inputs, which the handler gets after the request. A run that goes on where the last one
        stopped keeps its seed: `roll` False.
        """
        seed = next(iter(self.seeds), None) if roll else None
        place = -1 if seed is None else list(self.components).index(seed)
        names = [f"extra_{place}" for place in range(len(extra))]
        options = {
            "api_name": self.use_case,
            "js": f"(...values) => luoxia.begin('{self.use_case}', '{seed or ''}', {place}, values)",
            **DEVICE,
            **options,
        }
        event = self.run_button.click(self.endpoint(handler, names), [*self.inputs, *extra], list(outputs), **options)
        for ended, words in ((event.success, ""), (event.failure, ", luoxia.text.error_title")):
            ended(None, None, None, js=f"() => luoxia.idle('{self.use_case}'{words})", show_progress="hidden")
        if self.stop_button is not None:
            self.stop_button.click(None, None, None, cancels=[event], js=f"() => luoxia.stopped('{self.use_case}')")
        return event

    def watch(
        self, handler: Callable[..., Any], outputs: Sequence[Any], triggers: Sequence[Any] | None = None, **options: Any
    ) -> Any:
        """The handler after every change of a control, milliseconds each, the last one never lost; as /<use case>."""
        return gr.on(
            list(triggers) if triggers is not None else [part.change for part in self.inputs],
            self.endpoint(handler),
            self.inputs,
            list(outputs),
            trigger_mode="always_last",
            **{"api_name": self.use_case, **QUICK, **options},
        )

    def latest_wins(self, used: str, other: str, empty: str) -> None:
        """Whoever uses one control wants to see that one: the other, which would go before it, becomes `empty`."""
        part, before = self.components[used], self.components[other]
        script = f"(now) => luoxia.touched('{self.use_case}-{used}') ? '{empty}' : now"
        part.change(None, before, before, js=script, show_progress="hidden")

    def save(
        self,
        formats: Sequence[str],
        make: Callable[..., Iterator[Step[bytes | None]]],
        extra: Sequence[Any] = (),
        **options: Any,
    ) -> None:
        """The save row: a format and a button. `make(request, format, *extra values)` ends with the file's bytes."""
        gr.HTML(toolbar.save_row(self.use_case, formats), apply_default_css=False, elem_classes="lx-toolbar")
        choices = [(name.upper(), name) for name in formats]
        kind = gr.Radio(choices, value=formats[0], label=t("shell.save_as"), visible=False)  # form.js fills it in
        file = download()

        def on_save(request: Any, format: str, *values: Any) -> Iterator[Any]:
            if format not in formats:
                raise BadRequestError("choice", field="format", options=", ".join(formats), value=short(format))
            name = f"{self.use_case}-{getattr(request, 'seed', 0)}.{format}"
            for step in paced(make(request, format, *values)):
                if step.value is None:
                    yield gr.skip()
                else:
                    path = cached_file(step.value, name, file.GRADIO_CACHE)
                    yield {"file": file_data(path), "name": name}

        names = ("format", *(f"extra_{place}" for place in range(len(extra))))
        self.view.save(
            self.endpoint(on_save, names),
            [*self.inputs, raw(kind), *extra],
            file,
            js=f"(...values) => luoxia.saving('{self.use_case}', {len(self.inputs)}, values)",
            **{"api_name": f"{self.use_case}_save", **DEVICE, **options},
        )

    def share(
        self,
        python: Callable[[Any], tuple[str, str]] | None = None,
        library: str = "shell.library",
        **options: Any,
    ) -> None:
        """Copy link, and copy as Python: `python(request) -> (script with aigc_demo, script with the library)`.

        `library`: key of what the second script is called.
        """
        row = toolbar.share_row(self.use_case, scripts=python is not None)
        gr.HTML(row, apply_default_css=False, elem_classes="lx-toolbar")
        if python is not None:
            scripts = code_view(library)

            def on_python(request: Any) -> dict[str, str]:
                ours, library = python(request)
                return {"ours": ours, "library": library}

            wishes = {"api_name": f"{self.use_case}_python", **QUICK, **options}
            self.view.python(self.endpoint(on_python), self.inputs, scripts, **wishes)
