"""The use cases that look inside a GPT, on tiny weights: attention, LSTM, cache, library, files, bad input."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from runs import Runs, last
from tiny_gpt import tiny_store

from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines.pairs import gpt as gpt_pair
from aigc_demo.pipelines.parity import with_mistake
from aigc_demo.services import cards
from aigc_demo.services.both_write import TOLERANCE
from aigc_demo.services.gpt.attention import SEEN
from aigc_demo.services.gpt.lstm import moved
from aigc_demo.services.gpt.requests import GPTS, MISTAKES, Attention, Beside, Cache, Lstm, Write
from aigc_demo.services.gpt.tokens import language_model

PROMPTS = {"gpt-shakespeare": "What is the city but", "gpt-poems": "长江一夜秋风起，"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use cases over tiny weights."""
    return Runs(tiny_store(tmp_path_factory.mktemp("assets")), "gpt")


# attention


@pytest.mark.parametrize("model", GPTS)
def test_shares_are_those_of_the_model_and_sum_to_one(service, model):
    made = last(service.attention(Attention(prompt=PROMPTS[model], model=model)))
    network = language_model(service.store, model)
    tokens = torch.tensor([[network.config.characters.index(letter) for letter in made.text]])
    expected = network.attention(tokens)[:, 0]  # (L, H, T, T)
    rows, columns = np.tril_indices(len(made.text))
    full = np.zeros(expected.shape)
    full[:, :, rows, columns] = made.weights / 255
    np.testing.assert_allclose(full, expected.detach(), atol=0.51 / 255)
    np.testing.assert_allclose(full.sum(-1), 1, atol=len(made.text) / 255)


def test_of_a_long_prompt_the_last_characters_are_shown_and_the_rest_counted(service):
    made = last(service.attention(Attention(prompt="ab" * 300 + "z")))
    context = language_model(service.store, "gpt-shakespeare").config.context
    assert len(made.text) == min(SEEN, context) and made.text.endswith("z")
    assert made.cut == 601 - len(made.text)


def test_one_character_looks_at_itself_alone(service):
    made = last(service.attention(Attention(prompt="A")))
    assert made.weights.shape[2] == 1 and (made.weights == 255).all()


def test_the_lstm_has_no_attention_to_show(service):
    with pytest.raises(BadRequestError):
        Attention(model="lstm-shakespeare")


# LSTM beside GPT


def test_both_write_the_same_as_alone(service):
    made = last(service.lstm(Lstm(length=12, seed=3)))
    for side, model in ((made.gpt, "gpt-shakespeare"), (made.lstm, "lstm-shakespeare")):
        prompt = Lstm().prompt[made.cut :]
        alone = last(service.write(Write(prompt=prompt, length=12, seed=3, model=model)))
        assert side.text == "".join(token.text for token in alone.tokens)
        np.testing.assert_allclose(side.p, [token.p for token in alone.tokens], atol=1e-5)
        costs = [-np.log(token.p) for token in alone.prompt[1:]]
        assert side.nats == pytest.approx(np.mean(costs), abs=1e-4)


def test_the_cache_grows_and_the_memory_does_not(service):
    steps = [step.value for step in service.lstm(Lstm(prompt="ROMEO:\n", length=9))]
    config = language_model(service.store, "gpt-shakespeare").config
    each = 2 * config.n_layer * config.n_kv_head * config.head_width
    assert [made.gpt.numbers for made in steps] == [each * (7 + done) for done in range(1, 10)]
    assert {made.lstm.numbers for made in steps} == {2 * 2 * 16}
    assert all(made.gpt.kept_bytes == 4 * made.gpt.numbers and made.gpt.each == each for made in steps)


def test_the_strip_holds_the_cells_that_the_model_really_has(service):
    made = last(service.lstm(Lstm(prompt="ROMEO:\n", length=5)))
    model = language_model(service.store, "lstm-shakespeare")
    state = model.state()
    letters = model.config.characters
    model(torch.tensor([[letters.index(letter) for letter in made.strip.text]]), state)
    at_end = [state.cell[layer, 0, unit].tanh().item() for layer, unit in made.strip.units]
    np.testing.assert_allclose(made.strip.cells[:, -1] / 127, at_end, atol=0.51 / 127 + 1e-5)
    changes = np.abs(np.diff(made.strip.cells.astype(float), axis=1)).mean(1)
    busy = len(changes) // 2
    assert (np.diff(changes[:busy]) <= 1).all()  # the most changing first, up to rounding
    assert changes[:busy].min() >= changes[busy:].max() - 1


