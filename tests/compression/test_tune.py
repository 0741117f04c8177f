"""The pruned GPT trained on: the cost falls, zeros stay, the file opens, what the page shows is what was measured."""

import json

import pytest
import torch
from runs import Runs, card_of, last, saved

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.compression.pruning import without_weights
from aigc_demo.core.errors import BadRequestError
from aigc_demo.services.compression.requests import CHANNELS, GPT, Tune
from aigc_demo.services.compression.tune import page_value
from aigc_demo.services.use_case import find
from aigc_demo.training.pruned import of_text, tuning
from aigc_demo.ui.tabs.compression import tune

SHORT = Tune(updates=10)


@pytest.fixture(scope="module")
def compression():
    return Runs(Store(device="cpu"), "compression")


@pytest.fixture(scope="module")
def made(compression):
    return [step.value for step in compression.tune(SHORT)]


def test_the_cost_falls_from_look_to_look_and_the_text_comes_last(made):
    assert [len(value.curve) for value in made] == [1, 2, 3, 3]
    assert [value.after is None for value in made] == [True, True, True, False]
    costs = [cost for _, cost in made[-1].curve]
    assert [updates for updates, _ in made[-1].curve] == [0, 5, 10]
    assert costs[0] > costs[1] > costs[2] > made[-1].whole.cost
    assert costs[0] == made[-1].cut.cost and costs[-1] == pytest.approx(made[-1].after.cost, rel=1e-4)
    assert made[-1].after.output.text.startswith("ROMEO:") and made[-1].after.output.text != made[-1].cut.output.text


def test_what_was_cut_stays_away_and_the_shipped_weights_stay_as_they_were(compression, made):
    whole = Store(device="cpu").load(GPT)
    cut, tuned = (dict(model.named_parameters()) for model in (without_weights(whole, SHORT.share), made[-1].model))
    layers = [name for name, weight in cut.items() if weight.ndim > 1 and bool((weight == 0).any())]
    assert len(layers) > 20 and not made[-1].model.training
    for name in layers:
        assert not tuned[name][cut[name] == 0].any() and not torch.equal(tuned[name], cut[name]), name
    first = next(iter(compression.tune(SHORT))).value
    assert first.whole.cost == made[0].whole.cost


def test_a_seed_gives_the_same_again_and_another_does_not(compression, made):
    numbers = find("compression_tune").numbers
    one = numbers(SHORT, made[-1])
    again, other = (numbers(request, last(compression.tune(request))) for request in (SHORT, Tune(updates=10, seed=8)))
    assert one == again and one["curve"][-1] != other["curve"][-1]
    json.dumps(one)


def test_units_that_went_stay_away_in_the_file_too(compression, tmp_path):
    request = Tune(share=0.8, structure=CHANNELS, updates=5)
    raw = saved(compression.service, "compression_tune", request, "safetensors")
    (tmp_path / "x.safetensors").write_bytes(raw)
    tensors = packing.unpacked(str(tmp_path / "x.safetensors"))
    assert tensors["blocks.0.mlp.down.weight"].shape == (192, 102) and len(raw) < 2_600_000
    assert all(tensor.isfinite().all() for tensor in tensors.values() if isinstance(tensor, torch.Tensor))
    text = saved(compression.service, "compression_tune", SHORT, "txt")
    told = text.decode()
    assert "gpt-shakespeare: 1." in told and "- 70 %: " in told and "+ 10: " in told
    assert card_of(text, tmp_path, "txt").values["share"] == SHORT.share


def test_the_page_shows_three_texts_and_the_curve(made):
    def say(key):
        return key

    for value in (made[0], made[-1]):
        page = page_value(SHORT, value)
        (shown,) = tune.shown(page, say)
        chart = shown["charts"][0]
        texts = [side["text"] for side in shown["made"]]
        assert texts[:2] == [value.whole.output.text, value.cut.output.text]
        assert texts[2] == (value.after.output.text if value.after else "")
        assert chart["lines"][1]["points"] == page["curve"] and chart["x"] == [0, 10]
        assert max(cost for _, cost in page["curve"]) < chart["y"][1]


@pytest.mark.parametrize(
    "wrong",
    [{"share": 0.99}, {"share": 0}, {"updates": 0}, {"updates": 101}, {"updates": 2.5}, {"structure": "heads"}]
    + [{"seed": -1}],
)
def test_what_is_no_setting_is_refused(compression, wrong):
    with pytest.raises(BadRequestError):
        compression.service.request("compression_tune", wrong)


def test_updates_of_text_draw_the_same_windows_for_a_seed():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Embedding(5, 8), torch.nn.Linear(8, 5))
    tokens = torch.arange(400) % 5
    one, again, other = (list(tuning(model, of_text(tokens), 20, 0.1, seed))[-1] for seed in (1, 1, 2))
    assert torch.equal(one[1].weight, again[1].weight) and not torch.equal(one[1].weight, other[1].weight)
    cost = of_text(tokens)
    before, after = (float(cost(net, torch.Generator().manual_seed(5)).detach()) for net in (model, one))
    assert after < before / 2
