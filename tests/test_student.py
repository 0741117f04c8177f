"""The student of text-to-image diffusion: what it is trained on, and when it is asked."""

import torch

from aigc_demo.data import scenes
from aigc_demo.models.detector import Detector, DetectorConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig
from aigc_demo.training import student


def test_it_is_asked_at_the_times_of_runs_of_one_to_four_steps():
    times = student.draw_times(4000, torch.Generator().manual_seed(0))
    found, counts = times.unique(return_counts=True)
    torch.testing.assert_close(found, torch.tensor([1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1]))
    shares = torch.tensor([3, 4, 3 + 6, 4, 3, 3 + 4 + 6 + 12]) / 48  # of four runs, each step as often as the others
    torch.testing.assert_close(counts / 4000, shares, atol=0.03, rtol=0)


def test_it_learns_from_what_is_as_told_and_nothing_is_drawn_twice(tmp_path, monkeypatch):
    teacher = Text2Image(Text2ImageConfig.tiny()).eval()
    kl, detector = KLAutoencoder(KLConfig(widths=(8, 8, 8, 8), groups=4)).eval(), Detector(DetectorConfig.tiny()).eval()
    told = []

    def truth(claims, seen):
        told.append(claims)
        return {"all": len(told) % 3 == 0}

    monkeypatch.setattr(student, "truth", truth)
    first = student.draw(teacher, kl, detector, 2, 7, seed=1)
    assert len(first.noise) == len(first.codes) == len(first.tokens) == 2 and first.tried == 7
    assert not any(scenes.held_out(claims) for claims in told) and not torch.equal(*first.noise)
    told.clear()
    again = student.draw(teacher, kl, detector, 2, 7, seed=1)
    assert all(torch.equal(a, b) for a, b in zip(first.tensors, again.tensors, strict=True))

    recipe = student.Recipe(pairs=12, teacher_steps=1)
    whole = student.kept(tmp_path / "pairs.pt", recipe, teacher, kl, detector)
    assert len(whole.noise) >= 12 and whole.tried % student.DRAWN_AT_ONCE == 0
    monkeypatch.setattr(student, "draw", None)
    kept = student.kept(tmp_path / "pairs.pt", recipe, teacher, kl, detector)
    assert kept.tried == whole.tried
    assert all(torch.equal(a, b) for a, b in zip(whole.tensors, kept.tensors, strict=True))
