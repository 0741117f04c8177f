"""The couplet use-cases on tiny untrained weights: rules, ranking, what a person may type, files, scripts, figures."""

import json

import numpy as np
import pytest
import torch
from couplets import LETTERS, UPPER, Shelf, answered
from runs import Runs
from runs import last as last_of

from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import build
from aigc_demo.data.opposition import agreement, asked_tones, has_tone, judged_places
from aigc_demo.models.seq2seq import START
from aigc_demo.pipelines import parity
from aigc_demo.sampling.beam import Line
from aigc_demo.services.seq2seq import famous
from aigc_demo.services.seq2seq.beside import sides
from aigc_demo.services.seq2seq.lines import line_of
from aigc_demo.services.seq2seq.pair import chosen, prosody, spread
from aigc_demo.services.seq2seq.requests import Beside, Pair

# answers


def test_lines_are_as_long_as_the_upper_one_and_ranked_by_their_cost(service):
    found = answered(service)
    assert len(found.replies) == 6 and found.ended
    assert all(len(reply.text) == len(UPPER) for reply in found.replies)
    assert [reply.cost for reply in found.replies] == sorted(reply.cost for reply in found.replies)


def test_cost_and_probabilities_are_those_of_the_model(service):
    reply = answered(service).replies[0]
    model = service.store.model
    upper, lower = (torch.tensor([[LETTERS.index(sign) for sign in text]]) for text in (UPPER, reply.text))
    given = torch.cat([torch.tensor([[START]]), lower[:, :-1]], 1)
    p = model(upper, given).softmax(2)[0].gather(1, lower[0][:, None])[:, 0]
    np.testing.assert_allclose(reply.p, p.numpy(), atol=1e-5)
    assert reply.cost == pytest.approx(-p.log().mean().item(), abs=1e-4)
    np.testing.assert_allclose(reply.looked / 255, model.alignment(upper, given)[:, 0].numpy(), atol=0.003)


def test_lines_grow_on_the_page(service):
    steps = list(service.pair(Pair(upper=UPPER, tones="free")))
    assert [len(step.value.replies[0].text) for step in steps] == [1, 2, 3, 4, 4]
    assert [step.value.ended for step in steps] == [False] * 4 + [True]
    assert all(step.total == 5 for step in steps)


def test_the_same_seed_draws_the_same_lines_and_another_seed_others(service):
    first, again, other = (answered(service, way="draw", temperature=1.5, seed=seed) for seed in (5, 5, 6))
    assert [r.text for r in first.replies] == [r.text for r in again.replies]
    assert [r.text for r in first.replies] != [r.text for r in other.replies]


def test_at_temperature_zero_one_line_is_drawn(service):
    found = answered(service, way="draw", temperature=0.0)
    assert len(found.replies) == 1
    assert found.replies[0].text == answered(service, beam=1, lines=1).replies[0].text


@pytest.mark.parametrize("way", ["beam", "draw"])
def test_no_character_of_the_upper_line_comes_back(service, way):
    for reply in answered(service, way=way, temperature=2.0).replies:
        assert not set(reply.text) & set(UPPER) and len(set(reply.text)) == len(reply.text)


def test_what_repeats_above_repeats_below(service):
    for reply in answered(service, upper="天天地").replies:
        assert reply.text[0] == reply.text[1] != reply.text[2]


def test_a_comma_stands_under_a_comma(service):
    for reply in answered(service, upper="天地，日月").replies:
        assert reply.text[2] == "，" and reply.text.count("，") == 1


def test_any_two_lines_differ_in_as_many_places_as_asked(service):
    texts = [reply.text for reply in answered(service, apart=3).replies]
    assert len(texts) > 1
    for i, text in enumerate(texts):
        assert all(sum(a != b for a, b in zip(text, other, strict=True)) >= 3 for other in texts[:i])


def test_of_drawn_lines_chance_decides_which_are_kept():
    lines = [Line((3, 4), -9.0), Line((5, 6), -1.0), Line((7, 8), -5.0)]
    kept = chosen(lines, Pair(way="draw", lines=2), ended=True)
    assert [line.score for line in kept] == [-1.0, -9.0]
    assert spread(lines, 5, 2) == lines


# tones


def test_places_that_are_judged():
    assert judged_places("落霞与孤鹜齐飞") == (1, 3, 5, 6)
    assert judged_places("明月松间照") == (1, 3, 4)
    assert judged_places("天地，日月") == (1, 4)
    assert judged_places("天") == (0,)


def test_agreement_says_nothing_of_what_may_be_both():
    assert agreement("明月松间照", "平仄平平仄", "平平仄仄○") == (True, True, None)
    assert agreement("明月松间照", "平仄平？仄", "平仄仄仄平") == (False, None, True)


def test_what_is_asked_of_every_place():
    upper = "明月松间照"
    assert asked_tones(upper, "平仄平平仄", "free") is None
    assert asked_tones(upper, "平仄平平仄", "regular") == "中平中仄平"
    assert asked_tones(upper, "平仄○平仄", "every") == "仄平中仄平"
    assert has_tone("平", "○") and has_tone("中", "仄") and not has_tone("平", "仄") and not has_tone("平", "？")


