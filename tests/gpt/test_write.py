"""The writing use-cases over tiny models: what is written, what is said about it, and what is refused."""

import itertools
import json
import math
import time

import pytest
import torch
from runs import Runs, last
from tiny_gpt import LETTERS, SIGNS, tiny_store

from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.services import cards
from aigc_demo.services.gpt.requests import MODELS, STARTS, Surgery, Write
from aigc_demo.services.gpt.tokens import language_model, tokens_of

SPEECH = "What is the city but the people? "  # 33 characters; a tiny model looks back on 32


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return Runs(tiny_store(tmp_path_factory.mktemp("assets")), "gpt")


def finished(service, **values):
    """The last step of a text."""
    *_, last = service.write(Write(**values))
    return last


def text(made) -> str:
    return "".join(token.text for token in made.tokens)


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_gives_the_same_text_and_another_seed_another(service, model):
    first, again, other = (
        text(finished(service, prompt=STARTS[model], model=model, length=12, seed=seed, top_p=0.99).value)
        for seed in (5, 5, 6)
    )
    assert first == again != other


@pytest.mark.parametrize("model", MODELS)
def test_temperature_zero_asks_no_seed(service, model):
    found = {
        text(finished(service, prompt=STARTS[model], model=model, length=20, seed=seed, temperature=0).value)
        for seed in (1, 2)
    }
    assert len(found) == 1


@pytest.mark.parametrize("prompt", ["\ufeffROMEO:\r\nBut soft", "ROMEO:\rBut\tsoft"])
def test_a_prompt_is_tidied_as_the_texts_of_a_training_are(service, prompt):
    asked = Write(prompt=prompt, length=8)
    assert asked.prompt == "ROMEO:\nBut soft" == Surgery(prompt=prompt).prompt
    made, plain = (finished(service, prompt=start, length=8).value for start in (prompt, asked.prompt))
    assert "".join(token.text for token in made.prompt) == asked.prompt and text(made) == text(plain)


def test_a_step_comes_after_every_character_and_nothing_changes_behind(service):
    steps = list(service.write(Write(length=40)))
    assert [step.done for step in steps] == list(range(1, 41)) and {step.total for step in steps} == {40}
    texts = [text(step.value) for step in steps]
    assert all(longer.startswith(shorter) for shorter, longer in zip(texts, texts[1:], strict=False))


def test_a_token_says_what_the_model_thought_of_it(service):
    made = finished(service, length=30, temperature=1.3, top_k=20, seed=2).value
    model = language_model(service.store, "gpt-shakespeare")
    whole = "".join(token.text for token in (*made.prompt, *made.tokens))[:32]
    p = model(torch.tensor([[LETTERS.index(sign) for sign in whole]]))[0].softmax(1)  # (T, V)
    for place, token in enumerate([*made.prompt, *made.tokens][1:25]):
        assert token.p == pytest.approx(p[place, LETTERS.index(token.text)].item(), abs=1e-5)
        assert token.entropy == pytest.approx(-(p[place] * p[place].log()).sum().item(), abs=1e-4)
        shares = [rival.p for rival in token.rivals]
        assert shares == sorted(shares, reverse=True) and shares[0] == pytest.approx(p[place].max().item(), abs=1e-5)
    assert made.prompt[0].rivals == () and made.prompt[0].p == 1


def test_only_what_was_kept_can_be_written(service):
    for token in finished(service, length=60, top_k=3, temperature=2).value.tokens:
        assert token.text in [rival.text for rival in token.rivals[:3]] and token.chance > 0


@pytest.mark.parametrize("model", ["gpt-shakespeare", "lstm-shakespeare"])
def test_a_long_prompt_is_cut_at_its_start_and_the_cut_is_told(service, model):
    made = finished(service, prompt=SPEECH * 4, model=model, length=3).value
    cut = 132 - 32 if model.startswith("gpt") else 0
    assert made.cut == cut and "".join(token.text for token in made.prompt) == (SPEECH * 4)[cut:]


def test_a_text_may_be_longer_than_the_context(service):
    assert len(finished(service, length=200).value.tokens) == 200


def test_a_poem_ends_where_it_ends(service):
    for seed in range(30):
        last = finished(service, prompt="长江", model="gpt-poems", length=300, seed=seed, temperature=1.5)
        if last.value.tokens[-1].text == "\n":
            assert last.done == last.total < 300 and text(last.value).count("\n") == 1
            return
    pytest.fail("no poem ended")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"prompt": ""}, "There is no text yet"),
        ({"prompt": "ROMEO: 你好"}, "does not know these characters: 你, 好"),
        ({"prompt": "Roméo “soft”"}, "é → e, “ → ', ” → '"),
        ({"prompt": "smile 🙂"}, "does not know these characters: 🙂"),
        ({"prompt": "שלום"}, "ש, ל, ו, ם"),
        ({"prompt": "a\x00b\x1b"}, "U\\+0000, U\\+001B"),
        ({"prompt": "<script>alert(1)</script>"}, "does not know these characters: <, >"),
        ({"prompt": "長江", "model": "gpt-poems"}, "長 → 长"),
        ({"prompt": "x" * 4001}, "at most 4000 characters, got 4001"),
        ({"length": 10**9}, "length must be between 1 and 1000"),
        ({"length": 0}, "length must be between 1 and 1000"),
        ({"temperature": -0.1}, "temperature must be between 0 and 2"),
        ({"temperature": math.nan}, "temperature must be a number"),
        ({"top_p": 1.5}, "top_p must be between 0 and 1"),
        ({"top_k": -1}, "top_k must be between 0 and 100"),
        ({"repetition": 0.5}, "repetition must be between 1 and 2"),
        ({"model": "gpt-5"}, "model must be one of"),
        ({"seed": 2**32}, "seed must be between"),
    ],
)
def test_bad_requests_are_one_sentence(service, values, words):
    with pytest.raises(BadRequestError, match=words):
        finished(service, **{"length": 3, **values})


