"""The calls that the app prints on its API page: each names values that are taken, and is answered as printed.

JavaScript runs in the browser of the tests, with the client that Gradio's own page loads.
"""

import ast
import json
import re
import shlex
import shutil
import subprocess

import pytest

from aigc_demo.checkpoints.catalogue import families
from aigc_demo.core.params import build
from aigc_demo.services.use_case import request_class, requests_of

QUICK = ("diffusion_forward", "seq2seq_pair", "textvae_morph")  # run as printed; of the others the values are judged
ENTRY = re.compile(r'<script type="module"[^>]* src="[^"]*(/assets/index-[^"]+)"')
CLASS = re.compile(r"\bvar (\w+)=class\{app_reference;options;")  # the client, in Gradio's entry script
BLANK = '<script type="importmap">{"imports": {"@gradio/client": "/assets/client.js"}}</script>'
RUN = """(source) => new Promise((told, failed) => {
  console.log = (data) => told(data);
  window.onunhandledrejection = (event) => failed(event.reason);
  const script = Object.assign(document.createElement('script'), { type: 'module', textContent: source });
  document.head.append(script);
})"""


@pytest.fixture(scope="module")
def printed(app_url, client):
    """Endpoint of a use case -> what is printed for it."""
    info = client.get(f"{app_url}/gradio_api/info").json()["named_endpoints"]
    known = [f"{family.stem}_{name}" for family in families() for name in requests_of(family.stem)]
    return {name: info[f"/{name}"] for name in known}


def calls(printed, kind):
    """Use case and source of every call of a kind."""
    return {name: part["code_snippets"][kind] for name, part in printed.items()}


def judge(name, values):
    """The values of a printed call are those that a request has by itself."""
    assert values.pop("format") == ""
    assert build(request_class(name), values) == request_class(name)(), name


def answered(name, made):
    """A file and the result of a use case."""
    file, result = made
    assert result["card"]["use_case"] == name and file


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
    for name, source in calls(printed, "python").items():
        values = keywords(source)
        assert values.pop("api_name") == f"/{name}"
        judge(name, values)


@pytest.mark.parametrize("name", QUICK)
def test_a_python_call_is_answered_as_printed(printed, name):
    place: dict[str, object] = {}
    exec(calls(printed, "python")[name], place)  # noqa: S102 - it is what is tested
    answered(name, place["result"])


def test_every_shell_call_names_values_that_are_taken(printed):
    for name, source in calls(printed, "bash").items():
        words = shlex.split(re.fullmatch(r"EVENT_ID=\$\((.*)\)\ncurl -N \S+", source, re.DOTALL)[1])
        assert words[:3] == ["curl", "-X", "POST"] and words[3].endswith(f"/gradio_api/call/v2/{name}")
        judge(name, json.loads(words[words.index("-d") + 1]))


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="there is no bash or no curl")
@pytest.mark.parametrize("name", QUICK)
def test_a_shell_call_is_answered_as_printed(printed, name):
    shell = ["bash", "-c", calls(printed, "bash")[name]]
    told = subprocess.run(shell, capture_output=True, text=True, timeout=120, check=True).stdout
    answered(name, json.loads(re.search(r"event: complete\ndata: (.*)", told)[1]))


@pytest.fixture
def script_page(browser, app_url, client):
    """An empty page of the app's address, on which "@gradio/client" is the client that Gradio's own page runs."""
    entry = client.get(app_url + ENTRY.search(client.get(app_url).text)[1]).text
    (name,) = CLASS.findall(entry)
    with browser.new_context() as context:
        page = context.new_page()
        script = f"{entry}\nexport {{ {name} as Client }};"
        page.route("**/assets/client.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
        page.route("**/blank", lambda route: route.fulfill(body=BLANK, content_type="text/html"))
        page.goto(f"{app_url}/blank")
        yield page


def test_every_javascript_call_names_values_that_are_taken(printed, script_page):
    for name, source in calls(printed, "javascript").items():
        values = re.search(rf'client\.predict\("/{name}", (\{{.*\}})\);', source, re.DOTALL)[1]
        judge(name, script_page.evaluate(f"() => ({values})"))


def test_javascript_calls_are_answered_as_printed(printed, script_page):
    for name in QUICK:
        answered(name, script_page.evaluate(RUN, calls(printed, "javascript")[name]))


def test_parameters_and_returns_have_names_and_descriptions(printed):
    for name, part in printed.items():
        assert [back["label"] for back in part["returns"]] == ["file", "result"], name
        for taken in part["parameters"]:
            assert not re.match(r"param_|parameter_|value_", taken["parameter_name"]), name
            assert taken["python_type"]["description"], (name, taken["parameter_name"])
