"""Copy as Python of the writing tabs: both scripts run, each in a folder of the project's shape, and agree."""

import contextlib
import io
import os

import pytest
from tiny_gpt import tiny_store

from aigc_demo.checkpoints import store as store_module
from aigc_demo.services.gpt.requests import MODELS, STARTS, Surgery, Write
from aigc_demo.services.gpt.service import create

LONG = "What is the city but the people? "
REQUESTS = [
    *(Write(prompt=STARTS[model], model=model, temperature=0, length=40) for model in MODELS),
    *(Write(prompt=STARTS[model], model=model, length=40, seed=4) for model in MODELS),
    Write(prompt=LONG * 3, length=50, seed=5),  # longer than the context
    Write(prompt="a", length=1, seed=2**32 - 1, temperature=1),
    Write(length=60, temperature=1.5, top_k=9, top_p=0.8, min_p=0.02, repetition=1.3),
    Write(length=20, temperature=0, top_k=0, top_p=0, repetition=1.5),
    Write(prompt=LONG, model="lstm-shakespeare", length=30, temperature=2, top_p=0),
    *(Surgery(prompt=STARTS[model], model=model, position=4) for model in MODELS),
    Surgery(prompt=LONG * 3, position=4000, temperature=0, repetition=1.2),
    Surgery(prompt=LONG, position=0, min_p=0.1),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project folder with tiny weights."""
    root = tmp_path_factory.mktemp("project")
    return root, tiny_store(root / "assets")


def printed(script: str) -> str:
    """What a script says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return said.getvalue()


def name(request):
    default = type(request)()
    changed = [f"{k}={v}" for k, v in vars(request).items() if v != getattr(default, k) and k != "prompt"]
    return " ".join([type(request).__name__, *changed])


@pytest.mark.parametrize("request_", REQUESTS, ids=name)
def test_both_scripts_say_the_same(folder, monkeypatch, request_):
    root, store = folder
    monkeypatch.chdir(root)
    monkeypatch.setattr(store_module, "Store", lambda device="auto": store)
    ours, library = create(store).python(request_)
    assert "aigc_demo" in ours and ("transformers" in library or "nn.LSTM" in library)
    first, second = printed(ours), printed(library)
    assert first == second and first
    if isinstance(request_, Write):
        *_, last = create(store).write(request_)
        assert first == "".join(token.text for token in last.value.tokens) + "\n"


def test_a_prompt_cannot_become_code(folder, monkeypatch):
    root, store = folder
    monkeypatch.chdir(root)
    monkeypatch.setattr(store_module, "Store", lambda device="auto": store)
    hostile = "'''\n:&'-;import os?"
    monkeypatch.setattr(os, "system", lambda _: pytest.fail("ran"))
    ours, library = create(store).python(Write(prompt=hostile, length=5, temperature=0))
    assert printed(ours) == printed(library)
