"""The time machine of the picture GANs: sheets, class counts and the course of the game."""

import json
from dataclasses import replace

import torch
from test_evaluation import folder  # noqa: F401 - a fixture

from aigc_demo.checkpoints import files
from aigc_demo.evaluation.gan import draw
from aigc_demo.models.gan import GAN, GANConfig
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.training.time_machine import gan as snapshots


def log(*lines):
    """Lines as a training writes them: pictures, minutes, and the four terms."""
    return [dict(zip(("pictures", "minutes", *snapshots.TERMS), line, strict=True)) for line in lines]


def judge():
    """One whose features are sixteen pixels in the middle."""
    found = Judge(JudgeConfig.tiny()).eval()
    found.features = lambda x: x.flatten(1)[:, 500:516]
    return found


def test_a_run_becomes_one_picture_and_its_figures(folder, tmp_path):  # noqa: F811
    run, shipped = tmp_path / "run", tmp_path / "shipped.safetensors"
    for path in (run / "snapshot-00000000.safetensors", run / "snapshot-00000128.safetensors", shipped):
        files.save(GAN(GANConfig.tiny()), path)
    lines = log((128, 1.0, 1.4, 1.1, 0.5, -0.3), (256, 2.0, 0.123456, 1.0, 0.4, -0.2))
    (run / "log.jsonl").write_text("\n".join(map(json.dumps, lines)))
    against = snapshots.yardstick(judge(), folder)
    picture, facts = snapshots.render(run, shipped, against)
    assert picture.size == (280, 3 * 112)
    assert [one["pictures"] for one in facts["snapshots"]] == [0, 128, 256]
    assert [one["minutes"] for one in facts["snapshots"]] == [0, 1, 2]
    assert all(sum(one["counts"]) == 500 and one["frechet"] > 0 for one in facts["snapshots"])
    assert [line["generator"] for line in facts["curve"]] == [1.4, 0.12346]
    assert set(facts["curve"][0]) == {"pictures", "minutes", "generator", "critic", "real", "fake"}


def test_a_tile_is_the_picture_of_its_seed_and_class(folder, tmp_path):  # noqa: F811
    path = tmp_path / "weights.safetensors"
    files.save(GAN(replace(GANConfig.tiny(), classes=10)), path)
    against = snapshots.yardstick(judge(), folder)
    sheet, _ = snapshots.look(path, against)
    tile = sheet[56:84, 84:112].float() / 127.5 - 1  # third row, fourth column: seed 23, class 3
    expected = draw(files.read(path, GAN, GANConfig), [23], torch.tensor([3]))[0, 0]
    other = draw(files.read(path, GAN, GANConfig), [23], torch.tensor([4]))[0, 0]
    assert (tile - expected).abs().max() < 0.08, "sixteen shades"
    assert (tile - other).abs().max() > 0.08


def test_a_model_that_copies_is_as_near_as_the_floor(folder, monkeypatch):  # noqa: F811
    from aigc_demo.data import digits

    images, labels = digits.load(folder, "train")
    monkeypatch.setattr(snapshots, "draw", lambda *_: images.float() / 127.5 - 1)
    monkeypatch.setattr(files, "read", lambda *_: None)
    against = snapshots.yardstick(judge(), folder)
    _, facts = snapshots.look(folder, against)
    assert facts["frechet"] == against.floor > 0 and sum(facts["counts"]) == len(labels)
