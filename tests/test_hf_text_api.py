"""The pretrained language models as programs see them: every endpoint over HTTP, with a tiny Llama for SmolLM2."""

import pytest
from api import SMALL

ASKED = [name for name in SMALL if name.startswith("hf_text_")]
TASKS = [name for name in ASKED if name not in ("hf_text_beside",)]
PUBLIC = [*ASKED, *(name + kind for name in TASKS for kind in ("_save", "_python", "_look"))]
SAID = {
    "turns": [{"role": "user", "content": "<script>alert(1)</script>"}],
    "live": "hi",
    "facts": None,
    "cached": False,
}


def test_these_are_all_public_endpoints(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    assert {name for name in found if name.startswith("/hf_text_")} == {f"/{name}" for name in PUBLIC}


@pytest.mark.parametrize("endpoint", TASKS)
def test_every_task_answers(api, endpoint):
    view, *_, badge = api.good(endpoint)[:3]
    assert view["turns"][-1]["role"] == "assistant" and view["live"] == "" and view["facts"]["ended"]
    assert 0 <= view["facts"]["tokens"] <= 3 and badge["state"] == "live"


def test_beside_agrees(api):
    texts, verdict, layers, _, badge = api.good("hf_text_beside")
    assert len(texts["rows"]) >= 2 and verdict["good"] and len(layers["rows"]) > 10 and badge["state"] == "live"


def test_a_conversation_goes_on_and_nobody_elses_does(api):
    one = api.good("hf_text_chat", message="one")[0]
    two = api.good("hf_text_chat", message="two", extra_0=one)[0]
    assert [turn["content"] for turn in two["turns"] if turn["role"] == "user"] == ["one", "two"]
    assert two["facts"]["prompt"] > one["facts"]["prompt"]
    fresh = api.good("hf_text_chat", message="one")[0]
    assert fresh["turns"] == one["turns"] and fresh["facts"]["prompt"] == one["facts"]["prompt"]
    stopped = api.good("hf_text_chat", message="on", extra_0=SAID)[0]
    assert stopped["turns"][:2] == [*SAID["turns"], {"role": "assistant", "content": "hi"}]


@pytest.mark.parametrize(
    "changes",
    [{"message": ""}, {"message": None}, {"message": "x" * 8001}, {"length": 10**9}, {"length": None}, {"top_p": 2}]
    + [{"engine": "gpt"}, {"temperature": -1}, {"name": "../etc/passwd"}, {"name": "lab"}, {"seed": 1.5}]
    + [{"extra_0": {"turns": "x"}}, {"extra_0": {"turns": [{"role": "system", "content": "x"}]}}],
)
def test_bad_input_is_one_sentence(api, changes):
    assert api.bad("hf_text_chat", **changes)


@pytest.mark.parametrize("text", ["😀", "שלום", "a\x00b\u202e", "<b>x</b>", "<|im_end|>"])
def test_any_text_is_answered_and_comes_back_as_it_was(api, text):
    view = api.good("hf_text_chat", message=text, temperature=0, top_k=0, top_p=0)[0]
    assert view["turns"][0]["content"] == text


def test_what_is_shown_is_saved(api):
    found = api.good("hf_text_chat_save", message="", format="html", extra_0=SAID)[0]
    page = api.client.get(found["file"]["url"]).text
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