def test_the_strip_is_of_the_prompt_then_of_all_and_the_fading_comes_at_the_end(service):
    steps = [step.value for step in service.lstm(Lstm(length=4))]
    assert [len(made.strip.text) for made in steps] == [len(Lstm().prompt[-32:])] * 3 + [36]
    assert [made.fading is not None for made in steps] == [False, False, False, True]


def test_another_first_word_is_as_long_and_moves_the_odds(service):
    fading = last(service.lstm(Lstm(prompt="ROMEO:\n", changed="Jo", length=6))).fading
    assert (fading.word, fading.changed) == ("ROMEO", "JoJoJ")
    assert len(fading.gpt) == len(fading.lstm) == len(fading.text) and fading.text.startswith(":\n")
    assert min(fading.gpt) >= 0 and max(fading.gpt) > 1e-4 and max(fading.lstm) > 1e-4


@pytest.mark.parametrize("values", [{"changed": "ROMEO"}, {"changed": ""}, {"prompt": "\nROMEO"}])
def test_without_another_first_word_there_is_no_fading(service, values):
    assert last(service.lstm(Lstm(**{"prompt": "ROMEO:\n", "length": 3, **values}))).fading is None


def test_a_prompt_of_one_character_has_no_cost(service):
    made = last(service.lstm(Lstm(prompt="A", length=2)))
    assert made.gpt.nats is None and json.dumps(
        last(service.service.stream("gpt_lstm", Lstm(prompt="A", length=2))), allow_nan=False
    )


def test_the_odds_behind_the_same_beginning_do_not_move(service):
    model = language_model(service.store, "lstm-shakespeare")
    assert max(moved(model, "ROMEO", "ROMEO", ":\nBut")) < 1e-6


# the cache


def test_both_ways_write_the_same_text_as_the_writing_tab(service):
    steps = [step.value for step in service.cache(Cache(length=20))]
    made = steps[-1]
    assert made.same and len(made.with_cache) == len(made.without) == len(made.text) == 20
    assert min(made.with_cache + made.without) > 0
    alone = last(service.write(Write(length=20)))
    assert made.text == "".join(token.text for token in alone.tokens)
    sizes = [one.cache_bytes for one in steps]
    assert sizes == sorted(set(sizes))


def test_a_race_stays_within_the_context(service):
    made = last(service.cache(Cache(prompt="ab" * 40, length=240)))
    context = language_model(service.store, "gpt-shakespeare").config.context
    assert len(made.text) == context - 1 and len(made.prompt) == 1 and made.cut == 79


# beside transformers


@pytest.mark.parametrize("model", GPTS)
def test_ours_and_transformers_write_the_same(service, model):
    *steps, end = service.beside(Beside(prompt=PROMPTS[model], model=model, length=10))
    made = end.value
    assert all(step.value is None for step in steps) and end.done == end.total == 12
    assert made.ours == made.theirs and made.both.same == 10
    assert made.both.first is None and made.both.maximum < TOLERANCE
    assert made.both.kind == ("GPT2LMHeadModel" if model == "gpt-poems" else "LlamaForCausalLM")


WRONG = {  # model, mistake -> how the name of the first wrong layer ends; None where the mistake changes nothing
    ("gpt-shakespeare", "untied_head"): "head",
    ("gpt-shakespeare", "positions_shifted"): None,
    ("gpt-shakespeare", "no_causal_mask"): "blocks.0.attention.out",
    ("gpt-shakespeare", "wrong_scaling"): "blocks.0.attention.out",
    ("gpt-shakespeare", "rope_pairs"): "blocks.0.attention.out",
    ("gpt-poems", "untied_head"): "head",
    ("gpt-poems", "positions_shifted"): "blocks.0.norm1",
    ("gpt-poems", "no_causal_mask"): "blocks.0.attention.out",
    ("gpt-poems", "wrong_scaling"): "blocks.0.attention.qkv",
    ("gpt-poems", "rope_pairs"): None,
}


