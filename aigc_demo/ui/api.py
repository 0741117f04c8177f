"""The API that a program expects: one public endpoint per use case, /<family>_<use case>.

It takes the fields of the request and a `format`, and gives a file and JSON: numbers of the result, seed, milliseconds,
device, parameters and run card. While it works it yields what is known so far. What only the page reads is private.

The endpoints stand on a page of their own, so that no visitor's page carries them.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.data_classes import FileData

from aigc_demo.core.params import Choice, Range, Rule, Text, rules
from aigc_demo.services.service import Answer, Service
from aigc_demo.services.use_case import request_class, requests_of
from aigc_demo.ui.cached_files import cached_file
from aigc_demo.ui.events import guarded, queue, thinned
from aigc_demo.ui.i18n import has, label_key, t
from aigc_demo.ui.widgets import file_data

PATH = "endpoints"  # of the page that carries them
TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
FILE = FileData.model_json_schema()


def build(service: Service, families: list[str]) -> None:
    """Every use case of the families as an endpoint. To be called inside the page at PATH."""
    for family in families:
        for use_case in requests_of(family):
            publish(f"{family}_{use_case}", service)


def publish(name: str, service: Service) -> None:
    """The endpoint of one use case."""
    request = request_class(name)
    taken = [field(name, place, *rule) for place, rule in rules(request).items()]
    defaults = {part.name: part.default for part in dataclasses.fields(request)}
    inputs = [Api(defaults[place], schema, label) for place, label, schema in taken]
    inputs.append(Api("", {"type": "string", "additional_description": t("api.format")}, t("api.format")))
    outputs = [Api(None, FILE, "file"), Api(None, {"type": "object", "description": t("api.result")}, "result")]
    hidden = gr.Button("·", visible=False)
    hidden.click(
        endpoint(name, service, [place for place, *_ in taken], outputs[0]),
        inputs,
        outputs,
        api_name=name,
        api_description=inspect.getdoc(request),
        **queue(request.queue),
    )


def endpoint(name: str, service: Service, fields: list[str], file: Any) -> Callable[..., Iterator[tuple[Any, Any]]]:
    """Values of the fields, then the format -> (file, result), as often as there is something to tell."""

    def answer(*values: Any) -> Iterator[tuple[Any, Any]]:
        request = service.request(name, dict(zip(fields, values, strict=False)))
        for step in thinned(service.answer(name, request, values[len(fields)])):
            if isinstance(step.value, Answer):
                path = cached_file(step.value.file, step.value.name, file.GRADIO_CACHE)
                yield file_data(path) | {"orig_name": step.value.name}, step.value.result
            else:
                known = step.value if isinstance(step.value, dict) else {}
                yield None, {"done": step.done, "total": step.total, **known}

    function: Any = answer
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    places = [inspect.Parameter(place, kind) for place in (*fields, "format")]
    function.__signature__ = inspect.Signature([*places, inspect.Parameter("request", kind, annotation=gr.Request)])
    function.__annotations__ = {"request": gr.Request}
    function.__name__ = name
    return guarded(function)


def field(use_case: str, name: str, kind: type[Any], rule: Rule | None) -> tuple[str, str, dict[str, Any]]:
    """Name, one-line description and JSON schema of a field."""
    key = label_key(use_case.rpartition("_")[0], name)
    told = t(key) if has(key) else name
    schema: dict[str, Any] = {"type": TYPES.get(kind, "string")}
    if isinstance(rule, Choice) and kind is str:
        schema["enum"] = list(rule.options)
    elif isinstance(rule, Choice):  # Gradio would print the numbers of an enum as texts
        told += f", {', '.join(map(str, rule.options))}"
    elif isinstance(rule, Range):
        told += f", {rule.low:g} … {rule.high:.10g}"
        schema |= {"minimum": rule.low, "maximum": rule.high}
    elif isinstance(rule, Text):
        told += f", ≤ {rule.longest}"
    return name, told, {**schema, "additional_description": told}
