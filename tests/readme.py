"""The parts of README.md that are made from the repository itself: `make fix` writes them anew, test_docs.py compares.

The checkpoint table is what the catalogue says; the file tree takes its comments from the files' own first lines.
"""

import re
import subprocess
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import Checkpoint

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
FOLDERS = {  # a folder's comment; one that is not here is not in the tree
    ".ci": "what the continuous integration runs",
    "aigc_demo": "the package; imports go down only, `tests/test_layers.py` holds the table of who may import whom",
    "aigc_demo/checkpoints": "what ships, and how it is read",
    "aigc_demo/core": "plain Python shared by all: no model, no page",
    "aigc_demo/data": "between files and tensors",
    "aigc_demo/evaluation": "`python -m aigc_demo.evaluation ID`: metrics on held-out data",
    "aigc_demo/models": "one file per family: config and network",
    "aigc_demo/nn": "blocks that two or more models use unchanged",
    "aigc_demo/pipelines": "the only folder that imports diffusers or transformers",
    "aigc_demo/sampling": "algorithms that draw from a model, given as a callable",
    "aigc_demo/services": "one per family: requests and use-cases; no Gradio",
    "aigc_demo/services/diffusion": "the diffusion family",
    "aigc_demo/training": "one recipe per family: `python -m aigc_demo.training.NAME`",
    "aigc_demo/ui": "the only folder that imports Gradio",
    "aigc_demo/ui/static": "what runs in the browser",
    "aigc_demo/ui/tabs": "one tab per family",
    "aigc_demo/ui/text": "every word of the page, Chinese and English",
    "assets": "weights and samples that ship",
    "assets/checkpoints": "safetensors, one file per checkpoint",
    "assets/examples": "samples and shipped results",
    "benchmarks": "us against peers: `python -m benchmarks NAME`",
    "docs": "longer texts, and the pictures of this page",
    "tests": "`make test` runs them all",
}
FILES = {  # comments of files that cannot carry one, or whose first line says something else
    "app.py": "composition root: options, store, page, server",
    "pyproject.toml": "settings of ruff, mypy and pytest",
    "LICENSE": "Apache-2.0",
    ".ci/run": "make test",
}
HIDDEN = {"__init__.py", "conftest.py", ".gitignore", ".dockerignore", "README.md"}
SPELLED_OUT = {".py", ".toml", ".js", ".css", ".txt", ".md", ""}
COLUMN = 32  # where comments begin
LONGEST = 110  # characters of a comment; longer sentences end at their colon


def comment(path: Path) -> str:
    """What the file's first sentence says about it."""
    name = path.relative_to(ROOT).as_posix()
    if name in FILES:
        return FILES[name]
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        opening = text.partition('"""')[2].partition('"""')[0].partition("\n\n")[0].split("\n")
    else:
        marks = r"\s*(#+|//|/\*+|\*/?)\s*"
        block = takewhile(lambda line: re.match(marks, line), text.split("\n"))
        opening = [re.sub(rf"^{marks}|\s*\*/$", "", line) for line in block]
    sentence = re.split(r"(?<=[\w)\]])[.;](?:\s|$)", " ".join(line.strip() for line in opening))[0]
    return (sentence if len(sentence) <= LONGEST else sentence.partition(":")[0]).replace("`", "").strip()


def known_files() -> list[Path]:
    """What git has or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


def lines(folder: Path, files: list[Path], depth: int = 0) -> Iterator[str]:
    """The folder's entries, files first, each with its comment."""
    below = [path.relative_to(folder).parts for path in files if path.is_relative_to(folder)]
    for name in sorted({parts[0] for parts in below if len(parts) == 1} - HIDDEN):
        if (folder / name).suffix in SPELLED_OUT:
            yield f"{'  ' * depth + name:{COLUMN}}{comment(folder / name)}".rstrip()
    for name in sorted({parts[0] for parts in below if len(parts) > 1}):
        where = (folder / name).relative_to(ROOT).as_posix()
        if where in FOLDERS:
            yield f"{'  ' * depth + name + '/':{COLUMN}}{FOLDERS[where].replace('`', '')}"
            yield from lines(folder / name, files, depth + 1)


def tree() -> str:
    """The file tree with a comment per entry."""
    return "\n".join(["```", *lines(ROOT, known_files()), "```"])


def row(checkpoint: Checkpoint) -> str:
    """One line of the table; what was not measured is left out."""
    metrics = ", ".join(f"{name} {value:.4g}" for name, value in checkpoint.metrics.items())
    trained = f"{checkpoint.minutes:.0f} min, {checkpoint.hardware}" if checkpoint.minutes else ""
    cells = (
        f"`{checkpoint.id}`",
        f"{checkpoint.data} ({checkpoint.licence})",
        f"{checkpoint.parameters:,}" if checkpoint.parameters else "",
        f"{checkpoint.size / 1e6:.1f} MB" if checkpoint.size else "",
        trained,
        metrics,
    )
    return f"| {' | '.join(cells)} |"


def table() -> str:
    """The checkpoints as the catalogue describes them."""
    head = "| checkpoint | data (licence) | parameters | size | trained | measured on held-out data |"
    return "\n".join([head, "|---|---|---|---|---|---|", *map(row, catalogue.shipped().checkpoints)])


def rendered(text: str) -> str:
    """The README with its made parts made anew."""
    for name, part in (("checkpoints", table()), ("tree", tree())):
        begin, end = f"<!-- {name}: written by make fix -->", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{part}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
