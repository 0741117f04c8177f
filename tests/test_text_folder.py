"""A language model in a folder: the same logits from transformers and from our own form, and text that survives."""

import json

import pytest
import torch
from tiny_language import network, save_llama, save_t5, save_words
from transformers import AutoModelForCausalLM

from aigc_demo.core.errors import UnavailableError, UserError
from aigc_demo.models.int8 import DYNAMIC, WEIGHTS, Int8Linear, Way, Ways, in_bytes, is_right, to_bytes, ways_here
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


def test_bytes_are_within_half_a_step():
    weight = torch.randn(7, 30)
    kept, scale = to_bytes(weight)
    assert kept.dtype == torch.int8 and ((kept * scale[:, None] - weight).abs() <= scale[:, None] / 2 + 1e-6).all()


@pytest.mark.parametrize("way", [DYNAMIC, WEIGHTS], ids=lambda way: way.name)
def test_a_way_is_right_or_is_not_taken(way):
    if not is_right(way):
        pytest.skip("this machine or this torch has no such operator")
    linear = torch.nn.Linear(64, 40)
    x = torch.randn(2, 3, 64)
    with torch.inference_mode():
        for ways, given in ((Ways(way, way), x), (Ways(way, None), x), (Ways(way, None), x[:1, :1])):
            found, expected = Int8Linear(linear, ways)(given), linear(given)
            assert found.shape == expected.shape and (found - expected).norm() <= 0.03 * expected.norm()
            assert torch.equal(found, expected) == (ways.exact is None and len(given) > 1)


def test_a_model_in_bytes_writes_nearly_the_same_and_shares_the_rest(folder):
    model = open_text(folder).model
    small = in_bytes(model)
    tokens = torch.tensor([Words(folder).encode("hello there, this is a text")])
    with torch.inference_mode():
        one, other = model(tokens).log_softmax(-1), small(tokens).log_softmax(-1)
    if ways_here().quick is not None:
        assert isinstance(small.blocks[0].mlp.up, Int8Linear) and isinstance(small.head, Int8Linear)
        assert small.blocks[0].mlp.down.ways.quick is not DYNAMIC  # its inputs have a few large numbers
        assert 0 < (one - other).abs().mean() < 0.1
    assert small.embed.weight is model.embed.weight and isinstance(model.head, torch.nn.Linear)


def test_where_no_way_is_right_layers_stay_as_they_are():
    def gone(weight, scale):
        raise RuntimeError("this operator was removed")

    broken = Way("broken", gone, lambda x, packed: x)
    wrong = Way("wrong", lambda weight, scale: weight, lambda x, packed: x @ packed.float().T)
    assert not is_right(broken) and not is_right(wrong)
    model = network()
    assert in_bytes(model, Ways(None, None)) is model
    if is_right(DYNAMIC):
        half = in_bytes(model, Ways(DYNAMIC, None))
        assert half.blocks[0].mlp.down is model.blocks[0].mlp.down and isinstance(half.head, Int8Linear)
