"""Settings of a hub language model: docs/hub.md is true, and what is honoured writes as transformers does."""

import json
import re
import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file
from test_hub_scheduler import DOCUMENT
from tiny_language import TEMPLATE, save_llama, save_t5
from tokenizers import AddedToken
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig

from aigc_demo.core.errors import BadRequestError
from aigc_demo.pipelines.generation import CHOSEN, HONOURED, RULES, SPEED, end_of_turn, read_generation
from aigc_demo.pipelines.text_bytes import open_bytes
from aigc_demo.pipelines.text_folder import open_text
from aigc_demo.pipelines.text_library import Choosing, generate, open_library
from aigc_demo.pipelines.translation import CODES, into
from aigc_demo.services.hf_text.requests import LANGUAGES

GREEDY, HOT = Choosing(), Choosing(temperature=1.5, seed=3)
TEXT, LENGTH = "hello hello hello", 16


def table():
    """Setting -> (values honoured, values refused), of the document's second table."""
    rows = {}
    for line in DOCUMENT.partition("## Texts")[2].splitlines():
        cells = line.strip("|").split("|")
        if len(cells) == 4 and (name := re.fullmatch(r" `(\w+)` ", cells[0])):
            rows[name[1]] = tuple([json.loads(value) for value in re.findall("`([^`]+)`", cell)] for cell in cells[1:3])
    return rows


ROWS = table()
HONOURED_VALUES = [(name, value) for name, (values, _) in ROWS.items() for value in values]
REFUSED_VALUES = [(name, value) for name, (_, values) in ROWS.items() for value in values]


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    return save_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def folder(llama, tmp_path):
    """A copy whose files may be changed."""
    return shutil.copytree(llama, tmp_path / "model")


def change(folder, file="generation_config.json", **settings):
    """The folder with these settings in one of its JSON files."""
    path = folder / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))
    return folder


def ours(folder, how):
    """What we write after TEXT."""
    model = open_library(folder, "someone/model")
    return list(generate(model, model.encode(TEXT), how, LENGTH))


def theirs(folder, how):
    """What transformers writes by its own config, with the same choice of tokens."""
    module, words = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    prompt = torch.tensor([words(TEXT)["input_ids"]])
    torch.manual_seed(how.seed)
    drawing = {"do_sample": True, "temperature": how.temperature, "top_k": 0, "top_p": 1.0}
    options = drawing if how.temperature else {"do_sample": False}
    made = module.generate(
        prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=LENGTH, tokenizer=words, **options
    )
    tokens = made[0, prompt.shape[1] :].tolist()
    ends = module.generation_config.eos_token_id
    return tokens[:-1] if tokens[-1] in (ends if isinstance(ends, list) else [ends]) else tokens


def test_the_table_has_every_setting_of_the_library():
    known = {name for name in GenerationConfig().to_dict() if not name.startswith("_")}
    assert known <= set(ROWS) | CHOSEN | SPEED and set(RULES) <= set(ROWS)
    assert {name for name, (values, _) in ROWS.items() if values} == set(HONOURED)
    assert not [name for name in CHOSEN if f"`{name}`" not in DOCUMENT]


@pytest.mark.parametrize("how", [GREEDY, HOT], ids=["greedy", "hot"])
@pytest.mark.parametrize(("name", "value"), HONOURED_VALUES)
def test_what_is_honoured_writes_as_transformers_does(folder, name, value, how):
    change(folder, **{name: value})
    if name == "eos_token_id":  # the tokenizer's own end stays one
        change(folder, "tokenizer_config.json", eos_token="<|endoftext|>", chat_template=None)
        change(folder, "config.json", eos_token_id=value)
        (folder / "chat_template.jinja").unlink(missing_ok=True)
    assert ours(folder, how) == theirs(folder, how)