@pytest.mark.parametrize(("model", "mistake"), WRONG)
def test_the_first_wrong_layer_is_named(service, model, mistake):
    made = last(service.beside(Beside(prompt=PROMPTS[model], model=model, length=2, mistake=mistake))).both
    expected = WRONG[model, mistake]
    assert (None if made.first is None else made.layers[made.first][0]) == expected
    form = language_model(service.store, model).config.form
    assert ((form, mistake) in gpt_pair.SILENT) == (expected is None)


def test_every_mistake_can_be_asked_for_and_leaves_the_model_right(service):
    assert set(gpt_pair.MISTAKES) == set(MISTAKES) - {"none"}
    model = language_model(service.store, "gpt-shakespeare")
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for mistake in gpt_pair.MISTAKES:
        assert isinstance(with_mistake(model, mistake), GPT)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


# bad input, for all of them


USES = {Attention: "attention", Lstm: "lstm", Cache: "cache", Beside: "beside"}


@pytest.mark.parametrize("kind", USES)
@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", "There is no text yet"),
        ("a\N{PILE OF POO}b", "does not know these characters"),
        ("שלום", "does not know these characters"),
        ("a\0\x1bb", "does not know these characters"),
        ("“quoted”", "does not know these characters"),
        ("a" * 4001, "at most 4000 characters"),
        (7, "must be text"),
    ],
)
def test_a_bad_prompt_is_one_sentence(service, kind, prompt, words):
    with pytest.raises(BadRequestError, match=words):
        list(getattr(service, USES[kind])(kind(prompt=prompt)))


def test_numbers_out_of_bounds_are_refused():
    for make in (lambda: Cache(length=10**9), lambda: Cache(temperature=-1), lambda: Lstm(seed=-1)):
        with pytest.raises(BadRequestError, match="must be between"):
            make()
    with pytest.raises(BadRequestError, match="must be one of"):
        Beside(mistake="all of them")


def test_temperature_zero_with_all_cuts_off_takes_the_best(service):
    request = Lstm(temperature=0, top_k=0, top_p=0, length=5)
    greedy = last(service.beside(Beside(prompt=request.prompt, length=5))).ours
    assert last(service.lstm(request)).gpt.text == greedy or len(request.prompt) > 27


def test_without_weights_one_sentence_says_what_to_run(tmp_path):
    from tiny_gpt import Catalogue, Family, Store, entry

    entries = (entry("gpt-shakespeare"),)
    nothing = Runs(Store(tmp_path, device="cpu", listing=Catalogue((Family("gpt", entries),), entries)), "gpt")
    with pytest.raises(UnavailableError, match=r"Run: train gpt-shakespeare"):
        last(nothing.attention(Attention()))


# files


REQUESTS = {
    "gpt_attention": Attention(),
    "gpt_lstm": Lstm(length=3),
    "gpt_cache": Cache(length=10),
    "gpt_beside": Beside(length=3),
}


@pytest.mark.parametrize("use_case", REQUESTS)
@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(service, tmp_path, use_case, kind):
    request = REQUESTS[use_case]
    if use_case == "gpt_attention" and kind in ("txt", "html"):
        pytest.skip("a map is a picture")
    found = last(service.service.save(use_case, request, kind))
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(found)
    card = cards.read(file)
    assert card.use_case == use_case and type(request)(**card.values) == request
    if kind == "png":
        assert Image.open(io.BytesIO(found)).size[0] > 100


def test_a_format_that_is_none_is_refused(service):
    for use_case, request in REQUESTS.items():
        with pytest.raises(BadRequestError, match="must be one of"):
            last(service.service.save(use_case, request, "exe"))


def test_a_saved_page_holds_no_markup_of_the_prompt(service):
    found = last(service.service.save("gpt_cache", Cache(prompt="a & b", length=10), "html")).decode()
    assert "a &amp; b" in found and "a & b" not in found
