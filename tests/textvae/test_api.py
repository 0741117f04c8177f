"""The text VAE as programs see it: every endpoint of the family over HTTP, and bad input of every kind."""

import pytest
from api import NONSENSE, SMALL, Api, answered, small

from aigc_demo.services import cards

ASKED = [name for name in SMALL if name.startswith("textvae_")]


def always(api):
    """The same way between the same sentences."""
    return api.good("textvae_morph")[1]["steps"]


@pytest.mark.parametrize("endpoint", ASKED)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    assert answered(program, endpoint)["parameters"] > 1e5


def test_a_way_has_as_many_sentences_as_asked_and_both_languages_work(api):
    for corpus in ("verse", "reviews"):
        found = api.good("textvae_morph", corpus=corpus, stops=5)[1]
        assert len(found["steps"]) == len(found["fade"]) == 5
        assert all(step["text"] for step in found["steps"])
        assert len(found["around_first"]) == len(found["around_last"]) == 3


def test_sentences_around_one_differ_by_seed_and_gather_with_less_spread(api):
    near, far = (api.good("textvae_draw", around="明月松间照", spread=s, count=4)[1] for s in (0, 1.5))
    assert (
        len({one["text"] for one in near["sentences"]}) == 1 and near["middle"]["text"] == near["sentences"][0]["text"]
    )
    assert min(far["distances"]) > max(near["distances"]) == 0
    other = api.good("textvae_draw", around="明月松间照", spread=1.5, count=4, seed=8)[1]
    assert other["distances"] != far["distances"]


def test_four_models_answer_with_nats_for_every_word(api):
    found = api.good("textvae_compare", sentence="空山不见人", hidden=1)[1]
    assert [cost["model"] for cost in found["costs"]] == ["lm", "vae", "vae_inputless", "lm_inputless"]
    assert all(len(cost["words"]) == 6 and cost["total"] > 0 for cost in found["costs"])
    assert found["shown"] == [""] * 5


@pytest.mark.parametrize("endpoint", ASKED)
@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, endpoint, kind):
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(api.file(endpoint, format=kind))
    card = cards.read(file)
    assert card.use_case == endpoint and len(card.sha256) == 64
    assert card.values == {name: value for name, value in small(endpoint).items() if name != "format"}


def test_no_number_is_taken_on_trust(api):
    for endpoint, field in (("textvae_morph", "stops"), ("textvae_draw", "count"), ("textvae_compare", "hidden")):
        answers = [api.bad(endpoint, **{field: value}) for value in NONSENSE]
        assert all("must be" in words or "is empty" in words for words in answers)


@pytest.mark.parametrize(
    ("endpoint", "changes", "words"),
    [
        ("textvae_morph", {"corpus": "latin"}, "must be one of verse, reviews, got latin."),
        ("textvae_morph", {"first": "   "}, "There is no word in"),
        ("textvae_morph", {"first": "，。！"}, "There is no word in"),
        ("textvae_morph", {"last": "🙂🙂"}, "knows no character of 🙂🙂"),
        ("textvae_morph", {"first": "שלום"}, "reads lines of Chinese verse"),
        ("textvae_morph", {"first": "\x00\x07"}, "There is no word in"),
        ("textvae_morph", {"corpus": "reviews", "first": "落霞与孤鹜齐飞"}, "reads English film reviews"),
        ("textvae_draw", {"around": "空" * 401}, "at most 400 characters, got 401"),
        ("textvae_draw", {"around": 7}, "must be text"),
        ("textvae_draw", {"temperature": 1.6}, "must be between 0 and 1.5, got 1.6."),
        ("textvae_compare", {"sentence": None}, "must be text"),
        ("textvae_compare", {"format": "gif"}, "must be one of txt, html, png, json, got gif."),
    ],
)
def test_sentences_say_what_to_do(api, endpoint, changes, words):
    assert words in api.bad(endpoint, **changes)


def test_what_cannot_be_read_is_named_in_the_answer(api):
    found = api.good("textvae_morph", first="明月鬆間照，清泉石上流")[1]["first"]
    assert found["text"] == "明月松间照" and found["cut"] == "清泉石上流"
    assert ["間", "间"] in found["replaced"]
    found = api.good("textvae_draw", corpus="reviews", around="a <b>brillant</b> 🙂 film")[1]["around"]
    assert ["brillant", "brilliant"] in found["replaced"] and ["🙂", ""] in found["replaced"]


def test_chinese_sentences(app_url, client):
    api = Api(app_url, client, "zh")
    assert "没有一个词" in api.bad("textvae_morph", first="   ")
    assert "中文诗句" in api.bad("textvae_morph", first="hello")
