"""Training on a text of one's own, on tiny weights: what is a text, learning, Stop, going on, running away, keeping."""

import dataclasses
import io
import json

import pytest
import torch
from runs import Runs, last
from safetensors.torch import load
from tiny_gpt import tiny_store

from aigc_demo.checkpoints import files
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.data.own_text import LEAST, corpus, held_out, repeats
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.services import cards
from aigc_demo.services.gpt import tune, tune_session
from aigc_demo.services.gpt.requests import GPTS, Tune, Write
from aigc_demo.services.gpt.sample_texts import SAMPLES
from aigc_demo.services.gpt.tokens import gpt_of
from aigc_demo.services.gpt.tune_session import Training, Trainings

LETTERS = "\n !&',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TEXT = "the king is dead, long live the king.\n" * 12


@pytest.fixture
def service(tmp_path_factory, monkeypatch):
    """The use-cases over tiny weights, without rests; samples of a few characters."""
    monkeypatch.setattr(tune.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(tune_session, "WRITTEN", 4)
    monkeypatch.setattr(tune, "MINUTE", 20)
    monkeypatch.setattr(tune, "TRAININGS", Trainings())
    return Runs(tiny_store(tmp_path_factory.mktemp("assets")), "gpt")


def request(**changes):
    """A press that lasts until it is stopped, or so many fifths of a second where `minutes` are given."""
    return Tune(**{"text": TEXT, "minutes": 3, "rate": 0.01, "every": 10, **changes})


def few(steps, count):
    """A run of one update less than `count`, then Stop; the last value. Two values come before any update."""
    found = None
    for _ in range(count + 1):
        found = next(steps).value
    steps.close()
    return found


# what is a text


def test_the_last_tenth_is_held_out_and_nothing_is_lost():
    made = corpus(TEXT, LETTERS)
    assert len(made.train) + len(made.test) == len(TEXT) and len(made.test) == len(TEXT) // 10
    known = "".join(LETTERS[int(token)] for token in torch.cat([made.train, made.test]))
    assert known == TEXT and made.dropped.total == 0


def test_unknown_characters_are_left_out_and_counted():
    made = corpus(TEXT + "“中中”\N{PILE OF POO}", LETTERS)
    assert made.dropped.total == 5 - made.dropped.replaced
    assert dict(made.dropped.left_out)["中"] == 2 and dict(made.dropped.left_out)["\N{PILE OF POO}"] == 1


def test_characters_that_look_alike_are_replaced():
    made = corpus(TEXT + "— ’twas café", LETTERS)
    assert made.dropped.replaced == 3 and made.dropped.total == 0


def test_line_ends_of_every_kind_are_one():
    assert torch.equal(corpus(TEXT.replace("\n", "\r\n"), LETTERS).train, corpus(TEXT, LETTERS).train)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no text to train on"),
        (" \n\t ", "no text to train on"),
        ("a", f"has 1 characters; training needs {LEAST}"),
        ("\x89PNG\r\n\x1a\n\0\0" + TEXT, "not a text"),
        (TEXT + "\x07\x1b" * 30, "not a text"),
        (TEXT + "\N{REPLACEMENT CHARACTER}" * 30, "not a text"),
        ("天地玄黄" * 100, "100% of this text"),
        ("שלום עולם " * 50, "that the model does not know"),
        (TEXT[:150] + "天" * 30, "training needs"),
    ],
    ids=["empty", "blank", "one", "png", "control", "undecodable", "chinese", "right to left", "short"],
)
def test_what_is_no_text_is_one_sentence(service, text, words):
    with pytest.raises(BadRequestError, match=words):
        next(service.tune(request(text=text)))


def test_a_text_over_the_limit_is_refused():
    with pytest.raises(BadRequestError, match="at most 1000000 characters, got 1000001"):
        request(text="a" * 1_000_001)


@pytest.mark.parametrize("values", [{"rate": float("nan")}, {"rate": 2}, {"minutes": 1e9}, {"every": 0}, {"text": 7}])
def test_what_cannot_be_asked(values):
    with pytest.raises(BadRequestError):
        request(**values)


def test_the_texts_to_try_can_be_read_by_the_models_that_ship():
    assert {model for model, _ in SAMPLES.values()} <= set(GPTS)
    for model, text in SAMPLES.values():
        assert len(text) >= LEAST and "\t" not in text
        assert model == "gpt-poems" or all(ord(letter) < 128 for letter in text)