@pytest.mark.parametrize(
    ("name", "value"),
    [("suppress_tokens", None), ("no_repeat_ngram_size", 1), ("min_new_tokens", LENGTH), ("typical_p", 0.2)],
)
def test_settings_act(folder, name, value):
    """Agreeing with transformers says something: each changes the text."""
    how = HOT if name == "typical_p" else GREEDY
    plain = ours(folder, how)
    if name == "min_new_tokens":
        change(folder, eos_token_id=plain[3])
        assert len(ours(folder, how)) < LENGTH
    assert ours(change(folder, **{name: [plain[1]] if value is None else value}), how) != plain


@pytest.mark.parametrize(("name", "value"), REFUSED_VALUES)
def test_what_is_refused_is_named(llama, name, value):
    with pytest.raises(BadRequestError, match="someone/model asks for") as refused:
        read_generation({name: value}, "someone/model")
    assert refused.value.values["setting"] == name


def test_a_refused_setting_refuses_the_folder(folder):
    with pytest.raises(BadRequestError, match="guidance_scale = 1.5"):
        open_library(change(folder, guidance_scale=1.5), "someone/model")


@pytest.mark.parametrize("how", [GREEDY, HOT], ids=["greedy", "hot"])
@pytest.mark.parametrize(
    "own",
    [
        {"repetition_penalty": 1.8},
        {"do_sample": True, "min_p": 0.5},
        {"do_sample": True, "temperature": 0.1, "top_k": 1},
    ]
    + [{"do_sample": True, "top_p": 0.05}, {"num_beams": 4, "length_penalty": 2.0, "early_stopping": True}],
)
def test_what_the_page_sets_is_off_where_it_is_off(llama, folder, own, how):
    assert ours(change(folder, **own), how) == ours(llama, how)


def test_whole_numbers_are_taken_for_temperature_and_penalty(llama):
    """generate() refuses 2, and takes 2.0."""
    assert ours(llama, Choosing(temperature=2, repetition=2)) == ours(llama, Choosing(temperature=2.0, repetition=2.0))


def test_whole_texts_have_their_length_whatever_ends(folder):
    first = ours(folder, GREEDY)[0]
    model = open_library(change(folder, eos_token_id=first), "someone/model")
    assert list(generate(model, model.encode(TEXT), GREEDY, LENGTH)) == []
    assert len(list(generate(model, model.encode(TEXT), GREEDY, LENGTH, whole=True))) == LENGTH


def test_the_end_of_a_turn_is_found_wherever_it_is_declared(folder):
    change(folder, eos_token_id=7)
    change(folder, "config.json", eos_token_id=8)
    change(folder, "tokenizer_config.json", eos_token="<|endoftext|>")
    model = open_library(folder, "someone/model")
    end, turn = (model.words.convert_tokens_to_ids(name) for name in ("<|endoftext|>", "<|im_end|>"))
    assert end_of_turn(model.words) == turn
    assert model.ends == {7, 8, end, turn}


@pytest.fixture
def speaking(folder):
    """The model with another chat template -> what it reads of a conversation."""
    model = open_library(folder, "someone/model")

    def read(template, *turns):
        model.words.chat_template = template
        return model.words.decode(model.encode_chat(turns))

    return read


NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + TEMPLATE
DEAF = TEMPLATE.replace("{% for message in messages %}", "{% for message in messages if message['role'] != 'system' %}")


@pytest.mark.parametrize("template", [NO_SYSTEM, DEAF], ids=["refuses", "leaves out"])
def test_a_template_without_a_system_role_reads_it_in_the_first_turn(speaking, template):
    system, turns = ("system", "be brief"), [("user", "hello"), ("assistant", "ho"), ("user", "why")]
    expected = speaking(TEMPLATE, ("user", "be brief\n\nhello"), *turns[1:])
    assert speaking(template, system, *turns) == expected != speaking(TEMPLATE, system, *turns)
    assert speaking(template, *turns) == speaking(TEMPLATE, *turns)


