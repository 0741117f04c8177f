"""What critics say and what the line-up shows: scores in order, maps that help, classes counted; files."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from runs import Runs, last
from tiny_gan import filled, tiny_store

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import emoji
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.services import cards, first_results
from aigc_demo.services.gan import critic, drawing
from aigc_demo.services.gan.requests import DIGIT_MODELS, MODELS, Compare, Critic, Draw, checkpoint
from aigc_demo.services.use_case import find
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.gan import compare, training


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use-cases over tiny models, and a judge that was never trained."""
    folder = filled(tmp_path_factory.mktemp("assets"))
    torch.manual_seed(0)
    files.save(Judge(JudgeConfig.tiny()), folder / catalogue.checkpoint("judge-digits").file)
    return Runs(tiny_store(folder), "gan")


def shades(pictures):
    """Pictures in [-1, 1] as shades of 256, signed so that they can be subtracted."""
    return ((pictures + 1) * 127.5).round().astype(int)


@pytest.mark.parametrize("model", MODELS)
def test_scores_rise_and_belong_to_their_pictures(service, model):
    found = last(service.critic(Critic(model=model, seed=30, count=9)))
    assert (np.diff(found.made_scores) >= 0).all() and (np.diff(found.real_scores) >= 0).all()
    assert sorted(found.seeds) == list(range(30, 39)) and len(found.made) == len(found.real) == 9
    for place in (0, 8):
        drawn = last(service.draw(Draw(model=model, seed=found.seeds[place], count=1)))
        assert np.abs(shades(drawn.pictures[0]) - shades(found.made[place])).max() <= 1
        assert found.digits[place : place + 1] == drawn.digits
        network = drawing.model_of(service.store, checkpoint(model))
        x = torch.from_numpy(found.made[place])[None]
        asked = torch.tensor([found.seeds[place] % 10])
        with torch.no_grad():
            assert float(network.critic(x, asked)) == pytest.approx(found.made_scores[place], abs=0.001)


def test_going_along_the_map_raises_the_score(service):
    for model in ("r3", "colour", "conditional"):
        found = last(service.critic(Critic(model=model, count=8)))
        assert np.abs(found.made_wish).max(axis=(1, 2)) == pytest.approx(1, abs=1e-6)
        network, label = (
            drawing.model_of(service.store, checkpoint(model)),
            torch.tensor([seed % 10 for seed in found.seeds]),
        )
        x = torch.from_numpy(found.made)
        step = 0.02 * torch.from_numpy(found.made_wish)[:, None]
        with torch.no_grad():
            up, down = network.critic(x + step, label), network.critic(x - step, label)
        assert (up > down).all()


def test_a_critic_that_scores_ink_is_fooled_by_ink(service, monkeypatch):
    """Scores of known order: the mean shade of a picture."""
    network = drawing.model_of(service.store, checkpoint("r3"))
    monkeypatch.setattr(network.critic, "forward", lambda x, label=None: x.mean((1, 2, 3)))
    real, _ = critic.real_pictures(service.store, network, 20)
    for shade, fooled, told in ((1.0, 1, 0), (-1.0, 0, 1)):
        blank = torch.full((1, 1, 28, 28), shade)
        monkeypatch.setattr(network.generator, "forward", lambda z, label=None, x=blank: x.expand(len(z), -1, -1, -1))
        found = last(service.critic(Critic(count=20)))
        assert (found.fooled, found.told) == (fooled, told)
        assert (np.ptp(found.made_wish) == 0) and (found.made_wish == 1).all(), "every pixel counts alike"


def test_real_pictures_are_of_all_classes_and_come_with_them(service):
    x, label = critic.real_pictures(service.store, drawing.model_of(service.store, checkpoint("r3")), 50)
    assert x.shape == (50, 1, 28, 28) and torch.bincount(label).tolist() == [5] * 10
    portraits, _ = critic.real_pictures(service.store, drawing.model_of(service.store, checkpoint("colour")), 10_000)
    assert portraits.shape == (2 * emoji.SHIPPED_PORTRAITS, 3, 64, 64), "as many as ship"


def test_the_line_up_has_every_model_from_the_same_seeds(service):
    found = last(service.compare(Compare(seed=40, count=20)))
    assert [one.model for one in found.models] == list(DIGIT_MODELS)
    assert found.seeds == tuple(range(40, 56)) and found.count == 20
    for one in found.models:
        drawn = last(service.draw(Draw(model=one.model, seed=40, count=16))).pictures
        assert np.abs(shades(drawn) - shades(one.pictures)).max() <= 1
        assert sum(one.counts) == 20 and len(one.read) == 16
        assert all(one.counts[digit] >= one.read.count(digit) for digit in range(10))


def test_fewer_pictures_than_are_shown_are_all_shown(service):
    found = last(service.compare(Compare(count=10)))
    assert len(found.seeds) == len(found.models[0].pictures) == 10
    (picture,) = find("gan_compare").file(Compare(count=10), [found]).frames
    assert picture.width > 10 * 28