# learning


def test_it_learns_the_text_and_says_so(service):
    made = few(service.tune(request(every=20)), 61)
    assert made.step == 60 and [step for step, _ in made.held] == [0, 20, 40, 60]
    assert made.held[-1][1] < 0.8 * made.held[0][1] and made.curve[-1][1] < made.curve[0][1]
    assert [sample.step for sample in made.samples] == [0, 20, 40, 60]
    assert all(len(sample.text) == 4 for sample in made.samples)
    json.dumps(tune.curves(request(), made), allow_nan=False)


def test_a_press_ends_with_a_look_at_what_it_learned(service):
    steps = list(service.tune(request(minutes=0.05)))
    assert steps[0].value.step == 0 and steps[-1].done == steps[-1].total
    made = steps[-1].value
    assert made.step >= 1 and made.held[-1][0] == made.samples[-1].step == made.step


def test_the_shipped_weights_stay_as_they_are(service):
    before = [part.clone() for part in gpt_of(service.store, "gpt-shakespeare").parameters()]
    few(service.tune(request()), 6)
    assert all(
        torch.equal(a, b) for a, b in zip(before, gpt_of(service.store, "gpt-shakespeare").parameters(), strict=True)
    )


def test_what_is_held_out_is_never_learned_from(service):
    base = gpt_of(service.store, "gpt-shakespeare")
    training = Training(base, corpus(TEXT, LETTERS), tune_session.start_of(request()), 7)
    marked = torch.full_like(training.corpus.test, 5)
    training.corpus = dataclasses.replace(training.corpus, test=marked)
    assert not (training.pieces() == 5).all(1).any() and training.pieces().shape == (
        tune_session.BATCH,
        training.window + 1,
    )


def test_the_same_seed_gives_the_same_training(service):
    one, two = (few(service.tune(request(seed=3)), 5) for _ in range(2))
    assert one.curve == two.curve and one.samples == two.samples
    assert few(service.tune(request(seed=4)), 5).curve != one.curve


def test_a_rate_of_zero_changes_nothing(service):
    made = [step.value for step in service.tune(request(rate=0.0, minutes=0.05))][-1]
    assert made.held[-1][1] == pytest.approx(made.held[0][1], abs=1e-5)


def test_stop_keeps_what_is_there_and_the_next_press_goes_on(service):
    first = few(service.tune(request(), ""), 5)
    assert first.step == 4 and first.token
    again = few(service.tune(request(), first.token), 3)
    assert again.token == first.token and again.step == 6


def test_another_text_model_or_seed_begins_anew(service):
    first = few(service.tune(request(), ""), 5)
    other = few(service.tune(request(text=TEXT.upper()), first.token), 2)
    assert other.step == 1 and other.token != first.token
    with pytest.raises(NotFoundError):
        tune.trained(first.token)


def test_a_training_that_runs_away_stops_with_a_sentence_and_can_be_begun_anew(service):
    steps = service.tune(request(), "")
    token = next(steps).value.token
    tune.trained(token).model.norm.weight.data.fill_(float("nan"))  # as a rate does that is far too large
    with pytest.raises(BadRequestError, match="ran away"):
        list(steps)
    again = few(service.tune(request(), token), 2)
    assert again.step == 1 and again.token != token


def test_the_public_way_keeps_nothing(service):
    assert few(service.tune(request()), 3).token == ""
    assert not tune.TRAININGS._kept


def test_two_presses_at_once_are_one_sentence(service):
    steps = service.tune(request(), "")
    token = next(steps).value.token
    with pytest.raises(BadRequestError, match="training or writing already"):
        next(service.tune(request(), token))
    assert tune.trained(token)  # the first one goes on
    steps.close()
    assert few(service.tune(request(), token), 2).token == token


# what one does with it


def test_one_writes_with_ones_own_weights(service):
    token = [step.value for step in service.tune(request(minutes=0.05, rate=0.1), "")][-1].token
    asked = Write(prompt="the king", temperature=0, length=12)
    own = [step.value for step in tune.write_own(token, asked)][-1]
    shipped = [step.value for step in service.write(asked)][-1]
    assert [t.text for t in own.tokens] != [t.text for t in shipped.tokens]


