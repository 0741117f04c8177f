"""Which files of Gradio's page a browser will ask for, told at once: else one file tells of the next, wave after wave.

Gradio's scripts are built by Vite: each has a list of files, and says with every dynamic import which of them it needs.
They are read, not changed. Where another release is written differently nothing is told, and pages load as they did.
"""

import json
import re
from functools import cache
from pathlib import Path

import gradio as gr

from aigc_demo.ui.gradio_private import CONFIG

FOLDER = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
ENTRY = re.compile(r"assets/(index-[\w-]+\.js)")
LIST = re.compile(r"\(m\.f=(\[[^\]]*\])\)")
IMPORT = r"import\(`\./([\w.-]+)`\)[^_\[\]]*,__vite__mapDeps\(\[([\d,]*)\]\)"
BLOCKS = re.compile(r"import\(`\./(Blocks-[\w-]+\.js)`\).{0,60}?__vite__mapDeps\(\[([\d,]*)\]\)")
COMPONENT = re.compile(
    r"\b(\w+):\{(?:(?:base|example):\(\)=>\w+\(\(\)=>[^{}]*?\),)*component:\(\)=>\w+\(\(\)=>" + IMPORT
)


def listed(text: str) -> list[str]:
    """Every file that a script may load, as its imports count them."""
    found = LIST.search(text)
    return [name.removeprefix("./") for name in json.loads(found[1])] if found else []


def needs(text: str, found: tuple[str, str]) -> list[str]:
    """A file and what it needs, of an import."""
    name, numbers = found
    files = listed(text)
    return [name, *(files[int(number)] for number in numbers.split(",") if number)]


@cache
def known() -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Files that every page needs, the first of which it asks for by itself, and those of each kind of component."""
    page = (FOLDER.parent / "index.html").read_text("utf-8")
    entry = ENTRY.findall(page)[:1]
    first = [file for name in entry for file in listed((FOLDER / name).read_text("utf-8"))]
    every, kinds = [*entry, *first], {}
    for name in first:
        if name.endswith(".js"):
            text = (FOLDER / name).read_text("utf-8")
            for found in BLOCKS.findall(text):
                every += needs(text, found)
            for kind, *found in COMPONENT.findall(text):
                kinds[kind] = needs(text, (found[0], found[1]))
    return tuple(every), kinds


def links(page: bytes) -> bytes:
    """HTML for the head of a page, below its <base>."""
    found = CONFIG.search(page)
    if found is None:
        return b""
    config = json.loads(found[1])
    every, kinds = known()
    types = sorted({component["type"] for component in config["components"]})
    files = dict.fromkeys([*every, *(name for kind in types for name in kinds.get(kind, ()))])
    theme = (
        f'<link rel="preload" as="style" href="./theme.css?v={config["theme_hash"]}">' if "theme_hash" in config else ""
    )
    return (theme + "".join(map(link, files))).encode()


def link(name: str) -> str:
    """One file: a script is read before it is run, a style sheet is kept until it is asked for."""
    how = 'rel="modulepreload"' if name.endswith(".js") else 'rel="preload" as="style" crossorigin'
    return f'<link {how} href="./assets/{name}">'
