"""A language model in a folder: the same logits from transformers and from our own form, and text that survives."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from tiny_language import network, save_llama, save_t5, save_words
from transformers import AutoModelForCausalLM

from aigc_demo.core.errors import UnavailableError, UserError
from aigc_demo.models.int8 import Int8Linear, Packed, in_bytes, is_here, pack, to_bytes
from aigc_demo.pipelines import text_bytes
from aigc_demo.pipelines.text_bytes import open_bytes
from aigc_demo.pipelines.text_folder import Spelling, Words, open_text
from aigc_demo.pipelines.text_library import Choosing, generate, open_library
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write

TEXTS = [
    "hello there",
    "落霞与孤鹜齐飞",
    "😀👩‍👩‍👧",
    "שלום עולם",
    "a\x00b\x1b[31m\u202e",
    "<script>alert(1)</script>",
    " lead  \n\n",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def library(folder):
    return open_library(folder)


def test_our_form_and_transformers_give_the_same_logits(folder):
    ours = open_text(folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokens = torch.tensor([ours.words.encode("hello, what is this about?")])
    with torch.inference_mode():
        torch.testing.assert_close(ours.model(tokens), theirs(tokens).logits, rtol=0, atol=1e-3)
        theirs.model.layers[1].mlp.up_proj.weight += 0.01
        assert (ours.model(tokens) - theirs(tokens).logits).abs().max() > 1e-3


def test_it_is_the_network_that_was_saved(folder):
    kept, ours = network(), open_text(folder).model
    assert ours.config.n_kv_head == 2 and ours.head.weight is ours.embed.weight
    assert all(torch.equal(tensor, kept.state_dict()[name]) for name, tensor in ours.state_dict().items())


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_comes_back_whole_also_token_by_token(folder, text):
    words = Words(folder)
    tokens, spelling = words.encode(text), Spelling(words)
    assert words.decode(tokens) == text
    pieces = [spelling.add(token) for token in tokens]
    assert "".join(pieces) + spelling.rest() == text and "\N{REPLACEMENT CHARACTER}" not in "".join(pieces)


def test_marks_in_a_text_are_text(folder):
    words = Words(folder)
    tokens = words.encode("no <|im_end|> here")
    assert words.special("<|im_end|>") == 2 and 2 not in tokens and words.decode(tokens) == "no <|im_end|> here"
    assert words.encode("\ud83d")  # half an emoji


def test_greedy_text_is_that_of_generate(folder, library):
    ours = open_text(folder)
    tokens = ours.words.encode("hello there")
    with torch.inference_mode():
        picks = write(ours.model, torch.tensor([tokens]), Sampling(temperature=0), chances(0, 20))
        mine = [int(pick.token) for pick in picks]
    theirs = list(generate(library, tokens, Choosing(), 20, whole=True))
    assert mine == theirs and len(mine) == 20


def test_a_seed_fixes_what_transformers_says_and_leaving_ends_it(library):
    tokens = library.encode("hello")
    how = Choosing(temperature=1.5, seed=3)
    before = torch.random.get_rng_state()
    one, same = (list(generate(library, tokens, how, 30, whole=True)) for _ in range(2))
    other = list(generate(library, tokens, Choosing(temperature=1.5, seed=4), 30, whole=True))
    assert one == same != other and torch.equal(before, torch.random.get_rng_state())
    run = generate(library, tokens, how, 150, whole=True)
    assert [next(run), next(run)] == one[:2]
    run.close()


def test_a_model_with_an_encoder_writes_too(tmp_path):
    model = open_library(save_t5(tmp_path))
    assert model.encodes and model.prefixes == {"translation_en_to_fr": "translate English to French: "}
    found = list(generate(model, model.encode("hello"), Choosing(), 6, whole=True))
    assert len(found) == 6


def spoil(tmp_path, name, content):
    save_llama(tmp_path)
    path = tmp_path / name
    path.unlink() if content is None else path.write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x00\xff", b'{"model": {"type": "BPE"}}'])
def test_a_tokenizer_file_that_is_missing_or_wrong_is_said(tmp_path, content):
    spoiled = spoil(tmp_path, "tokenizer.json", content)
    for opened in (open_text, open_library):
        with pytest.raises(UnavailableError) as refused:
            opened(spoiled, "some")
        assert refused.value.key == "tokenizer_missing"


def test_a_tokenizer_of_another_model_is_said(tmp_path):
    save_llama(tmp_path, vocabulary=100)
    save_words(tmp_path)
    for opened in (open_text, open_library):
        with pytest.raises(UnavailableError) as refused:
            opened(tmp_path, "some")
        assert refused.value.key == "tokenizer_wrong"


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [("config.json", None, "hub_damaged"), ("config.json", b"[]", "hub_unsupported")]
    + [
        ("config.json", b'{"model_type": "bert"}', "hub_no_text"),
        ("config.json", b'{"model_type": "llama"}', "hub_no_text"),
    ]
    + [("model.safetensors", None, "hub_damaged"), ("model.safetensors", b"\x08" + b"\0" * 40, "hub_damaged")],
)
def test_other_broken_files_are_said(tmp_path, name, content, key):
    with pytest.raises(UserError) as refused:
        open_text(spoil(tmp_path, name, content))
    assert refused.value.key == key


def test_an_early_config_opens_too(folder, tmp_path):
    """Before transformers 5 the base of the rotation stood by itself."""
    save_llama(tmp_path, rope_base=500.0)
    plain = json.loads((tmp_path / "config.json").read_text())
    del plain["rope_parameters"]
    (tmp_path / "config.json").write_text(json.dumps({**plain, "rope_theta": 500.0, "rope_scaling": None}))
    assert open_text(tmp_path).model.config == network(rope_base=500.0).config


# a byte per weight


@pytest.mark.parametrize("outputs", [64, 192, 96, 40])
def test_bytes_are_within_half_a_step(outputs):
    weight = torch.randn(outputs, 30)
    layer = Int8Linear(Packed(to_bytes(weight), torch.empty(0), torch.empty(0)), 30)
    again = layer.columns().transpose(1, 2).reshape(outputs, 30)
    steps = (weight.amax(0) - weight.amin(0)) / 255  # of a whole column: a block's are no larger
    assert ((again - weight).abs() <= steps / 2 + 1e-6).all() and not torch.equal(again, weight)


def test_our_bytes_are_those_of_the_library():
    weight = torch.randn(64, 30)
    theirs = torch.ops.quantized.embedding_bag_byte_prepack(weight.T.contiguous())
    assert (to_bytes(weight) != theirs).float().mean() < 0.001  # a number in the middle may be rounded either way


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 3), (1, 40)])
def test_sums_and_products_of_bytes_are_those_of_the_weights(shape):
    linear = torch.nn.Linear(64, 96)
    x = torch.randn(*shape, 64)
    with torch.inference_mode():
        layer = Int8Linear(pack(linear.weight), 64, linear.bias)
        found, expected = layer(x), linear(x)
        exact = x @ layer.columns().transpose(1, 2).reshape(96, 64).T + linear.bias
    assert found.shape == expected.shape and (found - expected).norm() <= 0.01 * expected.norm()
    torch.testing.assert_close(found, exact, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("tokens", [1, 5])
def test_columns_with_a_large_weight_are_exact_in_a_layer_that_narrows(tokens):
    linear = torch.nn.Linear(128, 64)
    x = torch.randn(tokens, 128)
    with torch.no_grad():
        linear.weight[3, 7], linear.weight[5, 90] = 30.0, -40.0
        x[:, (7, 90)] *= 100
        layer = Int8Linear(pack(linear.weight), 128, linear.bias)
        assert {7, 90} <= set(layer.exact[0].tolist())
        assert (layer(x) - linear(x)).abs().max() < 0.02


def test_constant_and_zero_weights_have_bytes_too():
    for weight in (torch.zeros(64, 3), torch.full((64, 3), 0.7)):
        layer = Int8Linear(pack(weight), 3)
        torch.testing.assert_close(layer.columns().transpose(1, 2).reshape(64, 3), weight)


def test_a_model_in_bytes_writes_nearly_the_same_and_shares_the_rest(folder):
    model = open_text(folder).model
    small = in_bytes(model)
    tokens = torch.tensor([Words(folder).encode("hello there, this is a text")])
    with torch.inference_mode():
        one, other = model(tokens).log_softmax(-1), small(tokens).log_softmax(-1)
    if is_here():
        assert isinstance(small.blocks[0].mlp.up, Int8Linear)
        assert 0 < (one - other).abs().mean() < 0.1
    assert small.embed.weight is model.embed.weight and isinstance(model.head, torch.nn.Linear)


def test_where_no_machine_sums_bytes_the_model_stays_as_it_is(monkeypatch, folder):
    monkeypatch.setattr("aigc_demo.models.int8.is_here", lambda: False)
    monkeypatch.setattr("aigc_demo.pipelines.text_bytes.is_here", lambda: False)
    model = network()
    assert in_bytes(model) is model
    assert isinstance(open_bytes(folder).model.blocks[0].mlp.up, torch.nn.Linear)


@pytest.fixture
def copied(folder, tmp_path):
    """A folder of one's own."""
    return Path(shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("int8*")))


