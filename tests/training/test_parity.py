"""The parity lab: all networks that a library has, right as they are, and every mistake found where it is made."""

import functools

import pytest
from runs import Runs, last

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import all_pairs, networks
from aigc_demo.pipelines.pairs.gpt import SILENT
from aigc_demo.services.training.parity import numbers
from aigc_demo.services.training.requests import EVERY, PAIRED, Parity
from aigc_demo.ui.i18n import has, tr
from aigc_demo.ui.tabs.training import parity as tab

FORMS = {"LlamaForCausalLM": "llama", "GPT2LMHeadModel": "gpt2"}


@pytest.fixture(scope="module")
def twins():
    return last(Runs(Store(device="cpu"), "training").parity(Parity(model=EVERY, seed=3)))


def test_no_network_that_a_library_has_is_left_out(twins):
    store = Store(device="cpu")
    shipped = [one.id for one in catalogue.shipped().checkpoints if one.id not in PAIRED]
    assert {one.checkpoint for one in twins} == set(PAIRED)
    assert not [name for name in shipped if list(networks(store.load(name)))]
    used = {one.theirs for one in twins}
    assert all(used & set(pair.theirs) for pair in all_pairs() if pair.probe)


def test_all_agree_layer_by_layer(twins):
    assert [one.checkpoint for one in twins if one.first is not None] == []
    assert all(len(one.layers) > 6 and one.our_milliseconds > 0 and one.their_milliseconds > 0 for one in twins)


def test_every_mistake_is_found_or_known_to_change_nothing(twins):
    for one in twins:
        assert one.mistakes or one.theirs == "CLIPTextModel"
        for mistake in one.mistakes:
            silent = (FORMS.get(one.theirs), mistake.name) in SILENT
            assert (mistake.first is None) == silent, (one.checkpoint, mistake.name)
            if mistake.first:  # what ran before the mistake is as it was
                assert max(mistake.maxima[: mistake.first]) <= max(1e-4, 2 * one.maximum)
            assert has(f"parity.{mistake.name}")


def test_the_page_sums_up(twins):
    value = numbers(Parity(), twins)
    sentence, shown = tab.shown(value, functools.partial(tr, "en"))
    assert sentence["good"] and str(len(twins)) in sentence["words"]
    assert [one["name"] for one in shown["twins"]].count("Text to image · denoiser") == 1
    assert len({one["name"] for one in shown["twins"]}) == len(twins)
    broken = {**value, "twins": [{**value["twins"][0], "first": 2}, *value["twins"][1:]]}
    assert not tab.shown(broken, functools.partial(tr, "en"))[0]["good"]
