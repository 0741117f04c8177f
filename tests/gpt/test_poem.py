"""Poems: what a person's words ask for, hidden heads, rhymes on demand, the same poem by torch's own means."""

import itertools
from pathlib import Path

import pytest
import torch
from runs import Runs, last

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import verse
from aigc_demo.data.prosody import Prosody
from aigc_demo.evaluation.language import compose
from aigc_demo.evaluation.verse import form_right, lines_of, rates
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.services import cards
from aigc_demo.services.gpt import poem
from aigc_demo.services.gpt.poem import Draft, Plan, plan
from aigc_demo.services.gpt.requests import Poem

ASSETS = Path(__file__).resolve().parents[2] / "assets"
PROSODY = Prosody.read(ASSETS)
CHARACTERS = verse.MARKS + "".join(sorted(set("白日依山尽黄河入海流欲穷千里目更上一层楼春夏秋冬明月光霜乡登鹳雀岳")))


class Shelf:
    """A store of two tiny models."""

    device, assets = "cpu", ASSETS

    def __init__(self):
        torch.manual_seed(0)
        size = {"vocabulary": len(CHARACTERS), "characters": CHARACTERS}
        gpt = GPT(GPTConfig("gpt2", context=96, width=16, n_layer=1, n_head=2, n_kv_head=2, hidden=16, **size))
        lstm = LSTM(LSTMConfig(width=16, embedding=8, **size))
        self.models = {"gpt-poems": gpt.eval(), "lstm-poems": lstm.eval()}
        for model in self.models.values():
            torch.nn.init.normal_(model.embed.weight, std=0.5)

    def load(self, name):
        return self.models[name]

    def sha256(self, name):
        return "0" * 64


@pytest.fixture(scope="module")
def service():
    return Runs(Shelf(), "gpt")


def asked(words, mode="line", form="jueju5", **settings):
    return plan(Poem(words, mode, form, **settings), CHARACTERS, PROSODY)


def written(made):
    return ["".join(sign.text for sign in line) for line in made.lines]


class Scripted:
    """A language model that writes one text, whatever it reads."""

    def __init__(self, text):
        self.text, self.config = text, GPTConfig(vocabulary=len(CHARACTERS), characters=CHARACTERS)

    def state(self, batch=1):
        return itertools.count()

    def __call__(self, tokens, state, last=False):
        logits = torch.zeros(1, tokens.shape[1], len(CHARACTERS))
        logits[:, :, CHARACTERS.index(self.text[next(state)])] = 50.0
        return logits


def test_marks_and_spaces_part_the_lines_of_a_beginning():
    assert asked("白日依山尽，黄河").given == ("白日依山尽", "黄河")
    assert asked(" 白日依山尽,黄河入海流。 欲穷 ").given == ("白日依山尽", "黄河入海流", "欲穷")
    assert asked("春夏 秋，冬", "head").given == ("春", "夏", "秋", "冬")


def test_a_title_that_is_too_long_is_cut_and_told():
    found = asked("登鹳雀楼" * 4, "title")
    assert (found.title, found.cut, found.given) == ("登鹳雀楼" * 3, "登鹳雀楼", ())
    assert asked("", "title").title == ""


@pytest.mark.parametrize(
    ("words", "mode", "code"),
    [
        ("", "line", "empty_prompt"),
        (" ，。\t", "head", "empty_prompt"),
        ("白日依山尽黄", "line", "poem_line"),
        ("白日，黄河", "line", "poem_line"),
        ("白日依山尽，黄河入海流，欲穷千里目，更上一层楼。", "line", "poem_full"),
        ("春夏秋冬春", "head", "poem_heads"),
        ("春🙂", "head", "unknown_characters"),
        ("<b>", "title", "unknown_characters"),
        ("①", "title", "unknown_characters"),
        ("春\u202e\x00", "line", "unknown_characters"),
    ],
)
def test_words_that_do_not_fit_are_refused_with_the_reason(words, mode, code):
    with pytest.raises(BadRequestError) as told:
        asked(words, mode)
    assert told.value.key == code


def test_a_traditional_character_is_named_with_the_simplified_one():
    with pytest.raises(BadRequestError) as told:
        asked("嶽陽樓", "title")
    assert told.value.values["characters"].split(", ") == ["嶽 → 岳", "陽", "樓 → 楼"]


@pytest.mark.parametrize("model", ["gpt-poems", "lstm-poems"])
def test_hidden_heads_begin_the_lines_and_the_poem_does_not_end_before_the_last(service, model):
    service.store.models[model].embed.weight.data[CHARACTERS.index(verse.END)] *= 2
    for seed in range(5):
        made = last(service.poem(Poem("春夏秋冬", "head", "jueju5", 1.0, model=model, seed=seed)))
        begun = made.lines[: len(made.lines) if made.ended else 4]
        assert [line[0].text for line in begun[:4]] == list("春夏秋冬")[: len(begun)]
        assert [sign.given for sign in begun[0][:2]] == [True, False][: len(begun[0])]
        assert not made.ended or len(made.lines) >= 4


