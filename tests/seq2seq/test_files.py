"""Couplets as files and programs, and the figures that ship."""

import ast
import json
import runpy

import pytest
import torch
from couplets import LETTERS, UPPER, answered

from aigc_demo.core.params import build
from aigc_demo.evaluation import couplets as measured
from aigc_demo.models.seq2seq import START
from aigc_demo.services import cards
from aigc_demo.services.seq2seq.pair import answer_value, numbers
from aigc_demo.services.seq2seq.requests import REPEATS, TONES, Beside, Pair
from aigc_demo.services.service import Service


@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(service, tmp_path, kind):
    request = Pair(upper=UPPER, lines=2, tones="free")
    *_, last = service.service.save("seq2seq_pair", request, kind)
    file = tmp_path / f"couplet.{kind}"
    file.write_bytes(last.value)
    card = cards.read(file)
    assert card.use_case == "seq2seq_pair" and build(Pair, card.values) == request
    if kind != "png":
        text = file.read_text("utf-8")
        assert all(sign in text for sign in answered(service, lines=2).replies[0].text)


def test_values_for_the_page_are_plain(service):
    found = answer_value(Pair(), answered(service))
    assert json.loads(json.dumps(found)) == found
    told = numbers(Pair(), answered(service))
    assert json.loads(json.dumps(told)) == told and told["replies"][0]["text"] == found["replies"][0]["text"]
    assert (found["layers"], found["heads"]) == (2, 4) and len(found["replies"]) == 6


REQUESTS = [
    Pair(beam=4, lines=2),
    Pair(way="draw", lines=2),
    Pair(way="draw", temperature=0.0),
    Beside(upper="明月松间照"),
]


def programs(request):
    """Both programs of a request."""
    return Service().python(f"seq2seq_{type(request).__name__.lower()}", request)


@pytest.mark.parametrize("request_", REQUESTS)
def test_both_programs_answer_the_line(request_, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ours, library = programs(request_)
    for name, source in (("ours", ours), ("library", library)):
        (tmp_path / f"{name}.py").write_text(source)
        runpy.run_path(str(tmp_path / f"{name}.py"), run_name="__main__")
    upper, *lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]
    assert upper == request_.upper and lines and all(len(line) == len(upper) for line in lines)
    assert (tmp_path / "ours.txt").read_text().startswith(upper)
    if isinstance(request_, Beside):
        assert lines[0] in (tmp_path / "ours.txt").read_text()


def test_a_line_cannot_break_out_of_a_program():
    for text in programs(Pair(upper="天\"'''\\\n日")):  # all of it is one constant of the program
        found = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
        assert any(isinstance(value, str) and value.startswith("天\"'") and value.endswith("日") for value in found)


def test_what_the_evaluation_counts(service, monkeypatch, tmp_path):
    pairs = [("天日山花鸟", "地月水人心"), ("天地", "日地"), ("山水风云花", "人心有无x")]
    monkeypatch.setattr(measured.couplets, "couplets", lambda folder, split: pairs)
    monkeypatch.setattr(measured, "BEAM", 2)
    found, count = measured.evaluate(service.store.model, tmp_path, assets())
    assert count == 2  # x is no character of the model
    assert found["length_right"] == 1 and found["repeats"] == 0 and found["real_repeats"] == pytest.approx(1 / 7)
    assert 0 <= found["real_tones_opposed"] <= 1 and 0 < found["looks_above"] <= found["looks_above_best"] <= 1
    model = service.store.model
    total = 0.0
    for pair in pairs[:2]:
        upper, lower = (torch.tensor([[LETTERS.index(sign) for sign in text]]) for text in pair)
        p = model(upper, torch.cat([torch.tensor([[START]]), lower[:, :-1]], 1)).log_softmax(2)
        total -= p.gather(2, lower[:, :, None]).sum().item()
    assert found["nats_per_character"] == pytest.approx(total / 7, abs=1e-4)


def assets():
    from aigc_demo.checkpoints.catalogue import ASSETS

    return ASSETS


def test_choices_of_the_page_are_those_of_the_rules():
    from aigc_demo.sampling import pairing

    assert REPEATS == pairing.REPEATS and TONES[0] == "free"
