"""The parts of the texts that are made from the repository itself: `make fix` writes them anew, test_docs.py compares.

The tables of docs/checkpoints.md are what the catalogue says; the file tree of README.md takes its comments from the
files' own first lines.
"""

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
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
    "aigc_demo/services/cyclegan": "CycleGAN",
    "aigc_demo/services/diffusion": "the diffusion family",
    "aigc_demo/services/gan": "the GANs",
    "aigc_demo/services/gpt": "the language models of characters",
    "aigc_demo/services/hf_text": "SmolLM2, and language models of the hub",
    "aigc_demo/services/seq2seq": "couplets",
    "aigc_demo/services/textvae": "the text VAE",
    "aigc_demo/services/vae": "the autoencoders",
    "aigc_demo/training": "one recipe per family: `python -m aigc_demo.training CHECKPOINT`",
    "aigc_demo/ui": "the only folder that imports Gradio",
    "aigc_demo/ui/static": "what runs in the browser",
    "aigc_demo/ui/tabs": "one tab per family",
    "aigc_demo/ui/text": "every word of the page, Chinese and English",
    "assets": "weights and samples that ship",
    "assets/checkpoints": "safetensors, one file per checkpoint",
    "assets/examples": "samples and shipped results",
    "assets/verse": "tones and rhymes of characters",
    "benchmarks": "us against peers: `python -m benchmarks NAME`",
    "docs": "longer texts, and the pictures of this page",
    "tests": "`make test` runs them all",
}
FILES = {  # comments of files that cannot carry one, or whose first line says something else
    "app.py": "composition root: options, store, page, server",
    "pyproject.toml": "settings of ruff, mypy and pytest",
    "LICENSE": "Apache-2.0",
    "packages.txt": "Debian packages of a Gradio Space: a font with Chinese",
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
    return line(*cells)


def line(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def table(head: tuple[str, ...], rows: Iterable[str]) -> str:
    """A table of rows that `line` made."""
    return "\n".join([line(*head), "|" + "---|" * len(head), *rows])


def checkpoints() -> str:
    """All checkpoints as the catalogue describes them."""
    head = ("checkpoint", "data (licence)", "parameters", "size", "trained", "measured on held-out data")
    return table(head, map(row, catalogue.shipped().checkpoints))


def metric(id: str, name: str, digits: int = 2) -> str:
    """A metric of the catalogue; a dash where it was not measured."""
    value = catalogue.checkpoint(id).metrics.get(name)
    return "-" if value is None else f"{value:.{digits}f}"


def likelihoods() -> str:
    """Binarised digits: our figures beside the published ones."""
    rows = [
        line(words, metric(id, "nll_nats"), published, metric(id, "negative_elbo_nats"))
        for words, id, published in (
            ("VAE", "vae-digits-binarised", "86.76"),
            ("IWAE, k = 5", "vae-digits-binarised-iwae5", "85.54"),
        )
    ]
    return table(("trained as", "nll_nats, ours", "published", "negative_elbo_nats, ours"), rows)


def betas() -> str:
    """The 16-D models of grey digits at every beta."""
    names = ("squared_error", "reconstruction_nats", "kl_nats", "dead_dimensions")
    ids = {b: f"vae-digits-beta{b}" for b in ("0.25", "1", "2", "4", "8", "16")} | {"1": "vae-digits-vae"}
    places = {"squared_error": 4, "dead_dimensions": 0}
    rows = [line(b, *(metric(id, name, places.get(name, 2)) for name in names)) for b, id in ids.items()]
    return table(("beta", *names), rows)


def factors() -> str:
    """Disentanglement on shapes: mean and range over three seeds."""
    names, rows = ("mig", "sap", "factor_score", "reconstruction_nats", "kl_nats"), []
    for beta in (1, 4, 16):
        runs = [catalogue.checkpoint(f"vae-shapes-beta{beta}-seed{seed}").metrics for seed in range(3)]
        cells = []
        for name in names:
            values = [run[name] for run in runs if name in run]
            places = 3 if name in names[:3] else 2
            spread = f" ({min(values):.{places}f} to {max(values):.{places}f})" if values else ""
            cells.append(f"{sum(values) / len(values):.{places}f}{spread}" if values else "-")
        rows.append(line(str(beta), *cells))
    return table(("beta", *names), rows)


def translations() -> str:
    """CycleGAN on held-out pairs: doing nothing, without the cycle term, with it."""
    names = ("mean_absolute_error", "vendor_right", "group_right", "class_right", "cycle_error")
    ways = {
        "doing nothing": ("cyclegan-emoji", "_nothing"),
        "without the cycle term": ("cyclegan-emoji-nocycle", ""),
        "with it": ("cyclegan-emoji", ""),
    }
    rows = [line(words, *(metric(id, name + suffix, 4) for name in names)) for words, (id, suffix) in ways.items()]
    return table(("", *names), rows)


def gans() -> str:
    """The GANs of digits: how good their pictures are, and how much they cover."""
    losses = {
        "mlp": "non-saturating",
        "dcgan": "non-saturating",
        "wgan-clip": "Wasserstein, weights clipped",
        "wgan-gp": "Wasserstein, gradient penalty",
        "conditional": "in pairs, R1 + R2",
        "r3": "in pairs, R1 + R2",
        "collapsed": "non-saturating",
    }
    names, rows = ("recall", "precision", "class_share_min", "class_accuracy"), []
    known: dict[str, float] = {}
    for model, loss in losses.items():
        found = catalogue.checkpoint(f"gan-digits-{model}")
        known = known or found.metrics
        times = f" ({found.metrics['frechet'] / found.metrics['frechet_floor']:.1f})" if found.metrics else ""
        cells = (f"{found.parameters:,}", metric(found.id, "frechet", 3) + times)
        rows.append(line(f"`{found.id}`", loss, *cells, *(metric(found.id, name, 3) for name in names)))
    if known:
        real = f"{known['frechet_floor']:.3f}", f"{known['recall_of_train']:.3f}"
        rows.append(line("training digits", "", "", *real, "", "", ""))
    return table(("", "loss", "parameters", "frechet", *names), rows)


PARTS: dict[str, Callable[[], str]] = {
    "tree": tree,
    "checkpoints": checkpoints,
    "likelihoods": likelihoods,
    "betas": betas,
    "factors": factors,
    "translations": translations,
    "gans": gans,
}
TEXTS = (README, ROOT / "docs" / "checkpoints.md")


def rendered(text: str) -> str:
    """A text with its made parts made anew."""
    for name, part in PARTS.items():
        begin, end = f"<!-- {name}: written by make fix -->", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        if found:
            text = f"{before}{begin}\n{part()}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    for path in TEXTS:
        path.write_text(rendered(path.read_text(encoding="utf-8")), encoding="utf-8")
