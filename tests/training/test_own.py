"""A model of one's own on its family's page: for whoever has its id, for a while, and never in what leaves."""

import hashlib
import json

import numpy as np
import pytest
import torch
from runs import Runs, card_of, last

from aigc_demo.checkpoints.store import OWN, Store
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.personal import Personal
from aigc_demo.models.gan import GAN
from aigc_demo.pipelines import engine
from aigc_demo.services import lending
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.training import train
from aigc_demo.services.training.requests import KINDS, Train
from aigc_demo.ui.restore import opened
from aigc_demo.ui.tabs.training import train as tab

SMALL = {"gan": {"count": 4}, "vae": {}, "diffusion": {"steps": 2}}


@pytest.fixture
def service(monkeypatch):
    """The use cases with trainings of this test alone."""
    monkeypatch.setattr(train.time, "sleep", lambda seconds: None)
    for name in ("TRAININGS", "OPENED"):
        monkeypatch.setattr(train, name, Personal())
    return Runs(Store(device="cpu"), "training")


def made(service, kind="gan", pictures="shapes", steps=2, token=""):
    """A press that is stopped after so many updates."""
    run = service.train(Train(model=kind, pictures=pictures, width=16, batch=8, minutes=5), token)
    for _ in range(steps):
        found = next(run).value
    run.close()
    return found


def drawn(service, kind, own, **changes):
    """What the page of its family draws with a model."""
    asked = {**SMALL[kind], "checkpoint": own, **changes}
    return service.service.result(f"{kind}_draw", service.service.request(f"{kind}_draw", asked))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pictures", ["shapes", "emoji"])
def test_the_page_of_its_family_draws_with_it(service, kind, pictures):
    own, shape = made(service, kind, pictures).own, (1, 32, 32) if pictures == "shapes" else (3, 32, 32)
    result = drawn(service, kind, own)
    picture = {"gan": lambda: result.pictures[0], "vae": lambda: result[0], "diffusion": lambda: result.x0}[kind]()
    assert picture.shape == (shape if kind != "vae" or pictures == "emoji" else shape[1:])
    assert np.isfinite(picture).all() and result is not drawn(service, kind, own)
    request = service.service.request(f"{kind}_draw", {**SMALL[kind], "checkpoint": own})
    value = last(service.service.stream(f"{kind}_draw", request))
    coloured = value.get("colour") or value.get("kind") == "colour"
    assert bool(coloured) == (pictures == "emoji") and value["w"] == 32
    assert service.service.facts(f"{kind}_draw", request)["parameters"] == made(service, kind, pictures).parameters


def test_it_is_the_model_that_was_trained(service):
    found = made(service)
    model = train.TRAININGS.find(found.token).model
    assert isinstance(model, GAN)
    z = torch.randn(3, model.config.noise, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(service.store.load(found.own).generator(z), model.generator(z))


def test_a_class_is_not_asked_of_a_model_without_classes(service):
    own = made(service, "diffusion").own
    one, other = (drawn(service, "diffusion", own, digit=digit, guidance=4) for digit in (3, -1))
    assert np.array_equal(one.x, other.x) and one.eps_class is None


def test_a_walk_and_a_sum_take_it_too(service):
    own = made(service).own
    asked = {"gan_walk": {"frames": 3}, "gan_mix": {}}
    for name, values in asked.items():
        value = last(service.service.stream(name, service.service.request(name, {**values, "checkpoint": own})))
        assert (value["w"], value["h"], value["told"]) == (32, 32, False)


def test_it_keeps_its_id_while_the_training_goes_on(service, monkeypatch):
    first = made(service)
    before = drawn(service, "gan", first.own).pictures
    monkeypatch.setattr(train, "FIRST", 0.0)
    run = service.train(Train(model="gan", pictures="shapes", width=16, batch=8, minutes=0.05), first.token)
    again = last(run)
    assert again.own == first.own and again.step > first.step + 1
    assert np.abs(drawn(service, "gan", again.own).pictures - before).mean() > 1e-3
    assert made(service).own != first.own


@pytest.mark.parametrize("gone", [OWN, f"{OWN}-", f"{OWN}-guessed", f"{OWN}-../x"])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_finds_it(service, kind, gone):
    made(service, kind)
    with pytest.raises(NotFoundError, match="Your own model is not here"):
        drawn(service, kind, gone)


def test_another_process_and_another_kind_are_one_sentence(service):
    own = made(service, "vae").own
    with pytest.raises(NotFoundError, match="not here"):
        drawn(Runs(Store(device="cpu"), "training"), "vae", own)
    for kind in ("gan", "diffusion"):
        with pytest.raises(NotFoundError, match="another kind"):
            drawn(service, kind, own)
    with pytest.raises(NotFoundError, match="no checkpoint called"):
        drawn(service, "gan", "diffusion-digits")
    with pytest.raises(BadRequestError):
        drawn(service, "gan", "x" * 201)


@pytest.mark.parametrize("kind", KINDS)
def test_its_id_never_leaves_the_session(service, tmp_path, kind):
    found = made(service, kind)
    request = service.service.request(f"{kind}_draw", {**SMALL[kind], "checkpoint": found.own})
    raw = last(service.service.save(f"{kind}_draw", request, "png"))
    card = card_of(raw, tmp_path, "png")
    token = found.own.removeprefix(f"{OWN}-")
    assert card.checkpoint == card.values["checkpoint"] == OWN and token.encode() not in raw
    assert token not in service.service.python(f"{kind}_draw", request)[0]
    answer = last(service.service.answer(f"{kind}_draw", request))
    assert token not in json.dumps(answer.result) and token not in answer.name
    assert opened(card, {f"{kind}_draw"}, "en")["values"]["checkpoint"] == OWN


def test_a_text_that_begins_like_an_id_stays(service):
    request = service.service.request("gpt_write", {"prompt": "own-"})
    assert service.service.card("gpt_write", request).values["prompt"] == "own-"


def test_a_card_names_the_file_of_the_model(service, tmp_path):
    found = made(service, "vae", steps=1)
    file = last(service.service.save("training_train", Train(), "safetensors", found.token, ""))
    request = service.service.request("vae_draw", {"checkpoint": found.own})
    assert service.service.card("vae_draw", request).sha256 == hashlib.sha256(file).hexdigest()


def test_an_opened_file_is_used_in_the_same_way(service, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(lending.weights(train.TRAININGS.find(made(service, "vae").token).model))
    again = train.open_again(service.store, path, 5)
    assert drawn(service, "vae", again.own).shape == (64, 32, 32)
    _, link, _ = tab.shown(train.page_value(Train(), again), lambda key: key)
    assert link == {"href": f"./vae?tab=vae_draw&checkpoint={again.own}", "words": "training.use_vae"}


def test_a_program_trains_and_draws(service):
    answer = last(service.service.answer("training_train", Train(model="gan", minutes=0.05, width=16)))
    again = last(service.service.answer("gan_draw", {"checkpoint": answer.result["own"], "count": 4}))
    assert again.result["width"] == 32 and again.file.startswith(b"\x89PNG")


def test_it_is_never_written_for_another_engine(service, monkeypatch):
    monkeypatch.setattr(engine, "is_possible", lambda network: True)
    monkeypatch.setattr(ENGINES, "prepare", lambda *given: pytest.fail("exported"))
    own = made(service, "diffusion").own
    drawn(service, "diffusion", own)
    assert ENGINES.name(service.store.load(own)) == engine.PYTORCH
