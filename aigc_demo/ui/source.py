"""Our own source lines for the page: read from the file, never pasted, and without importing it."""

import ast
import html
from importlib import resources
from itertools import groupby

from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Number, Operator, String

MARKED = {Comment: "c", String: "s", Number: "n", Keyword: "k", Operator.Word: "k"}


def function_text(module: str, name: str) -> str:
    """The text of a function, class or method ("Class.method") of `aigc_demo.<module>`; KeyError if it is not there."""
    *folders, stem = module.split(".")
    file = resources.files("aigc_demo").joinpath(*folders, f"{stem}.py")
    text = file.read_text("utf-8")
    body: list[ast.stmt] = ast.parse(text).body
    found: ast.AST | None = None
    for part in name.split("."):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        found = next((node for node in body if isinstance(node, kinds) and node.name == part), None)
        if not isinstance(found, kinds):
            raise KeyError(f"{module} has no {name}")
        body = found.body
    assert isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    lines = text.splitlines()[first - 1 : found.end_lineno]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)


def sources(*names: str) -> dict[str, str]:
    """ "sampling.samplers:ddim_step" -> its caption and text, for `how_it_works`."""
    split = (name.partition(":") for name in names)
    return {f"aigc_demo/{path.replace('.', '/')}.py · {name}": function_text(path, name) for path, _, name in split}


def css_class(kind: tuple[str, ...]) -> str:
    """Of a token of Python: lx-c, lx-s, lx-n, lx-k, or nothing."""
    return next((f"lx-{letter}" for group, letter in MARKED.items() if kind in group), "")


def highlighted(code: str) -> str:
    """Python as escaped HTML with comments, strings, numbers and keywords marked."""
    pieces = PythonLexer(stripnl=False, ensurenl=False).get_tokens(code)
    out = []
    for mark, group in groupby(pieces, key=lambda piece: css_class(piece[0])):
        text = html.escape("".join(text for _, text in group))
        out.append(f'<span class="{mark}">{text}</span>' if mark else text)
    return "".join(out)
