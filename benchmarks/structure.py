"""Figures of how the code is laid out, each beside its limit: python -m benchmarks.structure

Nothing is imported; everything is read from the source.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "aigc_demo"
LAYERS = (
    "core",
    "nn",
    "models",
    "compression",
    "sampling",
    "data",
    "checkpoints",
    "pipelines",
    "evaluation",
    "training",
)
COPIED = 6  # lines that make a run
LONG = 350  # lines of a file
FEW = 5  # words of a docstring that says little


@dataclass(frozen=True)
class Figure:
    """A count beside the most that it may be; `where` names the cases, as many as are worth printing."""

    name: str
    value: int
    limit: int
    where: tuple[str, ...] = ()


def sources(folder: Path = PACKAGE) -> list[Path]:
    """Python files below a folder."""
    return sorted(folder.rglob("*.py"))


def lines(folder: Path) -> int:
    """Lines of all Python below a folder."""
    return sum(len(path.read_text("utf-8").splitlines()) for path in sources(folder))


def short(path: Path) -> str:
    """A path below the project."""
    return str(path.relative_to(ROOT))


def tab_files() -> dict[str, list[str]]:
    """Use case -> the files that one writes for it: request, use case, tab, words, program, and a view of its own.

    Script and style of a view are one thing here.
    """
    found = {}
    for path in sorted((PACKAGE / "ui" / "tabs").glob("*/*.py")):
        family, name = path.parent.name, path.stem
        service = PACKAGE / "services" / family / f"{name}.py"
        if not service.is_file():
            continue
        wanted = [PACKAGE / "services" / family / "requests.py", service, path]
        wanted += [PACKAGE / "examples" / f"{family}_{name}_library.py", PACKAGE / "ui" / "text" / f"{family}.toml"]
        view = [end for end in (".js", ".css") if path.with_suffix(end).is_file()]
        wanted += [path.with_suffix(end) for end in view[:1]]
        found[f"{family}_{name}"] = [short(file) for file in wanted if file.is_file()]
    return found


def untyped_border() -> Iterator[str]:
    """Places in ui/ where `service` or `store` is Any or has no type, or where a module of services is an Any."""
    for path in sources(PACKAGE / "ui"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.arg) and node.arg in ("service", "store"):
                if node.annotation is None or ast.unparse(node.annotation) == "Any":
                    yield f"{short(path)}:{node.lineno}"
            elif isinstance(node, ast.AnnAssign) and "aigc_demo.services" in ast.unparse(node):
                yield f"{short(path)}:{node.lineno}"


def docstrings() -> Iterator[tuple[str, str]]:
    """Place and text of every docstring."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield f"{short(path)}:{getattr(node, 'lineno', 1)} {text}", text


def imported(path: Path) -> set[Path]:
    """Files of the package that a file imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aigc_demo"):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        files = (ROOT / f"{name.replace('.', '/')}.py" for name in names)
        found |= {file for file in files if file.is_file()}
    return found


def circles() -> list[str]:
    """Files that import themselves by way of others."""
    graph = {path: imported(path) for path in sources()}

    def reached(start: Path) -> set[Path]:
        seen: set[Path] = set()
        todo = list(graph[start])
        while todo:
            if (path := todo.pop()) not in seen:
                seen.add(path)
                todo += graph.get(path, ())
        return seen

    return [short(path) for path in graph if path in reached(path)]


def upwards() -> list[str]:
    """Lower layers that import the services or the page, and services that import the page."""
    found = []
    for path in sources():
        layer = path.relative_to(PACKAGE).parts[0]
        above = {"services": ("ui",)}.get(layer, ("services", "ui") if layer in LAYERS else ())
        for file in imported(path):
            if file.relative_to(PACKAGE).parts[0] in above:
                found.append(f"{short(path)} -> {short(file)}")
    return found


def copied() -> list[str]:
    """Runs of COPIED or more equal lines of code that stand in several places, counted once per pair of places."""
    places: dict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    code = {path: plain_lines(path) for path in sources()}
    for path, kept in code.items():
        for start in range(len(kept) - COPIED + 1):
            places[tuple(text for _, text in kept[start : start + COPIED])].append((path, start))
    runs = set()
    for found in places.values():
        for one, other in zip(found, found[1:], strict=False):
            (path, start), (twin, at) = one, other
            before = start and at and code[path][start - 1][1] == code[twin][at - 1][1]
            if not before:  # the run begins here
                runs.add(f"{short(path)}:{code[path][start][0]} = {short(twin)}:{code[twin][at][0]}")
    return sorted(runs)


def plain_lines(path: Path) -> list[tuple[int, str]]:
    """Number and text of the lines of a file that compute: no imports, comments, docstrings, brackets alone."""
    text = path.read_text("utf-8")
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        words = node.value if isinstance(node, ast.Expr) else None
        told = isinstance(words, ast.Constant) and isinstance(words.value, str)
        if told or isinstance(node, ast.Import | ast.ImportFrom):
            left_out |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    rows = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if number not in left_out)
    return [(number, line) for number, line in rows if re.search(r"\w", line) and not line.startswith("#")]


def wide() -> list[str]:
    """Lines of scripts and styles above 120 characters."""
    files = [path for end in ("js", "css") for path in sorted((PACKAGE / "ui").rglob(f"*.{end}"))]
    rows = ((path, number, line) for path in files for number, line in enumerate(path.read_text().splitlines(), 1))
    return [f"{short(path)}:{number}" for path, number, line in rows if len(line) > 120]


def figures() -> list[Figure]:
    """All of them."""
    tabs = tab_files()
    most = max(tabs, key=lambda name: len(tabs[name]), default="")
    empty = [place for place, text in docstrings() if len(text.split()) <= FEW]
    everything = [path for folder in (PACKAGE, ROOT / "tests", ROOT / "benchmarks") for path in sources(folder)]
    long = [short(path) for path in everything if len(path.read_text("utf-8").splitlines()) > LONG]
    border, round_about, up, runs, broad = list(untyped_border()), circles(), upwards(), copied(), wide()
    return [
        Figure("lines of services/", lines(PACKAGE / "services"), 7500),
        Figure("lines of ui/tabs/", lines(PACKAGE / "ui" / "tabs"), 5000),
        Figure(f"files of an inner tab, at most ({most})", len(tabs.get(most, ())), 6, tuple(tabs.get(most, ()))),
        Figure("Any between page and service", len(border), 0, tuple(border)),
        Figure("docstrings of five words or fewer", len(empty), 20, tuple(empty)),
        Figure("Python files above 350 lines", len(long), 0, tuple(long)),
        Figure("files in a circle of imports", len(round_about), 0, tuple(round_about)),
        Figure("imports upwards", len(up), 0, tuple(up)),
        Figure("runs of six equal lines", len(runs), 60, tuple(runs)),
        Figure("scripts and styles: lines above 120", len(broad), 0, tuple(broad)),
    ]


def main() -> None:
    """Print the figures, with `--where` also every case; exit with 1 where one is above its limit."""
    found = figures()
    for figure in found:
        sys.stdout.write(f"{figure.value:6}  {figure.limit:5}  {figure.name}\n")
        if "--where" in sys.argv:
            sys.stdout.writelines(f"               {case}\n" for case in figure.where)
    sys.exit(any(figure.value > figure.limit for figure in found))


if __name__ == "__main__":
    main()
