"""What of the CycleGAN ships, and how its translations are measured."""

import io
import shutil

import pytest
import torch
from PIL import Image
from tiny_cyclegan import tiny_store

from aigc_demo.data import emoji
from aigc_demo.evaluation import cyclegan as measured
from aigc_demo.evaluation import emoji as reading
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.services import first_results
from aigc_demo.services.cyclegan.requests import CYCLE, PAIRS, ROWS, Translate
from aigc_demo.services.cyclegan.translators import model_of
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find


def translate(service, request):
    """The picture, there and back."""
    return service.result("cyclegan_translate", request)


def test_the_card_of_the_landing_page_moves(service):
    value = find("cyclegan_translate").card(service.store)
    sheet = Image.open(io.BytesIO(value["sheets"][0]))
    assert sheet.size == (64 * value["counts"][0], 64 * 3) and all(pane.startswith("colour") for pane in value["panes"])


def test_the_emoji_that_ship_are_held_out_and_both_vendors():
    assert {emoji.split_of(name) for name in emoji.PAIRS} == {"test"}
    assert len(set(emoji.PAIRS)) == PAIRS == 8 * len(ROWS)
    sheet = emoji.read_samples(first_results.EXAMPLES / "emoji-pairs.png")
    assert sheet.shape == (2 * PAIRS, 64, 64, 3)
    assert (sheet[:PAIRS] != sheet[PAIRS:]).any((1, 2, 3)).all()


class Fixed(Judge):
    """A judge that reads the class of a picture from the shade of its first pixel."""

    def features(self, x):
        return x[:, 0, 0, 0, None]

    def decide(self, features):
        return -((features - torch.linspace(-1, 1, 18)) ** 2)


@pytest.fixture
def held_out(monkeypatch):
    """Two made-up emoji: one with two variants; Google's are darker and of a class nine higher."""
    shades = torch.linspace(-1, 1, 18)
    groups = torch.tensor([0, 0, 4])

    def load(folder, vendor, split):
        return shades[groups + 9 * emoji.VENDORS.index(vendor)].view(3, 1, 1, 1).expand(3, 3, 64, 64)

    monkeypatch.setattr(emoji, "load", load)
    monkeypatch.setattr(emoji, "groups", lambda folder, split: groups)
    monkeypatch.setattr(emoji, "chances", lambda folder, split: torch.tensor([0.25, 0.25, 0.5]))
    return Fixed(JudgeConfig(64, 3, 4, 18))


def test_a_judge_that_sees_everything_is_always_right(held_out, tmp_path):
    found, count = reading.judge_metrics(held_out, tmp_path)
    assert found == {"vendor_right": 1, "group_right": 1, "class_accuracy": 1} and count == 6


def test_doing_nothing_and_a_perfect_translation_are_told_apart(held_out, tmp_path, service, monkeypatch):
    step = 18 / 17  # from a class to the one nine higher

    def perfect(model, x, backwards):
        moved = x - step if backwards else x + step
        return moved, moved + step if backwards else moved - step

    model = model_of(service.store, CYCLE)
    monkeypatch.setattr(measured, "translate", perfect)
    found, count = measured.evaluate(model, held_out, tmp_path)
    assert count == 6
    for name in ("vendor_right", "group_right", "class_right"):
        assert found[name] == pytest.approx(1), name
    assert found["mean_absolute_error"] == pytest.approx(0, abs=1e-6) == found["cycle_error"]
    assert found["mean_absolute_error_nothing"] == pytest.approx(step / 2, rel=1e-4)
    assert found["vendor_right_nothing"] == 0 == found["class_right_nothing"]
    assert found["group_right_nothing"] == pytest.approx(1)


def test_an_emoji_counts_once_however_many_variants_it_has(held_out, tmp_path, service, monkeypatch):
    def partly(model, x, backwards):
        return torch.where(torch.arange(len(x)).view(-1, 1, 1, 1) == 2, 0.0, x), x

    monkeypatch.setattr(measured, "translate", partly)
    found, _ = measured.evaluate(model_of(service.store, CYCLE), held_out, tmp_path)
    assert found["cycle_error"] == 0 and found["mean_absolute_error"] < found["mean_absolute_error_nothing"]
    both = [0.25 * 2 * 18 / 17 / 2 + 0.5 * abs(shade) / 2 for shade in (torch.linspace(-1, 1, 18)[[13, 4]].tolist())]
    assert found["mean_absolute_error"] == pytest.approx(sum(both) / 2, rel=1e-4)


def test_drawn_pictures_are_measured_against_a_floor():
    torch.manual_seed(0)
    judge = Judge(JudgeConfig(64, 3, 4, 18)).eval()
    train, test = (torch.rand(count, 3, 64, 64) * 2 - 1 for count in (40, 30))
    good = reading.drawing_metrics(train[:20], train, test, judge)
    bad = reading.drawing_metrics(torch.full((20, 3, 64, 64), -1.0), train, test, judge)
    assert good["nearest_train"] < 1 < bad["nearest_train"] and bad["frechet"] > 2 * good["frechet"]
    assert good["frechet_floor"] == bad["frechet_floor"] > 0


def test_translations_come_as_a_file_keeps_them(service):
    model = model_of(service.store, CYCLE)
    there, back = measured.translate(model, torch.rand(3, 3, 64, 64) * 2 - 1, backwards=True)
    for made in (there, back):
        shades = (made + 1) * 127.5
        assert torch.allclose(shades, shades.round(), atol=1e-3) and made.abs().max() <= 1


def test_the_folder_can_be_moved(project, tmp_path):
    """Nothing of the family knows where it was made."""
    shutil.copytree(project / "assets", tmp_path / "elsewhere")
    service = Service(tiny_store(tmp_path / "elsewhere"))
    assert translate(service, Translate()).picture.shape == (3, 64, 64)
