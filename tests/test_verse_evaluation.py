"""What is measured of texts and poems: costs against sums by hand, form, rhyme, repeats and tones on known lines."""

from pathlib import Path

import pytest
import torch

from aigc_demo.data import verse
from aigc_demo.data.poem_text import Poem
from aigc_demo.data.prosody import Prosody, places
from aigc_demo.evaluation import language
from aigc_demo.evaluation.verse import (
    couplets_of,
    form_right,
    lines_of,
    opposed,
    rates,
    repeats,
    rhyming,
    share,
)
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig

ASSETS = Path(__file__).resolve().parent.parent / "assets"
PROSODY = Prosody.read(ASSETS)
CLIMB = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
POEMS = (
    Poem("登鹳雀楼", "王之涣", tuple(lines_of(CLIMB)), (), True),
    Poem("", "", ("白日依山尽", "黄河入海流"), (), True),
)
CHARACTERS = verse.MARKS + "".join(sorted(set("登鹳雀楼" + CLIMB) - set(verse.MARKS)))


def models():
    """A tiny model of each kind that knows the characters of the poem, its head no longer flat."""
    torch.manual_seed(0)
    size = {"vocabulary": len(CHARACTERS), "characters": CHARACTERS}
    gpt = GPT(GPTConfig("gpt2", context=96, width=16, n_layer=1, n_head=2, n_kv_head=2, hidden=16, **size))
    lstm = LSTM(LSTMConfig(width=16, embedding=8, **size))
    for model in (gpt, lstm):
        torch.nn.init.normal_(model.embed.weight)
    return [gpt.eval(), lstm.eval()]


@pytest.mark.parametrize("text", ["", CLIMB[:-1], CLIMB[:12], CLIMB.replace("，", "。", 1), CLIMB + "白", CLIMB[1:]])
def test_a_poem_with_a_wrong_mark_or_a_line_too_few_is_not_of_the_form(text):
    assert form_right(CLIMB, 5, 4)
    assert not form_right(text, 5, 4)
    assert not form_right(CLIMB, 7, 4)


def test_even_lines_that_rhyme_are_counted():
    assert rhyming(lines_of(CLIMB), PROSODY) == (1, 1)
    assert rhyming(["白日依山尽", "黄河入海山", "欲穷千里目", "更上一层楼"], PROSODY) == (0, 1)
    assert rhyming(["白日依山尽", "黄河入海x", "欲穷千里目", "更上一层楼"], PROSODY) == (0, 0)


def test_a_comma_inside_is_no_repeat():
    assert not repeats("物华天宝，龙光", "人杰地灵，徐孺")
    assert repeats("物华天宝，龙光", "人杰地灵，龙孺")


def test_tones_are_told_at_the_even_places_and_the_last():
    assert places(5) == [1, 3, 4]
    assert places(7) == [1, 3, 5, 6]
    assert places(4) == [1, 3]
    assert opposed("白日依山尽", "黄河入海流", PROSODY) == (3, 3)
    assert opposed("白日依山尽", "白日依山尽", PROSODY) == (0, 3)
    assert opposed("白日", "黄河入海流", PROSODY) == (0, 0)


def test_rates_count_all_poems_together():
    poems = [lines_of(CLIMB), lines_of(CLIMB)[:3] + ["更上一层山"]]
    assert rates(poems, PROSODY)["rhyming"] == 0.5
    assert share([]) == 0.0
    assert couplets_of(lines_of(CLIMB)) == [("白日依山尽", "黄河入海流"), ("欲穷千里目", "更上一层楼")]


@torch.inference_mode()
@pytest.mark.parametrize("kind", [0, 1])
def test_every_character_of_a_text_is_counted_once_with_half_a_context_before_it(kind, monkeypatch):
    model = models()[kind]
    monkeypatch.setattr(language, "STRETCH", 7)
    text = torch.randint(len(CHARACTERS), (203,), generator=torch.Generator().manual_seed(1))
    by_hand = []
    for i in range(1, len(text)):
        done = 0 if i <= 96 else 96 + (i - 97) // 48 * 48  # predicted before the window of character i
        start = 0 if kind else max(0, done - 48)
        logits = model(text[None, start:i])[0, -1]
        by_hand.append(-logits.log_softmax(0)[text[i]].item())
    assert language.nats_of_text(model, text) == pytest.approx(sum(by_hand) / len(by_hand), rel=1e-4)


@torch.inference_mode()
def test_marks_and_titles_are_not_counted_as_characters_of_a_poem():
    model = models()[0]
    row = verse.row_of(POEMS[0], language.Characters(CHARACTERS))
    assert row == "①登鹳雀楼：" + CLIMB + "\n"
    tokens = torch.tensor([language.Characters(CHARACTERS).encode(row)])
    cost = language.costs(model(tokens[:, :-1]), tokens[:, 1:])[0]  # of row[1:]
    counted = [cost[i - 1].item() for i in range(row.index("：") + 1, len(row)) if row[i] not in "，。\n"]
    assert len(counted) == 20
    character, token = language.nats_of_poems(model, POEMS[:1], titled=True)
    assert character == pytest.approx(sum(counted) / 20, rel=1e-4)
    assert token == pytest.approx(cost[row.index("：") :].mean().item(), rel=1e-4)
    assert language.nats_of_poems(model, POEMS, titled=False)[0] != pytest.approx(character, rel=1e-3)


@torch.inference_mode()
@pytest.mark.parametrize("kind", [0, 1])
def test_a_poem_is_written_to_every_title_and_ends_at_its_end(kind):
    found = language.compose(models()[kind], "jueju5", ["", "登楼", "山", "海流"], seed=0)
    assert len(found) == 4
    assert all(verse.END not in text and len(text) <= verse.ROW for text in found)
    assert len(set(found)) > 1
