"""A GPT trained on a text from nothing: learning, Stop, going on, its file, and its place on the GPT page."""

import json
import pickle
from dataclasses import asdict

import pytest
import torch
from runs import Runs, last
from safetensors.torch import load, save_file

from aigc_demo.checkpoints.store import OWN, Store
from aigc_demo.core.errors import BadFileError, BadRequestError, NotFoundError
from aigc_demo.models.gpt import GPT
from aigc_demo.services import lending
from aigc_demo.services.gpt import tune, tune_session
from aigc_demo.services.gpt.tune_session import Trainings
from aigc_demo.services.training import gpt
from aigc_demo.services.training.requests import Gpt
from aigc_demo.training import scaling
from aigc_demo.ui.tabs.training import gpt as tab

TEXT = "the king is dead, long live the king.\n" * 12
CLASSIC = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳\n" * 9


@pytest.fixture
def service(monkeypatch):
    """The use cases without rests, with trainings of this test alone, samples of a few characters."""
    monkeypatch.setattr(tune.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(tune_session, "WRITTEN", 4)
    monkeypatch.setattr(tune, "MINUTE", 20)
    monkeypatch.setattr(tune, "TRAININGS", Trainings())
    return Runs(Store(device="cpu"), "training")


def request(**changes):
    """A press that lasts until it is stopped."""
    return Gpt(**{"text": TEXT, "minutes": 5, "width": 32, "layers": 1, "pieces": 8, "every": 10, **changes})


def few(steps, count):
    """A run of so many updates, then Stop; two values come before any update."""
    for _ in range(count + 2):
        found = next(steps).value
    steps.close()
    return found


@pytest.fixture
def home(tmp_path):
    """Write bytes to a file of a model."""

    def write(raw):
        path = tmp_path / "mine.safetensors"
        path.write_bytes(raw)
        return path

    return write


def test_it_learns_a_text_of_any_script(service):
    for text in (TEXT, CLASSIC):
        made = few(service.gpt(request(text=text), ""), 30)
        assert made.step == 30 and made.held[-1][1] < 0.7 * made.held[0][1] and made.random > made.held[-1][1]
        assert set(made.model.config.characters) == set(text) and made.dropped.total == 0
        assert [sample.step for sample in made.samples] == [0, 10, 20, 30] and made.test == len(text) // 10


def test_without_a_text_it_reads_plays():
    assert len(gpt.text_of(Gpt())) == gpt.PLAYS and gpt.text_of(request(text="\ufeffa\r\nb")) == "a\nb"
    assert gpt.parameters(Store(device="cpu"), Gpt()) == 102_336


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a", "has 1 characters; training needs 200"),
        ("\x89PNG\r\n\x1a\n\0\0" + TEXT, "not a text"),
        (TEXT + "\N{REPLACEMENT CHARACTER}" * 30, "not a text"),
        ("".join(chr(0x4E00 + place) for place in range(5_001)), "5001 different characters; the most is 5000"),
    ],
)
def test_what_is_no_text_is_one_sentence(service, text, words):
    with pytest.raises(BadRequestError, match=words):
        next(service.gpt(request(text=text), ""))


@pytest.mark.parametrize(
    "values", [{"width": 33}, {"layers": 3}, {"rate": 0}, {"minutes": 1e9}, {"text": "a" * 1_000_001}]
)
def test_what_cannot_be_asked(values):
    with pytest.raises(BadRequestError):
        request(**values)


def test_the_same_seed_gives_the_same_training(service):
    one, two = (few(service.gpt(request()), 5) for _ in range(2))
    assert one.curve == two.curve and one.held == two.held and one.samples == two.samples
    assert few(service.gpt(request(seed=8)), 5).curve != one.curve


def test_stop_keeps_what_is_there_and_another_start_begins_anew(service):
    first = few(service.gpt(request(), ""), 5)
    again = few(service.gpt(request(rate=2.0, every=5), first.token), 3)
    assert again.token == first.token and again.step > first.step
    other = few(service.gpt(request(width=64), first.token), 3)
    assert other.step == 3 and other.token != first.token


