"""The time machine: its command, sheets and figures."""

import json
import math

import pytest
import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.evaluation.measurement import Settings
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.training.time_machine import diffusion, log
from aigc_demo.training.time_machine.__main__ import courses, main

LINES = [{"pictures": 100, "minutes": 1.0, "loss": 0.5}, {"pictures": 300, "minutes": 2.0, "loss": 0.25}]


def test_minutes_lie_between_the_lines_of_the_log():
    at = [log.minutes_at(pictures, LINES) for pictures in (0, 50, 100, 200, 300, 999)]
    assert at == [0, 0.5, 1, 1.5, 2, 2]


def test_a_long_curve_keeps_its_ends_and_few_points():
    lines = [{"pictures": float(i)} for i in range(1001)]
    thinned = log.thin(lines)
    assert len(thinned) == 200 and thinned[0] == lines[0] and thinned[-1] == lines[-1]
    assert log.thin(LINES) == LINES


def test_a_guess_costs_one_for_pictures_as_wide_as_the_noise_and_less_for_equal_ones():
    config = DiffusionConfig.tiny()
    wide = torch.randn(4000, 1, 4, 4)
    assert diffusion.guess_loss(wide, config) == pytest.approx(1, abs=0.02)
    assert 0.2 < diffusion.guess_loss(torch.ones(5, 1, 4, 4), config) < 0.8


def test_a_sheet_has_a_row_per_seed_and_a_column_per_class():
    pictures = torch.linspace(-1, 1, 20).view(20, 1, 1, 1).expand(20, 1, 3, 2)
    sheet = diffusion.sheet(pictures)
    assert sheet.shape == (6, 20)
    assert sheet[0, 0] == 0 and sheet[-1, -1] == 255 and sheet[0, -1] < sheet[-1, 0]


def test_a_run_is_rendered(tmp_path):
    run, shipped = tmp_path / "run", tmp_path / "shipped.safetensors"
    model = DiffusionModel(DiffusionConfig.tiny())
    for path in (run / "snapshot-00000000.safetensors", run / "snapshot-00000200.safetensors", shipped):
        files.save(model, path)
    (run / "log.jsonl").write_text("\n".join(map(json.dumps, LINES)))

    class Seven(Judge):
        """Reads a seven in everything."""

        def features(self, x):
            return x.flatten(1)

        def decide(self, features):
            return torch.eye(10)[7].expand(len(features), 10)

    images = torch.randn(20, 1, 16, 16)
    picture, facts = diffusion.render(run, shipped, Seven(JudgeConfig.tiny()), images, Settings(steps=2), seeds=2)
    assert picture.size == (160, 3 * 32)
    assert facts["tile"] == {"width": 160, "height": 32, "columns": 10, "rows": 2}
    assert [known["pictures"] for known in facts["snapshots"]] == [0, 200, 300]
    assert [known["minutes"] for known in facts["snapshots"]] == [0, 1.5, 2]
    assert all(known["class_accuracy"] == 0.1 for known in facts["snapshots"])
    assert facts["curve"] == LINES and math.isfinite(facts["guess_loss"])
    json.dumps(facts)


def test_one_command_makes_what_every_page_shows():
    shipped = {
        path.name.removesuffix("-training.json") for path in (catalogue.ASSETS / "examples").glob("*-training.json")
    }
    assert shipped and shipped <= courses().keys()
    assert {catalogue.checkpoint(id).id for id in courses()} == courses().keys()


def test_the_command_writes_the_course_of_a_run(tmp_path):
    answers = [{"upper": "天", "lower": "地", "cost": 1.0, "alignment": [[1.0]]}]
    moments = [{"step": step, "minutes": step / 3, "held_out": 1.23456, "answers": answers} for step in (0, 2)]
    run = tmp_path / "runs" / "seq2seq-couplets"
    run.mkdir(parents=True)
    (run / "answers.jsonl").write_text("\n".join(map(json.dumps, moments)))
    main(["seq2seq-couplets", "--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "out")])
    (made,) = (tmp_path / "out").iterdir()
    told = json.loads(made.read_text("utf-8"))
    assert made.name == "seq2seq-couplets-training.json" and told["checkpoint"] == "seq2seq-couplets"
    assert [moment["minutes"] for moment in told["moments"]] == [0, 0.67]
    assert [moment["held_out"] for moment in told["moments"]] == [1.2346, 1.2346]


def test_a_checkpoint_without_a_time_machine_is_told_apart(capsys):
    with pytest.raises(SystemExit) as end:
        main(["judge-digits"])
    assert end.value.code == 2 and "diffusion-digits" in capsys.readouterr().err
