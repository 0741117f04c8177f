"""Our own source lines for the page: read from the file, never pasted, and without importing it."""

import ast
import html
import io
import keyword
import token
import tokenize
from importlib import resources


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


def kind_of(piece: tokenize.TokenInfo) -> str:
    """The CSS class of a token of Python, or nothing."""
    if piece.type == token.COMMENT:
        return "c"
    if piece.type == token.STRING:
        return "s"
    if piece.type == token.NUMBER:
        return "n"
    return "k" if piece.type == token.NAME and keyword.iskeyword(piece.string) else ""


def highlighted(code: str) -> str:
    """Python as escaped HTML with comments, strings, numbers and keywords marked."""
    lines = code.splitlines(keepends=True)
    out: list[str] = []
    row, column = 1, 0

    def upto(end_row: int, end_column: int) -> str:
        """The text from where we are to there."""
        nonlocal row, column
        piece = []
        while row < end_row and row <= len(lines):
            piece.append(lines[row - 1][column:])
            row, column = row + 1, 0
        if row <= len(lines):
            piece.append(lines[row - 1][column:end_column])
            column = end_column
        return html.escape("".join(piece))

    for piece in tokenize.generate_tokens(io.StringIO(code).readline):
        mark = kind_of(piece)
        if mark:
            out.append(upto(*piece.start))
            out.append(f'<span class="lx-{mark}">{upto(*piece.end)}</span>')
    out.append(upto(len(lines) + 1, 0))
    return "".join(out)