def test_a_file_of_bytes_is_made_once_and_then_mapped(copied, monkeypatch):
    if not is_here():
        pytest.skip("this machine has no sums of bytes")
    plain = open_text(copied).model
    first = open_bytes(copied).model
    monkeypatch.setattr(text_bytes, "packed", lambda *_: pytest.fail("made again"))
    again = open_bytes(copied).model
    tokens = torch.arange(12)[None]
    with torch.inference_mode():
        expected = in_bytes(plain)(tokens)
        assert torch.equal(first(tokens), again(tokens))
        torch.testing.assert_close(again(tokens), expected, atol=1e-4, rtol=1e-4)
        assert list(chosen(again)) == list(chosen(first))


def chosen(model):
    """The likeliest tokens after a few."""
    for pick in write(model, torch.arange(5)[None], Sampling(temperature=0), chances(0, 6)):
        yield int(pick.token)


@pytest.mark.parametrize("spoil_file", [lambda p: p.write_bytes(b"x"), lambda p: p.write_bytes(p.read_bytes()[:999])])
def test_a_broken_file_of_bytes_or_new_weights_make_it_anew(copied, spoil_file):
    if not is_here():
        pytest.skip("this machine has no sums of bytes")
    expected = list(chosen(open_bytes(copied).model))
    spoil_file(copied / text_bytes.FILE)
    assert list(chosen(open_bytes(copied).model)) == expected
    save_llama(copied, seed=5)
    again = in_bytes(open_text(copied).model)
    tokens = torch.arange(9)[None]
    with torch.inference_mode():
        torch.testing.assert_close(open_bytes(copied).model(tokens), again(tokens), atol=1e-4, rtol=1e-4)


def test_a_folder_that_cannot_be_written_is_opened_all_the_same(copied, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    assert list(chosen(open_bytes(copied).model)) and not list(copied.glob("int8*"))
