"""The catalogue is complete, agrees with the files, and says clearly when it is not."""

import subprocess
import sys

import pytest

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.models.judge import Judge, JudgeConfig

LIST = """# a comment that stays
[[family]]
stem = "diffusion"

[[checkpoint]]
id = "one"
family = "diffusion"
model = "m:M"
config = "m:C"
file = "one.safetensors"
data = "mnist"
licence = "ours"
command = "python -m one"
evaluate = "m:one"
sha256 = "old"
metrics = { class_accuracy = 0.5 }

[[checkpoint]]
id = "two"
family = "judge"
model = "m:M"
config = "m:C"
file = "two.safetensors"
data = "mnist"
licence = "ours"
command = "python -m two"
evaluate = "m:two"
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "catalogue.toml").write_text(LIST)
    return tmp_path / "catalogue.toml"


def test_families_hold_their_checkpoints_and_judges_have_no_tab(path):
    listing = catalogue.read(path)
    assert [family.stem for family in listing.families] == ["diffusion"]
    assert [entry.id for entry in listing.family("diffusion").checkpoints] == ["one"]
    assert listing.checkpoint("two").family == "judge"


def test_names_that_are_not_there():
    with pytest.raises(NotFoundError, match="no checkpoint called nonsense"):
        catalogue.checkpoint("nonsense")
    with pytest.raises(NotFoundError, match="no tab called nonsense"):
        catalogue.family("nonsense")
    with pytest.raises(NotFoundError) as caught:
        catalogue.checkpoint("x" * 100_000)
    assert len(str(caught.value)) < 200


def test_a_missing_list_is_one_sentence(tmp_path):
    with pytest.raises(UnavailableError, match=r"catalogue\.toml, is not on this machine"):
        catalogue.read(tmp_path / "catalogue.toml")


@pytest.mark.parametrize(
    "text",
    [
        "not = [toml",
        "x = 1",
        LIST + "surprise = 1\n",
        LIST.replace('command = "python -m two"', ""),
        LIST.replace('"two.safetensors"', "7"),
        LIST.replace("{ class_accuracy = 0.5 }", "3"),
        "checkpoint = 1\nfamily = 2",
    ],
)
def test_a_broken_list_is_one_sentence(path, text):
    path.write_text(text)
    with pytest.raises(UnavailableError, match=r"catalogue\.toml, cannot be read: .* Fetch the project again"):
        catalogue.read(path)


def test_an_update_changes_one_entry_and_nothing_else(path):
    catalogue.update("one", {"size": 7, "minutes": 1.5, "sha256": "new", "metrics": {"frechet": 2.5}}, path)
    one, two = catalogue.read(path).checkpoints
    assert (one.size, one.minutes, one.sha256, one.metrics) == (7, 1.5, "new", {"frechet": 2.5})
    given = ("id", "family", "model", "config", "file", "data", "licence", "command", "evaluate")
    assert two == catalogue.entry({name: getattr(two, name) for name in given}) and two.evaluate == "m:two"
    assert path.read_text().startswith("# a comment that stays\n") and path.read_text().count("\n\n[[") == 2
    with pytest.raises(NotFoundError):
        catalogue.update("three", {"size": 1}, path)


def test_metrics_belong_to_one_file(path, tmp_path):
    model = Judge(JudgeConfig.tiny())
    files.save(model, tmp_path / "one.safetensors")
    catalogue.remeasure("one", {}, tmp_path, path)
    entry = catalogue.read(path).checkpoint("one")
    assert entry.metrics == {}  # they were another file's
    assert entry.parameters == sum(p.numel() for p in model.parameters())
    assert entry.sha256 == catalogue.file_sha256(tmp_path / "one.safetensors")
    catalogue.remeasure("one", {"metrics": {"class_accuracy": 0.25}}, tmp_path, path)
    catalogue.remeasure("one", {}, tmp_path, path)
    assert catalogue.read(path).checkpoint("one").metrics == {"class_accuracy": 0.25}


def test_reading_the_catalogue_and_making_a_store_need_no_torch():
    code = (
        "import sys; from aigc_demo.checkpoints import catalogue; from aigc_demo.checkpoints.store import Store; "
        "Store(); catalogue.families(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("entry", catalogue.shipped().checkpoints, ids=lambda entry: entry.id)
def test_shipped_files_are_what_the_catalogue_says(entry):
    path = catalogue.ASSETS / entry.file
    assert catalogue.describe(path) == {
        "size": entry.size,
        "sha256": entry.sha256,
        "parameters": entry.parameters,
    }, f"run: python -m aigc_demo.evaluation {entry.id} --update"
    assert entry.size < 10_000_000
    assert entry.metrics and entry.steps and entry.minutes and entry.hardware
    assert path.stat().st_mode & 0o044 == 0o044  # another user of a container can read it


def test_shipped_figures_are_good_enough():
    assert catalogue.checkpoint("judge-digits").metrics["class_accuracy"] >= 0.993
    metrics = catalogue.checkpoint("diffusion-digits").metrics
    assert metrics["class_accuracy"] >= 0.985
    assert metrics["frechet"] <= 4 * metrics["frechet_floor"]
    assert metrics["nearest_train"] >= 0.8 * metrics["nearest_train_of_test"]  # nothing learned by heart
