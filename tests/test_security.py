"""What docs/security.md lists and no other test tries; all input is harmless."""

import contextlib
import json
import re
import socket
import threading

import httpx
import pytest
from api import ROOT, SVG, small

DOCS = ROOT / "docs" / "security.md"
MARKUP = "<img src=x onerror=alert(1)>"


def upload(api, name, raw, kind="application/octet-stream"):
    """The path under which an uploaded file lies."""
    return api.client.post(f"{api.address}/gradio_api/upload", files={"files": (name, raw, kind)}).json()[0]


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "../app.py", "file:///etc/passwd", "/proc/self/environ"])
def test_a_path_in_a_value_opens_no_file(api, path):
    how, found = api.values("on_card", {"path": path, "meta": {"_type": "gradio.FileData"}})
    assert how == "error" and api.judged(found) == "This file was not uploaded here. Upload it first."


def test_what_one_session_holds_no_other_gets(api):
    """An event's stream is asked for by another session: it hears nothing of it."""
    path = api.start("diffusion_draw", [*small("diffusion_draw").values()])
    event = path.rpartition("/")[2]
    other = f"{api.address}/gradio_api/queue/data?session_hash=somebody"
    heard = []
    with contextlib.suppress(httpx.RemoteProtocolError), api.client.stream("GET", other) as stream:
        heard.extend(stream.iter_lines())  # it breaks off: there is no such session
    assert event not in "".join(heard)
    assert "event: complete" in api.client.get(path).text


def test_an_uploaded_page_is_never_shown_as_one(api):
    for name, raw, kind in (("a.html", b"<script>1</script>", "text/html"), ("a.svg", SVG, "image/svg+xml")):
        answer = api.client.get(f"{api.address}/gradio_api/file={upload(api, name, raw, kind)}")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] not in ("text/html", "image/svg+xml")


def test_no_answer_carries_markup_of_a_person(api):
    for endpoint, field in (("diffusion_draw", "sampler"), ("diffusion_hub", "name"), ("gpt_write", "model")):
        assert "<" not in api.bad(endpoint, **{field: MARKUP})


def test_an_address_in_a_value_is_never_asked(api):
    """A server of ours waits at an inner address: nothing may knock."""
    with socket.create_server(("127.0.0.1", 0)) as inner:
        inner.settimeout(0.1)
        knocked, done = [], threading.Event()

        def wait():
            while not done.is_set():
                try:
                    knocked.append(inner.accept())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=wait)
        listener.start()
        address = f"http://127.0.0.1:{inner.getsockname()[1]}/x.png"
        api.bad("diffusion_hub", name=address)
        api.bad("diffusion_forward", drawing=address)
        for value in ({"path": address, "meta": {"_type": "gradio.FileData"}}, {"url": address}, address):
            how, found = api.values("on_card", value)
            assert how == "error" and api.judged(found) == "This file was not uploaded here. Upload it first."
        assert api.client.get(f"{api.address}/gradio_api/file={address}").status_code == 403
        done.set()
        listener.join()
    assert not knocked


def test_every_test_that_the_list_names_is_there():
    named = re.findall(r"`tests/([\w/]+\.py)(?:: (test_\w+))?`((?:, `test_\w+`)*)", DOCS.read_text(encoding="utf-8"))
    assert len(named) > 15
    for file, first, more in named:
        source = (ROOT / "tests" / file).read_text(encoding="utf-8")
        for name in filter(None, [first, *re.findall(r"test_\w+", more)]):
            assert f"def {name}(" in source, (file, name)


def test_no_answer_names_a_folder_of_the_machine(api):
    for path in ("/config", "/gradio_api/info", "/nothing", "/gradio_api/call/nothing"):
        answer = api.client.get(api.address + path)
        assert str(ROOT) not in answer.text and "site-packages" not in answer.text, path
    assert str(ROOT) not in json.dumps(api.good("diffusion_forward")[1])