@pytest.mark.parametrize("model", ["gpt-poems", "lstm-poems"])
def test_the_poem_comes_character_by_character_and_the_seed_fixes_it(service, model):
    request = Poem("白日依山尽，黄", "line", "jueju5", 1.0, model=model)
    steps = list(service.poem(request))
    texts = ["".join(written(step.value)) for step in steps]
    assert texts[5] == "白日依山尽" and texts[6] == "白日依山尽黄"
    assert all(b.startswith(a) for a, b in itertools.pairwise(texts))
    assert steps[-1].done == steps[-1].total and all(step.done < step.total for step in steps[:-1])
    assert written(last(service.poem(request))) == written(steps[-1].value)
    assert written(last(service.poem(Poem(**{**vars(request), "seed": 8})))) != written(steps[-1].value)


def composed(text, monkeypatch, service, **settings):
    monkeypatch.setattr(poem, "language_model", lambda store, name: Scripted(text))
    return list(service.poem(Poem("", "title", "jueju5", **settings)))


def test_tones_rhymes_and_form_of_a_known_poem_are_shown(service, monkeypatch):
    steps = composed("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n", monkeypatch, service)
    made = steps[-1].value
    assert made.ended and made.right
    assert len(steps) == 25 and steps[0].total == 25
    assert "".join(sign.tone for sign in made.lines[1]) == "平平仄仄平"
    assert [line[-1].rhyme for line in made.lines] == ["", "first", "", "yes"]
    assert [sign.opposed for sign in made.lines[1]] == ["", "yes", "", "yes", "yes"]
    assert not any(sign.opposed for sign in made.lines[0])


def test_a_first_line_that_rhymes_is_not_asked_to_be_opposed_at_its_end(service, monkeypatch):
    made = composed("白日依山流，黄河入海流。\n", monkeypatch, service)[-1].value
    assert [sign.opposed for sign in made.lines[1]] == ["", "yes", "", "yes", ""]
    assert made.lines[0][-1].rhyme == "yes"


def test_a_line_too_many_or_too_long_is_not_of_the_form(service, monkeypatch):
    assert not composed("白日依山尽，黄河入海流。\n", monkeypatch, service)[-1].value.right
    steps = composed("白日依山尽黄，黄河入海流。欲穷千里目，更上一层楼。\n", monkeypatch, service)
    assert [step.value.right for step in steps[:7]] == [True] * 5 + [False] * 2
    assert not composed("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。白\n", monkeypatch, service)[-1].value.right


def test_a_rhyme_that_is_asked_is_kept_and_nothing_else_is_changed(service, monkeypatch):
    text = "白日依山尽，黄河入海流。欲穷千里目，更上一层月。\n"
    free, rhymed = (composed(text, monkeypatch, service, rhymed=on)[-1].value for on in (False, True))
    assert [line[-1].rhyme for line in free.lines] == ["", "first", "", "no"]
    assert [line[-1].rhyme for line in rhymed.lines] == ["", "first", "", "yes"]
    assert written(free)[:3] == written(rhymed)[:3] and written(free)[3][:4] == written(rhymed)[3][:4]


def test_a_text_without_end_stops_at_the_longest_row(service, monkeypatch):
    steps = composed("白" * 200, monkeypatch, service)
    assert len(steps) == verse.ROW - 2 and not steps[-1].value.ended and not steps[-1].value.right
    assert steps[-1].done == steps[-1].total


@pytest.mark.parametrize("format", ["txt", "html", "json", "png"])
def test_a_poem_is_saved_with_its_card(service, format, tmp_path):
    request = Poem("春", "line", "jueju5", seed=3)
    raw = last(service.service.save("gpt_poem", request, format))
    path = tmp_path / f"poem.{format}"
    path.write_bytes(raw)
    card = cards.read(path)
    assert card.use_case == "gpt_poem" and card.values["words"] == "春"
    if format == "txt":
        assert raw.decode().startswith(written(last(service.poem(request)))[0] + "，")


def test_the_page_gets_the_newest_state_under_one_name(service):
    request = Poem("春", "line", "jueju5", seed=3)
    values = [step.value for step in service.service.stream("gpt_poem", request) if step.value is not None]
    assert len({value["run"] for value in values}) == 1
    made = last(service.poem(request))
    assert values[-1]["text"] == "\n".join(written(made)) and values[-1]["ended"] == made.ended
    assert [len(line) for line in values[-1]["lines"]] == [len(line) for line in made.lines]


def test_a_draft_knows_where_a_given_line_ends():
    draft = Draft(Plan("", "", ("白日依山尽", "黄"), 5, 4))
    for expected in "白日依山尽，黄":
        assert draft.due() == expected
        draft.add(expected, True, 0.5)
    assert draft.due() == "" and not draft.heads_left


@torch.inference_mode()
def test_the_shipped_model_rhymes_without_being_made_to():
    store = Store(device="cpu")
    poems = compose(store.load("gpt-poems"), "jueju7", ["春夜", "秋思", "登高", "送人"] * 8, seed=1)
    lines = [lines_of(poem) for poem in poems if form_right(poem, 7, 4)]
    assert len(lines) >= 28 and rates(lines, PROSODY)["rhyming"] > 0.7
