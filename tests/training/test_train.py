"""Trainings on the page: learning, Stop, going on, running away, keeping, files, a person's own pictures."""

import json
import pickle
from dataclasses import asdict

import numpy as np
import pytest
import torch
from api import data_url, encoded
from PIL import Image, ImageDraw
from runs import Runs, card_of, last
from safetensors.torch import load, save_file

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError, NotFoundError, UserError
from aigc_demo.core.personal import Personal
from aigc_demo.models.vae import VAE
from aigc_demo.services.training import requests, session, sets, train
from aigc_demo.services.training.requests import KINDS, Train
from aigc_demo.training import studio
from aigc_demo.ui.tabs.training import train as tab


@pytest.fixture
def service(monkeypatch):
    """The use cases without rests, with trainings of this test alone; a minute lasts twenty seconds."""
    monkeypatch.setattr(train.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(train, "MINUTE", 20)
    for module, name in ((train, "TRAININGS"), (train, "OPENED"), (sets, "BROUGHT")):
        monkeypatch.setattr(module, name, Personal())
    return Runs(Store(device="cpu"), "training")


def request(**changes):
    """A press that lasts until it is stopped."""
    return Train(**{"pictures": "digits", "minutes": 5, "width": 16, "batch": 8, **changes})


def few(steps, count):
    """So many values, then Stop; the last of them. The first one comes before any update."""
    found = None
    for _ in range(count):
        found = next(steps).value
    steps.close()
    return found


def own(tmp_path, pictures):
    """Token of pictures that somebody brought."""
    paths = []
    for place, pixels in enumerate(pictures):
        paths.append(tmp_path / f"{place}.png")
        Image.fromarray(pixels).save(paths[-1])
    token, _ = sets.bring(paths)
    assert not any(path.exists() for path in paths)
    return token


def noise(count, shape=(40, 40, 3)):
    """Pictures that are all different."""
    draws = np.random.default_rng(3)
    return [draws.integers(0, 255, shape, dtype=np.uint8) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_and_draws(service, kind):
    made = few(service.train(request(model=kind), ""), 9)
    assert made.step == 8 and len(made.curve) == 8 and made.token and made.parameters > 10_000
    assert made.moments[0].pictures.shape == (16, 1, 32, 32) and np.abs(made.moments[0].pictures).max() <= 1
    assert (len(made.other) == 8) == (kind == "gan")
    value = train.page_value(request(model=kind), made)
    shown, _, token = tab.shown(value, lambda key: key)
    assert token == made.token and json.dumps({**value, "sheets": []}, allow_nan=False)
    assert [chart is None for chart in shown["charts"]] == [kind == "gan", kind != "gan"]


def test_a_vae_gets_better_and_is_drawn_along_the_way(service):
    steps = list(service.train(request(minutes=0.4, rate=3.0), ""))
    made = steps[-1].value
    assert made.curve[-1][1] < made.curve[0][1] - 0.3 and made.other[-1][1] < made.other[0][1] - 0.3
    assert made.moments[0].step == 0 and made.moments[-1].step == made.step and made.left == 0
    assert np.abs(made.moments[-1].pictures - made.moments[0].pictures).mean() > 0.2
    assert made.learned == 450 and made.held == 50


def test_samples_thin_out_and_keep_the_first_and_the_newest():
    store = Store(device="cpu")
    training = session.Training(sets.pictures(store, "digits"), request(), "")
    for step in range(20):
        training.step = step
        training.look(store)
        assert training.moments[0].step == 0 and training.moments[-1].step == step
        assert len(training.moments) <= session.MOMENTS + 1
    count = session.SHOWN + session.ROW * (len(training.moments) - 1)
    assert count * 32 == width_of(training.sheet)


def width_of(png):
    """Width of a PNG, pixels."""
    return int.from_bytes(png[16:20], "big")


def test_the_same_seed_gives_the_same_training(service):
    one, two = (few(service.train(request()), 5) for _ in range(2))
    assert one.curve == two.curve and np.array_equal(one.moments[0].pictures, two.moments[0].pictures)
    assert few(service.train(request(seed=8)), 5).curve != one.curve


def test_stop_keeps_what_is_there_and_the_next_press_goes_on(service):
    first = few(service.train(request(), ""), 5)
    again = few(service.train(request(rate=2.0), first.token), 4)
    assert again.token == first.token and again.step == first.step + 3 and not again.anew


def test_another_start_begins_anew(service):
    first = few(service.train(request(), ""), 5)
    other = few(service.train(request(width=24), first.token), 3)
    assert other.step == 2 and other.token != first.token and not other.anew
    with pytest.raises(NotFoundError, match="no model of yours"):
        train.draw_own(first.token, 1)


def test_a_training_that_is_gone_says_so(service):
    made = few(service.train(request(), "a token of yesterday"), 3)
    assert made.anew and tab.shown(train.page_value(request(), made), lambda key: key)[0]["told"] == ["training.lost"]


@pytest.mark.parametrize("how", ["rate", "weights"])
def test_a_training_that_runs_away_ends_with_a_sentence(service, how):
    steps = service.train(request(rate=1000.0 if how == "rate" else 1.0), "")
    token = next(steps).value.token
    if how == "weights":
        with torch.no_grad():
            next(train.TRAININGS.find(token).model.parameters()).fill_(float("nan"))
    with pytest.raises(BadRequestError, match="ran away"):
        list(steps)
    assert few(service.train(request(), token), 2).step == 1


def test_two_presses_at_once_are_one_sentence(service):
    steps = service.train(request(), "")
    token = next(steps).value.token
    with pytest.raises(BadRequestError, match="already"):
        next(service.train(request(), token))
    with pytest.raises(BadRequestError, match="already"):
        train.draw_own(token, 1)
    steps.close()
    assert train.draw_own(token, 1).token == token


def test_a_program_keeps_nothing(service):
    *_, step = service.service.answer("training_train", request(minutes=0.05))
    assert load(step.value.file) and step.value.name == "training_train-7.safetensors"
    assert step.value.result["step"] >= 1 and not train.TRAININGS._kept


# a person's own pictures


def test_own_pictures_are_learned_in_colour_or_in_grey(service, tmp_path):
    colour, grey = own(tmp_path, noise(9)), own(tmp_path, noise(9, (40, 40)))
    for token, channels in ((colour, 3), (grey, 1)):
        made = few(service.train(request(pictures="own"), "", token), 3)
        assert made.moments[0].pictures.shape[1] == channels and made.learned == 8 and made.held == 1


def test_too_few_or_identical_pictures_are_one_sentence(service, tmp_path):
    for pictures in (noise(1), noise(1) * 30):
        with pytest.raises(BadRequestError, match="There are 1 different pictures; training needs 8"):
            next(service.train(request(pictures="own"), "", own(tmp_path, pictures)))


def crossed(place):
    """A drawn stroke with a bar across, as the page sends it; every place has the bar at another height."""
    sheet = Image.new("L", (224, 224), 255)
    pen = ImageDraw.Draw(sheet)
    pen.line([112, 20, 112, 204], 0, 18)
    pen.line([60, 30 + 20 * place, 164, 30 + 20 * place], 0, 18)
    return data_url(encoded(sheet))


def test_drawings_are_put_together_and_learned_from(service):
    token, taken = "", None
    for place in range(8):
        before, (token, taken) = token, sets.draw(token, crossed(place))
        assert token != before and len(taken.pictures) == place + 1
        assert sets.contact(taken)["missing"] == 7 - place and sets.contact(taken)["kind"] == "grey"
        assert not before or sets.BROUGHT.find(before) is None
    made = few(service.train(request(pictures="own"), "", token), 3)
    assert made.moments[0].pictures.shape[1] == 1 and made.learned == 7 and made.held == 1


def test_a_drawing_stands_beside_pictures_that_were_brought(service, tmp_path):
    token, taken = sets.draw(own(tmp_path, noise(3)), crossed(0))
    assert len(taken.pictures) == 4 and not taken.grey
    assert (taken.pictures[-1][0] == taken.pictures[-1][1]).all()
    with pytest.raises(BadRequestError, match="like this already"):
        sets.draw(token, crossed(0))
    assert len(sets.BROUGHT.find(token).pictures) == 4


def test_an_empty_drawing_or_none_is_one_sentence(service):
    for drawing in (data_url(encoded(Image.new("L", (224, 224), 255))), "", "data:image/png;base64,xx"):
        with pytest.raises(UserError):
            sets.draw("", drawing)
    assert not sets.BROUGHT._kept


def test_pictures_that_are_forgotten_are_gone(service, tmp_path):
    token = own(tmp_path, noise(9))
    sets.BROUGHT.drop(token)
    for gone in (token, "", "guessed"):
        with pytest.raises(NotFoundError, match="not here"):
            next(service.train(request(pictures="own"), "", gone))


def test_files_are_deleted_where_nothing_can_be_taken(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(BadFileError):
        sets.bring([path])
    assert not path.exists()


# taken home, and opened again


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_draws_the_same_when_it_is_opened(service, tmp_path, kind):
    token = few(service.train(request(model=kind), ""), 4).token
    raw = last(service.service.save("training_train", request(model=kind), "safetensors", token, ""))
    path = tmp_path / "mine.safetensors"
    path.write_bytes(raw)
    again = train.open_again(service.store, path, 5)
    assert again.kind == kind and not path.exists()
    before = train.draw_own(token, 5).moments[-1].pictures
    assert np.abs(again.moments[-1].pictures - before).max() < 0.05  # float16 lies between
    other = train.draw_own(again.token, 6)
    assert np.abs(other.moments[-1].pictures - before).mean() > 1e-3
    assert tab.shown(train.page_value(Train(), other), lambda key: key)[0]["facts"][0] == "training.facts_opened"
    saved = last(service.service.save("training_train", request(), "safetensors", again.token, ""))
    assert load(saved).keys() == load(raw).keys()


def test_a_picture_of_the_samples_has_the_card(service, tmp_path):
    token = few(service.train(request(), ""), 3).token
    raw = last(service.service.save("training_train", request(), "png", token, ""))
    assert card_of(raw, tmp_path, "png").use_case == "training_train"


@pytest.fixture
def spoilt(tmp_path):
    """Write a file of a model, changed in some way."""

    def write(how):
        path = tmp_path / f"{how}.safetensors"
        model = VAE(studio.config_of("vae", 16, 1))
        tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        config = asdict(model.config)
        if how == "pickle":
            path.write_bytes(pickle.dumps(tensors))
            return path
        if how == "torch":
            torch.save(tensors, path)
            return path
        if how == "cut":
            files.save(model, path)
            path.write_bytes(path.read_bytes()[:-100])
            return path
        name = next(iter(tensors))
        if how == "shape":
            tensors[name] = tensors[name][:-1].contiguous()
        elif how == "missing":
            del tensors[name]
        elif how == "nan":
            tensors[name].fill_(float("nan"))
        elif how == "huge":
            config["hidden"] = (10**9,)
        metadata = {"config": json.dumps(config)}
        metadata = {} if how == "plain" else {"config": "[1"} if how == "broken" else metadata
        save_file(tensors, path, metadata=metadata)
        return path

    return write


@pytest.mark.parametrize(
    ("how", "words"),
    [
        *((how, "no safetensors file") for how in ("pickle", "torch", "cut")),
        *((how, "another kind of model") for how in ("plain", "broken", "huge")),
        *((how, "do not have the shapes") for how in ("shape", "missing")),
        ("nan", "not numbers"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(service, spoilt, how, words):
    path = spoilt(how)
    with pytest.raises(BadFileError, match=words):
        train.open_again(service.store, path, 1)
    assert not path.exists() and not train.OPENED._kept


def test_the_file_of_another_family_is_one_sentence(service, tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(Store(device="cpu").path("vae-digits-vae").read_bytes())
    with pytest.raises(BadFileError, match="another kind of model"):
        train.open_again(service.store, path, 1)


@pytest.mark.parametrize("seed", [None, "x", -1, 2**40])
def test_a_seed_that_is_none_is_one_sentence(service, seed):
    with pytest.raises(BadRequestError):
        train.draw_own("guessed", seed)


@pytest.mark.parametrize("values", [{"minutes": 1e9}, {"minutes": 0}, {"rate": float("nan")}, {"width": 17}])
def test_what_cannot_be_asked(values):
    with pytest.raises(BadRequestError):
        Train(**values)


@pytest.mark.parametrize(
    ("told", "minutes"), [("", 5), ("2", 2), ("0", 0.1), ("1e9", 60), ("nan", 5), ("inf", 60), ("x", 5)]
)
def test_the_host_says_how_long_a_press_may_be(monkeypatch, told, minutes):
    monkeypatch.setenv("AIGC_TRAIN_MINUTES", told)
    assert requests.longest() == minutes
