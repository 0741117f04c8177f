"""The pretrained language models as programs see them: every endpoint over HTTP, with a tiny Llama for SmolLM2."""

import json

import pytest
from api import SMALL, answered

ASKED = [name for name in SMALL if name.startswith("hf_text_")]
TASKS = [name for name in ASKED if name != "hf_text_beside"]
SAID = [{"role": "user", "content": "<script>alert(1)</script>"}, {"role": "assistant", "content": "hi"}]


@pytest.mark.parametrize("endpoint", ASKED)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    assert answered(program, endpoint)["parameters"] > 10_000


@pytest.mark.parametrize("endpoint", TASKS)
def test_every_task_answers(api, endpoint):
    _, told = api.good(endpoint)
    assert told["ended"] and 0 <= told["tokens"] <= 3 and told["prompt_tokens"] > 0 and "ours" in told["by"]


def test_beside_agrees(api):
    _, told = api.good("hf_text_beside")
    assert told["same"] == told["length"] == 3 and told["first"] is None and len(told["layers"]) > 10


def test_a_conversation_goes_on_and_nobody_elses_does(api):
    one = api.good("hf_text_chat", message="one")[1]
    two = api.good("hf_text_chat", message="two", history=one["history"])[1]
    turns = json.loads(two["history"])
    assert [turn["content"] for turn in turns if turn["role"] == "user"] == ["one", "two"]
    assert turns[:2] == json.loads(one["history"]) and two["prompt_tokens"] > one["prompt_tokens"]
    fresh = api.good("hf_text_chat", message="one")[1]
    assert fresh["history"] == one["history"] and fresh["prompt_tokens"] == one["prompt_tokens"]


@pytest.mark.parametrize(
    "changes",
    [{"message": ""}, {"message": None}, {"message": "x" * 8001}, {"length": 10**9}, {"length": None}, {"top_p": 2}]
    + [{"engine": "gpt"}, {"temperature": -1}, {"name": "../etc/passwd"}, {"name": "lab"}, {"seed": 1.5}]
    + [{"history": "x"}, {"history": '[{"role": "system", "content": "x"}]'}, {"history": None}],
)
def test_bad_input_is_one_sentence(api, changes):
    assert api.bad("hf_text_chat", **changes)


@pytest.mark.parametrize("text", ["😀", "שלום", "a\x00b\u202e", "<b>x</b>", "<|im_end|>"])
def test_any_text_is_answered_and_comes_back_as_it_was(api, text):
    told = api.good("hf_text_chat", message=text, temperature=0, top_k=0, top_p=0)[1]
    assert json.loads(told["history"])[0]["content"] == text


def test_the_file_has_the_conversation_and_no_markup(api):
    page = api.file("hf_text_chat", message="<b>no</b>", history=json.dumps(SAID), format="html").decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
    assert "&lt;b&gt;no" in page and "<b>no" not in page