def test_a_template_that_refuses_everything_is_named(speaking):
    with pytest.raises(BadRequestError, match="The chat template of someone/model does not take this conversation"):
        speaking("{{ raise_exception('no') }}", ("system", "be brief"), ("user", "hello"))


def test_a_conversation_is_that_of_the_library(speaking, llama):
    turns = [("system", "be brief"), ("user", "hello")]
    words = AutoTokenizer.from_pretrained(llama)
    plain = [{"role": role, "content": text} for role, text in turns]
    assert speaking(TEMPLATE, *turns) == words.apply_chat_template(plain, add_generation_prompt=True, tokenize=False)


@pytest.mark.parametrize("form", [open_text, open_bytes], ids=["float32", "bytes"])
@pytest.mark.parametrize("kept", ["model.embed_tokens.weight", "lm_head.weight"])
def test_tied_heads_are_found_under_either_name(folder, kept, form):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    shared = tensors.pop("model.embed_tokens.weight", None)
    shared = tensors.pop("lm_head.weight") if shared is None else shared
    save_file({**tensors, kept: shared}, path, metadata={"format": "pt"})
    model, tokens = form(folder).model, torch.tensor([[5, 6, 7]])
    theirs = AutoModelForCausalLM.from_pretrained(folder).eval()
    with torch.inference_mode():
        torch.testing.assert_close(
            model(tokens), theirs(tokens).logits, rtol=0, atol=0.5 if form is open_bytes else 1e-3
        )


@pytest.fixture(scope="module")
def t5(tmp_path_factory):
    return open_library(save_t5(tmp_path_factory.mktemp("t5")), "lab/t5")


def knowing(model, *tokens, prefixes=(), own=(), **told):
    """The model with tokens of languages in its tokenizer."""
    words = AutoTokenizer.from_pretrained(model.module.name_or_path)
    words.add_special_tokens({"additional_special_tokens": [AddedToken(token, special=True) for token in tokens]})
    words.init_kwargs.update(told)
    return replace(model, words=words, prefixes=dict(prefixes), own={**model.own, **dict(own)})


def test_languages_are_those_that_the_files_name(t5):
    assert into(t5, "french").prefixes == {"translation": "translate English to French: "}
    with pytest.raises(BadRequestError, match="lab/t5 does not say how to translate into German"):
        into(t5, "german")
    for token in (">>fra<<", "<2fr>"):
        assert into(knowing(t5, token), "french").prefixes == {"translation": f"{token} "}
    for code in ("fr_XX", "fra_Latn", "__fr__"):
        model = knowing(t5, code)
        assert into(model, "french").own["forced_bos_token_id"] == model.words.convert_tokens_to_ids(code)
    assert into(knowing(t5, target_lang="de"), "german").prefixes == {}
    with pytest.raises(BadRequestError, match="Chinese"):
        into(knowing(t5, target_lang="de"), "chinese")


def test_a_decoder_that_begins_with_its_language_knows_that_one(t5):
    model = knowing(t5, "de_DE", "fr_XX")
    model.own["decoder_start_token_id"] = model.words.convert_tokens_to_ids("de_DE")
    assert "forced_bos_token_id" not in into(model, "german").own
    with pytest.raises(BadRequestError, match="French"):
        into(model, "french")


def test_the_asked_language_comes_first(t5):
    """As transformers writes with forced_bos_token_id, which the docs of mBART and NLLB tell to set."""
    token, tokens = 40, t5.encode("hello")
    model = replace(t5, own={**t5.own, "forced_bos_token_id": token})
    found = list(generate(model, tokens, GREEDY, 6, whole=True))
    theirs = AutoModelForSeq2SeqLM.from_pretrained(t5.module.name_or_path)
    expected = theirs.generate(torch.tensor([tokens]), forced_bos_token_id=token, max_new_tokens=6, min_new_tokens=6)
    assert found[0] == token == int(expected[0, 1])


def test_every_language_of_the_page_has_codes():
    assert set(CODES) == set(LANGUAGES)