@pytest.mark.parametrize(
    ("request_", "values", "words"),
    [
        (Critic, {"count": 7}, "count must be between 8 and 200, got 7."),
        (Critic, {"model": "all"}, "model must be one of r3"),
        (Compare, {"count": 10_000}, "count must be between 10 and 200, got 10000."),
        (Compare, {"seed": None}, "seed is empty"),
    ],
)
def test_bad_input_is_one_sentence(request_, values, words):
    with pytest.raises(BadRequestError, match=words):
        request_(**values)


def tiles(value):
    """The pictures of a page value's sheet, (N, H, W) or (N, H, W, 3)."""
    sheet = np.asarray(Image.open(io.BytesIO(value["sheets"][0])))
    return np.stack(np.split(sheet, value["counts"][0], axis=1))


def test_a_sheet_holds_pictures_maps_and_real_ones(service):
    request = Critic(model="colour", count=8)
    found, value = last(service.critic(request)), last(service.service.stream("gan_critic", request))
    shown = tiles(value)
    assert shown.shape == (24, 64, 64, 3) and np.array_equal(shown[:8], shades(found.made).transpose(0, 2, 3, 1))
    assert np.abs(shown[8:16, ..., 0] / 127.5 - 1 - found.made_wish).max() < 0.01
    assert value["seeds"] == list(found.seeds) and value["kind"] == "colour" and value["scale"] == "relativistic"
    for side in ("made_scores", "real_scores"):
        assert len(value[side]) == 8 and value[side] == sorted(value[side])
    value = last(service.service.stream("gan_compare", Compare(count=16)))
    assert value["counts"] == [16 * 7] and value["players"][0]["model"] == "r3" and value["kind"] == "grey"


@pytest.mark.parametrize(("model", "scale"), [("mlp", "logistic"), ("wgan-gp", "wasserstein"), ("r3", "relativistic")])
def test_what_a_score_means_is_said(service, model, scale):
    assert last(service.service.stream("gan_critic", Critic(model=model, count=8)))["scale"] == scale


@pytest.mark.parametrize("kind", ["png", "json"])
@pytest.mark.parametrize("request_", [Critic(model="wgan-gp", count=25), Compare(count=12)])
def test_a_saved_file_carries_its_card(service, tmp_path, kind, request_):
    use_case = f"gan_{type(request_).__name__.lower()}"
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(last(service.service.save(use_case, request_, kind)))
    card = cards.read(file)
    assert card.use_case == use_case and type(request_)(**card.values) == request_
    if kind == "png":
        assert 300 < Image.open(file).width <= 1400


def test_first_results_are_made_for_both_tabs(service, tmp_path):
    for name in ("critic", "compare"):
        first_results.make(service.service, f"gan_{name}", tmp_path)
        first = first_results.load(f"gan_{name}", tmp_path)
        assert first["seed"] == 7 and first["checkpoint"] == "gan-digits-r3" and first["parameters"] > 0
        assert Path(first["value"]["sheets"][0]["url"]).name.startswith(f"gan_{name}-0.png?")


def test_the_page_names_every_model_of_digits_once():
    assert sorted(compare.DIGITS) == sorted(DIGIT_MODELS)
    assert set(compare.PAPERS) == set(DIGIT_MODELS)


def test_shares_of_classes_stand_beside_the_pictures_where_they_were_measured(tmp_path):
    assert compare.with_shares({"count": 1}, t, tmp_path) == [{"count": 1, "shares": {}}]
    counts = {"gan-digits-r3": [1, 3] + [0] * 8}
    (tmp_path / "gan-classes.json").write_text(json.dumps(counts))
    (value,) = compare.with_shares({}, t, tmp_path)
    assert value["shares"] == {"r3": [0.25, 0.75] + [0] * 8}


def test_the_table_waits_for_measures_and_then_has_a_row_per_model(monkeypatch):
    def entries(metrics):
        def known(model):
            return replace(catalogue.checkpoint(f"gan-digits-{model}"), metrics=metrics, parameters=1234567)

        return known

    monkeypatch.setattr(compare, "entry", entries({}))
    assert compare.measured() is None
    metrics = {"frechet": 1.234, "frechet_floor": 0.2, "recall": 0.5, "recall_of_train": 0.9, "class_share_min": 0.04}
    monkeypatch.setattr(compare, "entry", entries(metrics))
    table = compare.measured()
    assert len(table["rows"]) == 8 and {len(row) for row in table["rows"]} == {len(table["head"])}
    assert table["rows"][0][2:] == ["1 234 567", "1.23", "50.0 %", "4.0 %", ""]
    assert table["rows"][-1][3:5] == ["0.20", "90.0 %"]


def test_trainings_that_were_recorded_are_found(tmp_path):
    assert training.addresses(tmp_path) == {}
    for end in ("training.json", "snapshots.png"):
        (tmp_path / f"gan-digits-mlp-{end}").write_bytes(b"{}")
    (tmp_path / "gan-digits-r3-training.json").write_bytes(b"{}")  # half of it is not enough
    assert list(training.addresses(tmp_path)) == ["mlp"]