def test_a_training_that_runs_away_ends_with_a_sentence(service):
    steps = service.gpt(request(), "")
    token = next(steps).value.token
    with torch.no_grad():
        next(tune.TRAININGS.find(token).model.parameters()).fill_(float("nan"))
    with pytest.raises(BadRequestError, match="rate"):
        list(steps)
    assert tune.TRAININGS.find(token) is None


def test_it_writes_on_the_page_of_its_family(service):
    made = few(service.gpt(request(), ""), 10)
    value = gpt.page_value(request(), made)
    shown, link, token = tab.shown(value, lambda key: key)
    assert link["href"] == f"./gpt?tab=gpt_write&checkpoint={made.own}&prompt=a" and token == made.token
    assert not {"token", "own"} & set(shown) and json.dumps(shown, allow_nan=False)
    asked = {"checkpoint": made.own, "prompt": "the k", "length": 20}
    answer = last(service.service.answer("gpt_write", asked, "txt"))
    assert len(answer.result["text"]) == 20 and set(answer.result["text"]) <= set(TEXT)
    assert answer.result["parameters"] == sum(weight.numel() for weight in made.model.parameters())
    token = made.own.removeprefix(f"{OWN}-")
    assert token.encode() not in answer.file and token not in json.dumps(answer.result)
    with pytest.raises(BadRequestError, match="does not know|cannot read"):
        list(service.service.run("gpt_write", {**asked, "prompt": "天"}))
    with pytest.raises(NotFoundError, match="another kind"):
        service.service.result("vae_draw", {"checkpoint": made.own})


def test_a_program_finds_what_it_trained(service):
    answer = last(service.service.answer("training_gpt", request(minutes=0.05)))
    assert load(answer.file) and answer.name == "training_gpt-7.safetensors" and not tune.TRAININGS._kept
    assert service.service.result("gpt_write", {"checkpoint": answer.result["own"], "prompt": "t", "length": 3}).text


def test_what_is_saved_writes_the_same_when_it_is_opened(service, home):
    made = few(service.gpt(request(), ""), 10)
    path = home(last(service.service.save("training_gpt", request(), "safetensors", made.token)))
    again = gpt.open_again(service.store, path)
    assert not path.exists() and again.own != made.own and again.begin == "a" and again.characters == len(set(TEXT))
    asked = {"prompt": "the king", "length": 20, "temperature": 0}
    texts = [service.service.result("gpt_write", {**asked, "checkpoint": own}).text for own in (made.own, again.own)]
    assert texts[0][:8] == texts[1][:8]  # float16 lies between
    told = last(service.service.save("training_gpt", request(), "txt", made.token)).decode()
    assert "10 steps" in told and "nats per character" in told


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("pickle", "no safetensors file"),
        ("plain", "another kind of model"),
        ("twice", "another kind of model"),
        ("huge", "another kind of model"),
        ("picture", "another kind of model"),
        ("shape", "do not have the shapes"),
        ("nan", "not numbers"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(service, tmp_path, how, words):
    path = tmp_path / "x.safetensors"
    model = GPT(scaling.config((32, 1), 64, "ab" if how != "twice" else "aa"))
    tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    name, config = next(iter(tensors)), asdict(model.config)
    if how == "pickle":
        path.write_bytes(pickle.dumps(tensors))
    elif how == "picture":
        path.write_bytes(service.store.path("vae-digits-vae").read_bytes())
    elif how == "twice":
        path.write_bytes(lending.weights(model))
    else:
        if how == "shape":
            tensors[name] = tensors[name][:-1].contiguous()
        elif how == "nan":
            tensors[name].fill_(float("nan"))
        elif how == "huge":
            config["width"] = 10**9
        save_file(tensors, path, metadata={} if how == "plain" else {"config": json.dumps(config)})
    with pytest.raises(BadFileError, match=words):
        gpt.open_again(service.store, path)
    assert not path.exists()