@pytest.mark.parametrize("way", ["beam", "draw"])
def test_asked_tones_are_kept(service, way):
    pattern = prosody().pattern(UPPER)
    found = answered(service, tones="regular", way=way, temperature=2.0)
    assert set(pattern) <= set("平仄") and found.replies
    for reply in found.replies:
        assert False not in reply.agree and reply.tones == prosody().pattern(reply.text)


def test_a_pattern_of_ones_own_is_kept(service):
    for reply in answered(service, tones="pattern", pattern="仄仄中平").replies:
        assert reply.tones[0] in "仄○" and reply.tones[1] in "仄○" and reply.tones[3] in "平○"


@pytest.mark.parametrize("pattern", ["", "平仄", "平仄平仄平", "abcd", "<b>平"])
def test_a_pattern_that_does_not_fit_is_refused(service, pattern):
    with pytest.raises(BadRequestError, match="must be 4 of"):
        answered(service, tones="pattern", pattern=pattern)


def test_where_nothing_can_do_it_all_one_is_told(service):
    with pytest.raises(BadRequestError, match="No lower line"):
        answered(service, upper=LETTERS[4:])  # every character there is


# what a person types


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  天日 山花。\n", "天日山花"),
        ("天日，山花，", "天日，山花"),
        ("天日,山花!", "天日，山花"),
        ("　天日　", "天日"),
    ],
)
def test_white_space_and_final_marks_are_taken_away(text, line):
    assert line_of(text, LETTERS) == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no upper line yet"),
        (" \n。", "no upper line yet"),
        ("天", "One character is no line"),
        ("，天", "One character is no line"),
        ("天日" * 11, "has 22 characters; at most 20"),
        ("天日風", "風 → 风"),
        ("天日😀", "😀"),
        ("天日שלום", "ש"),
        ("天\u202e日山", "RIGHT-TO-LEFT OVERRIDE"),
        ("天日\u0007", "U+0007"),
        ("<script>alert(1)</script>", "<"),
        ("hello", "h"),
        ("天␂日", "␂"),
    ],
)
def test_a_line_that_cannot_be_answered_is_one_sentence(service, text, words):
    with pytest.raises(BadRequestError) as error:
        answered(service, upper=text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "values",
    [
        {"upper": 7},
        {"upper": "天" * 401},
        {"lines": 0},
        {"lines": 10**9},
        {"temperature": 2.1},
        {"temperature": float("nan")},
        {"beam": 129},
        {"beam": 1.5},
        {"apart": 0},
        {"tones": "all"},
        {"repeats": None},
        {"way": "guess"},
        {"seed": -1},
        {"width": 3},
    ],
)
def test_bounds(values):
    with pytest.raises(BadRequestError):
        build(Pair, values)


def test_another_model_is_refused():
    with pytest.raises(NotFoundError):
        list(Runs(Shelf(torch.nn.Linear(2, 2)), "seq2seq").pair(Pair()))


# known lines


def test_known_lines_come_with_what_was_written_under_them(service, monkeypatch):
    monkeypatch.setitem(famous.KNOWN, UPPER, "地月水鸟")
    monkeypatch.setitem(famous.NUMBERS, UPPER, 3)
    found = answered(service).truth
    assert found.reply.text == "地月水鸟" and found.source == 3 and 0 <= found.better <= 64
    assert answered(service, upper="地日").truth is None


def test_every_known_line_is_as_long_as_its_answer():
    assert len(famous.KNOWN) == len(famous.NUMBERS) >= 12
    assert famous.KNOWN["落霞与孤鹜齐飞"] == "秋水共长天一色"
    assert all(len(upper) == len(lower) for upper, lower in famous.KNOWN.items())


# beside the library


def test_both_implementations_write_the_same(service):
    made = last_of(service.beside(Beside(upper=UPPER, beam=3)))
    assert made.same and made.ours.greedy == made.theirs.greedy and made.ours.beam == made.theirs.beam
    assert len(made.ours.beam) == 3 and made.first is None and made.maximum <= parity.TOLERANCE
    assert made.kind == "MBartForConditionalGeneration"
    value = sides(Beside(), made)["sides"]
    assert json.loads(json.dumps(value)) == {**value, "ours": {**value["ours"], "beam": list(made.ours.beam)}} | {
        "theirs": {**value["theirs"], "beam": list(made.theirs.beam)}
    }


def test_a_wrong_weight_is_found_in_its_layer(service):
    from aigc_demo.pipelines import convert

    model = service.store.model
    theirs = convert.to_library(model)
    theirs.model.decoder.layers[1].encoder_attn.out_proj.bias.data[0] += 0.01
    upper = torch.tensor([[LETTERS.index(sign) for sign in UPPER]])
    found = parity.compare(model, theirs, upper, torch.tensor([[START, 5, 6]]))
    assert found.rows[found.first].ours == "decoder.blocks.1.cross.out"
