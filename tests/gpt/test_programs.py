"""Copy as Python: both programs of a request run, each in a folder of the project's shape, and agree."""

import contextlib
import io
import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_gpt import entry, tiny_store

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints import store as store_module
from aigc_demo.checkpoints.catalogue import Catalogue, Family
from aigc_demo.checkpoints.store import Store
from aigc_demo.data import media, verse
from aigc_demo.data.poem_text import FORMS
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.services import service as service_module
from aigc_demo.services.both_write import TOLERANCE
from aigc_demo.services.gpt.requests import (
    MODELS,
    POETS,
    STARTS,
    Attention,
    Beside,
    Cache,
    Lstm,
    Poem,
    Surgery,
    Tune,
    Write,
)
from aigc_demo.services.service import Service

ASSETS = Path(__file__).resolve().parents[2] / "assets"
LONG = "What is the city but the people? "
TEXTS = [
    *(Write(prompt=STARTS[model], model=model, temperature=0, length=40) for model in MODELS),
    *(Write(prompt=STARTS[model], model=model, length=40, seed=4) for model in MODELS),
    Write(prompt=LONG * 3, length=50, seed=5),  # longer than the context
    Write(prompt="a", length=1, seed=2**32 - 1, temperature=1),
    Write(length=60, temperature=1.5, top_k=9, top_p=0.8, min_p=0.02, repetition=1.3),
    Write(length=20, temperature=0, top_k=0, top_p=0, repetition=1.5),
    Write(prompt=LONG, model="lstm-shakespeare", length=30, temperature=2, top_p=0),
]
PLACES = [
    *(Surgery(prompt=STARTS[model], model=model, position=4) for model in MODELS),
    Surgery(prompt=LONG * 3, position=4000, temperature=0, repetition=1.2),
    Surgery(prompt=LONG, position=0, min_p=0.1),
]
POEMS = [
    Poem("春夏秋冬", "head", "jueju5", 1.5, seed=1),
    Poem("白日", "line", "jueju7", 1.0, rhymed=True, seed=2, model="lstm-poems"),
    Poem("白日依山尽，黄", "line", "jueju5", 1.0, rhymed=True, seed=2),
    Poem("登楼", "title", "jueju5", 0.0),
    Poem("白日依山尽，黄河入海流", "line", "jueju5", 2.0, model="lstm-poems"),
]


CHARACTERS = verse.MARKS + "".join(sorted(set("白日依山尽黄河入海流欲穷千里目更上一层楼春夏秋冬明月光霜乡登鹳雀岳")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project folder with tiny weights, and its store."""
    root = tmp_path_factory.mktemp("project")
    return root, tiny_store(root / "assets")


@pytest.fixture(scope="module")
def poets(tmp_path_factory):
    """Another one, whose models know the marks of a poem."""
    root = tmp_path_factory.mktemp("poets")
    size = {"vocabulary": len(CHARACTERS), "characters": CHARACTERS}
    gpt = GPT(GPTConfig("gpt2", context=96, width=16, n_layer=1, n_head=2, n_kv_head=2, hidden=16, **size))
    for checkpoint, model in zip(POETS, (gpt, LSTM(LSTMConfig(width=16, embedding=8, **size))), strict=True):
        torch.nn.init.normal_(model.embed.weight, std=0.5)
        files.save(model.eval(), root / "assets" / entry(checkpoint).file, torch.int8)
    (root / "assets" / "verse").mkdir()
    shutil.copy(ASSETS / "verse" / "prosody.json", root / "assets" / "verse")
    entries = tuple(map(entry, POETS))
    return root, Store(root / "assets", device="cpu", listing=Catalogue((Family("gpt", entries),), entries))


@pytest.fixture
def run(folder, monkeypatch):
    """Runs both programs of a request in a project folder; gives back what each printed."""

    def both(request, place=folder):
        root, store = place
        monkeypatch.chdir(root)
        for module in (store_module, service_module):
            monkeypatch.setattr(module, "Store", lambda device="auto": store)
        for path in root.glob("*.*"):
            path.unlink()
        programs = Service(store).python(f"gpt_{type(request).__name__.lower()}", request)
        assert all(programs) and programs[0] != programs[1]
        return [printed(program) for program in programs]

    return both


def printed(program):
    """What a program says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
    return said.getvalue()


def saved():
    """The texts that both programs left, without the run card."""
    ours, library = (Path(f"{side}.txt").read_text("utf-8") for side in ("ours", "library"))
    text, rule, _ = ours.rpartition(f"\n\n{media.RULE}\n")
    assert rule
    return text, library


def name(request):
    default = type(request)()
    changed = [
        f"{k}={v}" for k, v in vars(request).items() if v != getattr(default, k) and k not in ("prompt", "words")
    ]
    return " ".join([type(request).__name__, *changed])


@pytest.mark.parametrize("request_", TEXTS, ids=name)
def test_both_programs_write_the_same_text(run, request_):
    run(request_)
    ours, library = saved()
    assert ours == library and len(ours) > 1


@pytest.mark.parametrize("request_", PLACES, ids=name)
def test_both_programs_find_the_same_odds(run, folder, request_):
    run(request_)
    *_, step = Service(folder[1]).run("gpt_surgery", request_)
    rows = [f"{one.text!r} {one.softmax:.4f} {one.final:.4f}" for one in step.value.candidates]
    assert Path("library.txt").read_text("utf-8").splitlines() == rows


@pytest.mark.parametrize("request_", POEMS, ids=name)
def test_both_programs_write_the_same_poem(run, poets, request_):
    run(request_, poets)
    *_, step = Service(poets[1]).run("gpt_poem", request_)
    poem = "\n".join("".join(sign.text for sign in line) for line in step.value.lines if line)
    assert Path("library.txt").read_text("utf-8") == poem and len(poem) >= FORMS[request_.form][0]
    assert poem[0] in Path("ours.txt").read_text("utf-8")


def test_both_programs_look_at_the_same_heads(run):
    _, said = run(Attention())
    assert Path("ours.png").stat().st_size > 100 and Path("library.png").stat().st_size > 100
    assert said.startswith("2 torch.Size([1, 4, 32, 32])")


def test_the_likeliest_text_is_the_same(run):
    _, said = run(Beside(length=3))
    ours, library = saved()
    assert library in ours and float(said.split()[5]) < TOLERANCE


def test_the_programs_of_cache_and_lstm_write(run):
    _, said = run(Cache(length=10))
    assert saved()[1] and said.count("tokens a second") == 2
    run(Lstm(prompt="ROMEO:\n", length=3))
    ours, library = saved()
    assert library in ours  # the same text of the LSTM, below that of the GPT


def test_the_second_program_learns_too(run):
    _, said = run(Tune(text="the king is dead, long live the king.\n" * 12, minutes=0.05, rate=0.01))
    losses = [float(line.split()[1]) for line in said.splitlines()[:-1]]
    assert losses[-1] < losses[0] and load_file("library/model.safetensors")
    assert Path("ours.txt").read_text().startswith("# gpt-shakespeare")


def test_a_prompt_cannot_become_code(run, monkeypatch):
    monkeypatch.setattr(os, "system", lambda _: pytest.fail("ran"))
    run(Write(prompt="'\n:&'-;import os?", length=5, temperature=0))
    ours, library = saved()
    assert ours == library
