"""The calls that the app prints on its API page: each names values that are taken, and is answered as printed."""

import ast
import dataclasses
import re

import pytest

from aigc_demo.checkpoints.catalogue import families
from aigc_demo.core.params import build
from aigc_demo.services.use_case import request_class, requests_of

QUICK = ("diffusion_forward", "seq2seq_pair", "textvae_morph")  # run as printed; of the others the values are judged


@pytest.fixture(scope="module")
def printed(app_url, client):
    """Endpoint of a use case -> the calls that are printed for it."""
    info = client.get(f"{app_url}/gradio_api/info").json()["named_endpoints"]
    known = [f"{family.stem}_{name}" for family in families() for name in requests_of(family.stem)]
    return {name: info[f"/{name}"] for name in known}


def keywords(source):
    """Values of the call `client.predict(...)` in a program."""
    call = next(
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "predict"
    )
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords}


def test_every_python_call_names_values_that_are_taken(printed):
    assert set(QUICK) <= set(printed)
    for name, part in printed.items():
        if any("\n" in str(field.default) for field in dataclasses.fields(request_class(name))):
            continue  # Gradio 6.31 prints a line break as it is, which is no Python
        values = keywords(part["code_snippets"]["python"])
        assert values.pop("api_name") == f"/{name}" and values.pop("format") == ""
        assert build(request_class(name), values) == request_class(name)(), name


@pytest.mark.parametrize("name", QUICK)
def test_a_call_is_answered_as_printed(printed, name):
    source = printed[name]["code_snippets"]["python"]
    place: dict[str, object] = {}
    exec(source, place)  # noqa: S102 - it is what is tested
    file, result = place["result"]
    assert result["card"]["use_case"] == name and file


def test_parameters_and_returns_have_names_and_descriptions(printed):
    for name, part in printed.items():
        assert [back["label"] for back in part["returns"]] == ["file", "result"], name
        for taken in part["parameters"]:
            assert not re.match(r"param_|parameter_|value_", taken["parameter_name"]), name
            assert taken["python_type"]["description"], (name, taken["parameter_name"])