def test_without_a_training_writing_is_one_sentence(service):
    for token in ("", "guessed"):
        with pytest.raises(NotFoundError, match="no trained model of yours"):
            next(tune.write_own(token, Write()))


def test_the_weights_can_be_taken_home(service, tmp_path):
    token = [step.value for step in service.tune(request(minutes=0.05), "")][-1].token
    found = last(service.service.save("gpt_tune", request(), "safetensors", token))
    assert load(found)
    path = tmp_path / "mine.safetensors"
    path.write_bytes(found)
    model = files.read(path, GPT, GPTConfig)
    own = tune.trained(token).model
    for mine, theirs in zip(own.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine.detach(), theirs, atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("kind", ["txt", "json"])
def test_samples_are_saved_with_the_card(service, tmp_path, kind):
    token = few(service.tune(request(), ""), 3).token
    file = tmp_path / f"samples.{kind}"
    file.write_bytes(last(service.service.save("gpt_tune", request(), kind, token)))
    text = file.read_text() if kind == "txt" else json.loads(file.read_text())["text"]
    assert text.startswith("# gpt-shakespeare · 2 steps") and "held out" in text
    card = cards.read(file)
    assert card.use_case == "gpt_tune" and card.values["text"] == TEXT


def test_a_card_leaves_a_long_text_out(service):
    long = service.service.card("gpt_tune", request(text=TEXT * 100))
    assert "text" not in long.values and long.values["every"] == 10


def test_the_page_keeps_the_token_and_a_program_never_sees_it(service):
    asked = request(minutes=0.05)
    values = [step.value for step in service.service.stream("gpt_tune", asked, "") if step.value is not None]
    assert len({value["token"] for value in values}) == 1 and tune.trained(values[-1]["token"])
    *_, step = service.service.answer("gpt_tune", asked)
    assert load(step.value.file) and step.value.name == "gpt_tune-7.safetensors"
    assert "token" not in json.dumps(step.value.result) and step.value.result["step"] >= 1
    assert len(tune.TRAININGS._kept) == 1


def test_saving_without_a_training_makes_one_and_keeps_none(service):
    steps = list(service.service.save("gpt_tune", request(minutes=0.05), "txt"))
    assert steps[-1].value and all(step.value is None for step in steps[:-1]) and len(steps) > 2
    assert not tune.TRAININGS._kept


def test_a_file_of_another_kind_is_refused(service):
    with pytest.raises(BadRequestError, match="must be one of"):
        next(service.service.save("gpt_tune", request(), "exe"))


def test_only_a_few_trainings_are_kept_and_each_for_a_while(service, monkeypatch):
    model, asked = gpt_of(service.store, "gpt-shakespeare"), request()
    make = lambda: Training(model, corpus(TEXT, LETTERS), tune_session.start_of(asked), 7)  # noqa: E731
    kept = Trainings(most=2, seconds=100)
    now = [0.0]
    monkeypatch.setattr(tune_session.time, "monotonic", lambda: now[0])
    one, two = kept.keep(make()), kept.keep(make())
    assert kept.find(one) and len({one, two}) == 2
    three = kept.keep(make())
    assert kept.find(two) is None and kept.find(one) and kept.find(three)  # the one that was not used went
    now[0] = 99
    assert kept.find(three)
    now[0] = 150
    assert kept.find(one) is None and kept.find(three)
    kept.drop(three)
    assert kept.find(three) is None


def test_a_file_of_a_model_is_about_half_of_its_weights(service):
    model = gpt_of(service.store, "gpt-shakespeare")
    count = sum(part.numel() for part in model.parameters())
    assert 2 * count < len(tune.weights(model)) < 2 * count + 6000 and io.BytesIO(tune.weights(model))


def test_what_is_held_out_does_not_stand_in_the_part_that_is_learned():
    verse = SAMPLES["jabberwocky"][1]  # ends with the stanza that it begins with
    start, end, share = held_out(verse)
    assert share < 0.1 and end < len(verse) and end - start == len(verse) // 10
    assert repeats(verse[-100:], verse[:-100]) > 0.9


def test_a_text_that_says_one_thing_over_and_over_is_called_so():
    assert corpus(TEXT, LETTERS).repeated == 1
    assert corpus(SAMPLES["alice"][1], LETTERS).repeated < 0.1
