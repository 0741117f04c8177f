"""The parts of the texts that are made from the repository itself: `make fix` writes them anew, test_docs.py compares.

The tables of docs/checkpoints.md are what the catalogue says, docs/api.md what the request classes say.
"""

import dataclasses
import inspect
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.core.params import Choice, Range, Rule, Text, rules
from aigc_demo.services.use_case import find, requests_of

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
TEXT_SUFFIXES = {".py", ".toml", ".js", ".css", ".txt", ".md", ""}


def known_files() -> list[Path]:
    """What git has or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


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


def bounds(rule: Rule | None) -> str:
    """What a field takes."""
    if isinstance(rule, Range):
        return f"{rule.low:g} to {rule.high:.10g}"
    if isinstance(rule, Choice):
        return ", ".join(f"`{option}`" for option in rule.options)
    return f"at most {rule.longest} characters" if isinstance(rule, Text) else ""


def shown(value: Any) -> str:
    """A default as Python."""
    return f"`{value!r}`" if len(repr(value)) < 60 else "a longer text"


def endpoint(name: str, request: Any) -> str:
    """One use case: what it does, its fields, a call, and its answer."""
    use_case = find(name)
    defaults = {field.name: field.default for field in dataclasses.fields(request)}
    rows = [line(f"`{place}`", shown(defaults[place]), bounds(rule)) for place, (_, rule) in rules(request).items()]
    kinds = ", ".join(f"`{kind}`" for kind in use_case.formats)
    told = (inspect.getdoc(use_case.numbers) or "").split("\n")[0].rstrip(".")
    call = f'file, result = client.predict(api_name="/{name}")'
    return (
        f"### /{name}\n\n{inspect.getdoc(request)}\n\n{table(('field', 'default', 'takes'), rows)}\n\n"
        f"`format`: {kinds}. `result`: {told}.\n\n```python\n{call}\n```\n"
    )


def api() -> str:
    """Every public endpoint, family by family."""
    parts = []
    for family in catalogue.families():
        parts.append(f"## {family.stem}\n")
        parts += [endpoint(f"{family.stem}_{name}", request) for name, request in requests_of(family.stem).items()]
    return "\n".join(parts)


PARTS: dict[str, Callable[[], str]] = {
    "api": api,
    "checkpoints": checkpoints,
    "likelihoods": likelihoods,
    "betas": betas,
    "factors": factors,
    "translations": translations,
    "gans": gans,
}
TEXTS = (ROOT / "docs" / "api.md", ROOT / "docs" / "checkpoints.md")


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