def test_everything_off_at_once_still_writes(service):
    greedy = text(finished(service, length=20, temperature=0).value)
    assert text(finished(service, length=20, temperature=0, top_k=0, top_p=0, min_p=1).value) == greedy


def test_a_checkpoint_of_another_family_is_refused(service):
    with pytest.raises(NotFoundError, match="no checkpoint called diffusion-digits"):
        language_model(service.store, "diffusion-digits")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("position", [0, 1, 5, 4000])
def test_five_rows_each_hold_all_of_the_probability(service, model, position):
    request = Surgery(prompt=STARTS[model], model=model, position=position, top_k=6, top_p=0.8, temperature=0.7)
    odds = last(service.surgery(request))
    columns = [*odds.candidates, odds.rest]
    sums = {name: sum(getattr(column, name) for column in columns) for name in ("softmax", "tempered", "final")}
    assert sums == pytest.approx(dict.fromkeys(sums, 1.0), abs=1e-5)
    assert odds.position == max(1, min(position, len(STARTS[model])))
    assert sum(column.top_k > 0 for column in columns) <= 6 and odds.rest.final == 0
    for column in columns:
        assert (column.final > 0) == (column.top_p > 0) <= (column.top_k > 0) <= (column.tempered > 0)


def test_the_odds_agree_with_what_is_written_there(service):
    made = finished(service, length=10, temperature=0).value
    whole = "".join(token.text for token in (*made.prompt, *made.tokens))
    for place in range(len(made.prompt), len(whole)):
        odds = last(service.surgery(Surgery(prompt=whole, position=place, temperature=0)))
        best = [candidate for candidate in odds.candidates if candidate.final == 1]
        assert [candidate.text for candidate in best] == [whole[place]]


def test_odds_travel_with_what_stands_there(service):
    (step,) = service.service.stream("gpt_surgery", Surgery(prompt="To be, or not to be", position=6))
    value, text = step.value["odds"], step.value["text"]
    assert (value["before"], value["actual"], value["earlier"]) == ("To be,", " ", False)
    assert len(value["candidates"]) == 12 and all(len(column) == 6 for column in value["candidates"])
    assert "".join(token[0] for token in json.loads(text["prompt"])) == "To be, or not to be" and text["parts"] == []


def test_the_text_is_left_out_where_only_the_odds_changed(service):
    (step,) = service.service.stream("gpt_surgery", Surgery(position=6), False)
    assert step.value["text"] is None and step.value["odds"]["position"] == 6


@pytest.mark.parametrize("model", ["gpt-shakespeare", "lstm-shakespeare"])
@pytest.mark.parametrize("count", [1, 2, 31, 32, 33, 48, 49, 100])
def test_a_text_of_any_length_is_read_to_its_end(service, model, count):
    words = (SPEECH * 4)[:count]
    found = last(service.surgery(Surgery(prompt=words, model=model))).text
    assert "".join(token.text for token in found) == words
    network = language_model(service.store, model)
    for place in {1, count - 1} if count > 1 else ():
        start = 0 if model.startswith("lstm") or place < 32 else None
        if start is not None:
            odds = network(tokens_of(network, words[:place]))[0, -1].softmax(0)
            assert found[place].p == pytest.approx(odds[LETTERS.index(words[place])].item(), abs=1e-5)


@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
@pytest.mark.parametrize("request_", [Write(length=20), Surgery(position=9)], ids=["write", "surgery"])
def test_a_saved_file_makes_its_result_again(service, tmp_path, kind, request_):
    use_case = f"gpt_{type(request_).__name__.lower()}"
    *_, step = service.service.save(use_case, request_, kind)
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(step.value)
    card = cards.read(file)
    assert (card.use_case, card.checkpoint) == (use_case, "gpt-shakespeare") and len(card.sha256) == 64
    assert type(request_)(**card.values) == request_


def test_a_growing_value_only_ever_grows(service):
    steps = list(service.service.stream("gpt_write", Write(length=60)))
    values = [step.value for step in steps if step.value is not None]
    assert [step.done for step in steps] == list(range(1, 61)) and values[-1]["done"] == values[-1]["total"] == 60
    assert len(values) > 1 and len(values[-1]["text"]) == 60
    for before, after in itertools.pairwise(values):
        assert after["parts"][:-1] == before["parts"] and after["text"].startswith(before["text"])
        assert (after["run"], after["prompt"]) == (before["run"], before["prompt"])
    parts = [json.loads(part) for part in values[-1]["parts"]]
    assert "".join(token[0] for part in parts for token in part["tokens"]) == values[-1]["text"]
    assert parts[0]["at"] < parts[-1]["at"] and abs(parts[-1]["at"] / 1000 - time.time()) < 60


def test_another_run_has_another_name(service):
    one, two = (last(service.service.stream("gpt_write", Write(length=2))) for _ in range(2))
    assert one["text"] == two["text"] and one["run"] != two["run"]


def test_letters_of_the_tiny_models_are_all_different():
    assert len(set(LETTERS)) == len(LETTERS) and len(set(SIGNS)) == len(SIGNS)
