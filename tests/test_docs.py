"""The texts beside the code say what is so: tables, file tree, names of files, versions."""

import re
import subprocess
from pathlib import Path

import pytest
import readme

ROOT = Path(__file__).resolve().parent.parent
TEXTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npmjs" + ".", "debian" + ".org")


def constraint(name: str) -> str:
    """The tested release of a package."""
    found = re.search(rf"(?m)^{name}==([\w.]+)", (ROOT / "constraints.txt").read_text())
    assert found, name
    return found[1]


@pytest.mark.parametrize("path", readme.TEXTS, ids=lambda path: path.name)
def test_the_made_parts_of_the_texts_are_up_to_date(path):
    text = path.read_text(encoding="utf-8")
    assert "written by make fix" in text
    assert text == readme.rendered(text), "run: make fix"


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_file_that_a_text_names_exists(text):
    named = re.findall(r"`((?:aigc_demo|tests|assets|docs|benchmarks)/[\w./-]+)`", text.read_text(encoding="utf-8"))
    linked = re.findall(r"\]\((?!https?:)([\w./-]+)\)", text.read_text(encoding="utf-8"))
    missing = {name for name in named if not (ROOT / name).exists()} - {
        name for name in named if re.search(r"/(test_)?x\b", name)
    }
    missing |= {name for name in linked if not (text.parent / name).exists()}
    assert not missing


def test_what_an_article_got_wrong_is_done_right_where_the_text_says():
    """Every "`name` in `file`" names what that file has, and no row waits for something to be built."""
    text = (ROOT / "docs/articles.md").read_text(encoding="utf-8")
    told = re.findall(r"((?:`[\w.]+`(?:, | and )?)+) in `([\w/.]+)`", text)
    assert len(told) > 20 and "not built" not in text.lower()
    for names, file in told:
        code = (ROOT / file).read_text(encoding="utf-8")
        for name in re.findall(r"`(?:\w+\.)?(\w+)`", names):
            assert re.search(rf"(?:def|class) {name}\b", code), f"{name} in {file}"
    rows = [line for line in text.splitlines() if re.match(r"\| A\d \d", line)]
    assert len(rows) > 20 and all(re.search(r"`|no step of ours", row.split("|")[-2]) for row in rows)


def test_the_readme_is_one_that_one_reads():
    assert readme.README.stat().st_size < 10_000


def test_the_space_runs_the_tested_gradio():
    matter = readme.README.read_text(encoding="utf-8").split("---")[1]
    assert f"sdk_version: {constraint('gradio')}" in matter
    assert (ROOT / re.search(r"app_file: (\S+)", matter)[1]).exists()
    assert len(re.search(r"short_description: (.*)", matter)[1]) <= 60


def test_every_requirement_has_a_tested_release():
    for file in ROOT.glob("requirements*.txt"):
        for name in re.findall(r"(?m)^([\w-]+)(?:\[\w+\])?>=", file.read_text()):
            assert constraint(name)


def test_no_text_file_names_a_package_registry_or_a_machine():
    files = [path for path in readme.known_files() if path.suffix in readme.TEXT_SUFFIXES and path.name != "LICENSE"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [host for host in REGISTRIES if host in text], path
        assert not re.search(r"/(root|work)/(?!\.)", text), path


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_make_knows_its_targets():
    for target in ("run", "ci", "test", "test-avx2", "fix", "check", "smoke", "bench", "screenshots", "clean"):
        done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
