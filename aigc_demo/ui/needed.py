"""Which of our scripts and style rules a page needs: found by the names in it, so that nobody keeps a list.

A script that gives `luoxia.<name>` is carried where the page, or another script that it carries, says that name; one
that gives no name, everywhere. A style rule is carried where all `lx-` classes of one of its selectors can occur. The
files are all *.js and *.css below `aigc_demo/ui`: in static/ what pages share, in views/ and tabs/ what belongs to the
Python file beside it.
"""

import re
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
FIRST = ("static/shell.js", "static/views.js", "static/canvas.js", "static/shell.css")  # the others follow by name
GIVEN = re.compile(r"\bluoxia\.(\w+) =\s")
SAID = re.compile(r"\bluoxia\.(\w+)")
TAKEN = re.compile(r"\bconst \{([^}]*)\} = luoxia\b")
CLASS = re.compile(r"(?<![-\w])lx-[\w-]*")  # not a --lx-property; one that ends in - is the beginning of several
INSIDE = re.compile(r":(?:is|not|has|where)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


@cache
def files(kind: str) -> dict[str, str]:
    """Text by path below ui/ of all our files that end in `kind`, in the order in which they are carried; of scripts
    without what only a reader of the source needs."""
    found = {file.relative_to(FOLDER).as_posix(): file.read_text("utf-8") for file in FOLDER.rglob(f"*{kind}")}
    if kind == ".js":
        found = {name: served(text) for name, text in found.items()}
    return {name: found[name] for name in sorted(found, key=place)}


def served(script: str) -> str:
    """A script without what only a reader of its source needs: indents, empty lines, remarks."""
    lines = (line.strip() for line in script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def place(path: str) -> tuple[int, str, str]:
    """Sorts paths: the first ones as they stand there, then by name."""
    return (FIRST.index(path) if path in FIRST else len(FIRST), path.rpartition("/")[2], path)


@cache
def names(script: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a script gives, and names that it says."""
    taken = {part.strip() for group in TAKEN.findall(script) for part in group.split(",")}
    return frozenset(GIVEN.findall(script)), frozenset(SAID.findall(script)) | taken


def scripts(page: str) -> tuple[str, str]:
    """The scripts that every page needs, and the further ones that a page with this text needs."""
    shared = carried("")
    return joined(shared), joined(carried(page) - shared)


def joined(paths: Set[str]) -> str:
    """The text of some scripts, in the order in which they are carried."""
    return "\n".join(text for name, text in files(".js").items() if name in paths)


def carried(page: str) -> set[str]:
    """Paths of all scripts that a page with this text needs."""
    said = set(SAID.findall(page))
    found: set[str] = set()
    while True:
        more = {name for name, text in files(".js").items() if not names(text)[0] or names(text)[0] & said} - found
        if not more:
            return found
        found |= more
        said = said.union(*(names(files(".js")[name])[1] for name in more))


def styles(page: str) -> str:
    """The style rules that a page with this text, its scripts among it, needs."""
    classes = frozenset(CLASS.findall(page))
    return "\n".join(rule for text in files(".css").values() for rule in rules(text, classes))


def rules(sheet: str, classes: frozenset[str]) -> Iterator[str]:
    """The rules of a style sheet that can apply where only these classes occur."""
    for head, body in blocks(sheet):
        if head.startswith(("@media", "@supports")):
            inner = "\n".join(rules(body, classes))
            if inner:
                yield f"{head} {{\n{inner}\n}}"
        elif head.startswith("@") or applies(head, classes):
            yield f"{head} {{{body}}}"


@cache
def blocks(sheet: str) -> tuple[tuple[str, str], ...]:
    """What stands before and between the outermost braces of a style sheet, without remarks."""
    return tuple(cut(re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/|\\\n", "", sheet, flags=re.DOTALL))))


def cut(sheet: str) -> Iterator[tuple[str, str]]:
    """The same of a style sheet on one line."""
    start = depth = opened = 0
    for mark in re.finditer(r"[{}]", sheet):
        depth += 1 if mark[0] == "{" else -1
        if mark[0] == "{" and depth == 1:
            opened = mark.start()
        elif mark[0] == "}" and depth == 0:
            yield sheet[start:opened].strip(), sheet[opened + 1 : mark.start()].strip()
            start = mark.end()


def applies(head: str, classes: frozenset[str]) -> bool:
    """Whether all our classes of one of the selectors can occur."""
    begun = beginnings(classes)
    return any(all(name in classes or name.startswith(begun) for name in some) for some in asked(head))


@cache
def beginnings(classes: frozenset[str]) -> tuple[str, ...]:
    """Those that are the beginning of several."""
    return tuple(name for name in classes if name.endswith("-"))


@cache
def asked(head: str) -> tuple[tuple[str, ...], ...]:
    """Our classes of each selector; those inside :is(), :not() and :has() do not count."""
    return tuple(tuple(CLASS.findall(selector)) for selector in INSIDE.sub("", head).split(","))
