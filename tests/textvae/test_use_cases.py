"""The text VAE's use-cases on tiny models: what they give back, what they refuse, what they save."""

import dataclasses
import json
import subprocess
import sys

import pytest
import torch
from runs import Runs, last
from tiny_textvae import filled, tiny_store

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data.sentences import UNKNOWN
from aigc_demo.models.textvae import write
from aigc_demo.services.service import Service
from aigc_demo.services.textvae import sentences as reading
from aigc_demo.services.textvae.morph import document
from aigc_demo.services.textvae.requests import COMPARED, EXAMPLES, OF, Compare, Draw, Morph
from aigc_demo.services.textvae.sentences import encoded, model_of, written
from aigc_demo.services.use_case import find

REQUESTS = (
    Morph(stops=4),
    Morph("reviews", stops=3),
    Draw(count=2),
    Draw("reviews", "a dull movie", count=2),
    Compare(),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return Runs(tiny_store(filled(tmp_path_factory.mktemp("assets"))), "textvae")


def config(service, corpus="verse"):
    return model_of(service.store, OF[corpus]).config


def test_a_way_begins_and_ends_with_the_sentences_own_reconstructions(service):
    made = last(service.morph(Morph(first="明月松间照", last="清泉石上流", stops=5)))
    model = model_of(service.store)
    ends = encoded([made.first, made.last], model).mean
    rebuilt = written(model, ends, 0.0, torch.Generator())
    assert [made.steps[0], made.steps[-1]] == rebuilt and len(made.steps) == 5


def test_half_way_is_the_mean_of_both_codes(service):
    made = last(service.morph(Morph(stops=3)))
    model = model_of(service.store)
    middle = encoded([made.first, made.last], model).mean.mean(0, keepdim=True)
    assert written(model, middle, 0.0, torch.Generator())[0] == made.steps[1]


def test_empty_boxes_stand_for_the_examples(service):
    made = last(service.morph(Morph(stops=3)))
    assert (made.first.text, made.last.text) == EXAMPLES["verse"]
    assert last(service.morph(Morph(first=EXAMPLES["verse"][0], stops=3))) == made


def test_mixed_words_go_over_one_place_at_a_time(service):
    fade = last(service.morph(Morph(first="明月松间照", last="清泉石上流", stops=6))).fade
    assert fade[0] == "明月松间照" and fade[-1] == "清泉石上流"
    changes = [sum(a != b for a, b in zip(one, other, strict=True)) for one, other in zip(fade, fade[1:], strict=False)]
    assert changes == [1] * 5


def test_the_dimensions_are_those_of_both_posteriors_widest_apart_first(service):
    made = last(service.morph(Morph(stops=3)))
    apart = [abs(one.mean_first - one.mean_last) for one in made.dimensions]
    assert apart == sorted(apart, reverse=True) and len(apart) == config(service).latent
    assert sum(gap**2 for gap in apart) ** 0.5 == pytest.approx(made.distance, abs=1e-3)
    assert all(one.deviation_first > 0 and one.deviation_last > 0 for one in made.dimensions)


def test_one_seed_one_result_and_at_temperature_zero_the_codes_decide(service):
    hot = Draw(temperature=1.0, count=6)
    assert last(service.draw(hot)) == last(service.draw(hot))
    assert last(service.draw(hot)) != service.draw(dataclasses.replace(hot, seed=8))
    found = last(service.draw(Draw(count=3)))
    noise = torch.randn(3, config(service).latent, generator=torch.Generator().manual_seed(7))
    tokens, _ = write(model_of(service.store), noise)
    assert [len(one.words) for one in found.sentences] == [row.index(1) for row in tokens.tolist()]


def test_around_a_sentence_without_spread_all_are_its_own_reconstruction(service):
    found = last(service.draw(Draw(around="空山不见人", spread=0, count=3)))
    assert {one.text for one in found.sentences} == {found.middle.text} and set(found.distances) == {0.0}
    far = last(service.draw(Draw(around="空山不见人", spread=2, count=3)))
    assert min(far.distances) > 0 and far.middle == found.middle


def test_four_models_cost_what_their_words_and_codes_cost(service):
    found = last(service.compare(Compare(sentence="空山不见人")))
    assert [cost.model for cost in found.costs] == list(COMPARED)
    for cost in found.costs:
        assert len(cost.words) == 6
        assert cost.total == pytest.approx(sum(cost.words) + (cost.kl or 0), abs=0.02)
        assert (cost.kl is None) == cost.model.startswith("lm") == (not cost.dimensions)


@pytest.mark.parametrize("hidden", [0.0, 1.0])
def test_hidden_words_are_hidden(service, hidden):
    found = last(service.compare(Compare(sentence="空山不见人", hidden=hidden)))
    assert set(found.shown) == {""} if hidden else found.shown == tuple("空山不见人")


def test_what_is_too_long_is_cut_and_named(service):
    read = reading.read("明月松间照，清泉石上流", config(service))
    assert (read.text, read.cut) == ("明月松间照", "清泉石上流")
    read = reading.read("空山不见人空山不见人", config(service))
    assert (read.text, read.cut) == ("空山不见人空山", "不见人")
    read = reading.read("the movie " * 10 + ".", config(service, "reviews"))
    assert len(read.tokens) == 14 and read.cut == "the movie the movie the movie"


@pytest.mark.parametrize(
    ("text", "corpus", "expected"),
    [
        ("a dull movei", "reviews", (("movei", "movie"),)),
        ("a dull 🙂 movie", "reviews", (("🙂", ""),)),
        ("a dull 电影", "reviews", (("电影", ""),)),
        ("空山不见人🙂", "verse", (("🙂", ""),)),
        ("空山 שלום", "verse", tuple((sign, "") for sign in "שלום")),
        ("a dull <start> movie", "reviews", None),
    ],
)
def test_unknown_words_are_named_with_the_nearest_one(service, text, corpus, expected):
    read = reading.read(text, config(service, corpus))
    if expected is not None:
        assert read.replaced == expected
    assert all(token > UNKNOWN or "□" in read.text for token in read.tokens)


def test_traditional_characters_are_read_as_simplified_ones(service):
    pytest.importorskip("opencc")
    read = reading.read("明月鬆間照", config(service))
    assert read.replaced == (("間", "间"),) or ("間", "间") in read.replaced


def test_control_and_direction_signs_are_left_out(service):
    assert reading.read("空\u202e山\x00不\u200b见\ufeff人", config(service)).text == "空山不见人"


@pytest.mark.parametrize("text", ["   ", "，。！", "\x00\x01", "\u202e"])
def test_a_sentence_without_a_word_is_refused(service, text):
    with pytest.raises(BadRequestError, match="There is no word in"):
        last(service.morph(Morph(first=text)))


def test_a_sentence_of_another_language_is_refused_with_what_to_do(service):
    with pytest.raises(BadRequestError, match="lines of Chinese verse"):
        last(service.draw(Draw(around="hello there")))
    with pytest.raises(BadRequestError, match="English film reviews"):
        last(service.draw(Draw("reviews", "落霞与孤鹜齐飞")))


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(service, request_, kind, tmp_path):
    from aigc_demo.services import cards

    use_case = f"textvae_{type(request_).__name__.lower()}"
    *_, step = service.service.save(use_case, request_, kind)
    file = tmp_path / f"x.{kind}"
    file.write_bytes(step.value)
    card = cards.read(file)
    assert card.use_case == use_case and card.values == dataclasses.asdict(request_)
    assert card.checkpoint == find(use_case).checkpoints(request_)[0]


def test_markup_in_a_sentence_is_never_markup_in_a_file(service):
    request = Draw("reviews", "a <script>alert(1)</script> movie", count=1)
    *_, step = service.service.save("textvae_draw", request, "html")
    assert b"<script>alert" not in step.value and b"alert" in step.value


def test_documents_hold_every_sentence(service):
    made = last(service.morph(Morph(stops=4)))
    text = document(Morph(), [made]).text
    assert all(step.text in text for step in made.steps) and made.first.text in text


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_the_scripts_run_and_the_plain_one_writes_the_same(service, request_, tmp_path):
    """The second script in plain PyTorch, in a folder with the same weights; our own result beside it."""
    ours, plain = Service(service.store).python(f"textvae_{type(request_).__name__.lower()}", request_)
    compile(ours, "ours", "exec")
    (tmp_path / "assets").symlink_to(service.store.assets)
    done = subprocess.run([sys.executable, "-c", plain], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    if isinstance(request_, Compare):
        assert "nats" in lines[0]
        return
    made = last(getattr(service, type(request_).__name__.lower())(request_))
    assert lines == [one.text for one in (made.steps if isinstance(request_, Morph) else made.sentences)]


def test_a_result_is_plain_json(service):
    for request in REQUESTS:
        json.dumps(dataclasses.asdict(last(getattr(service, type(request).__name__.lower())(request))))
