"""Which files of Gradio's page a browser will ask for, told at once: else one file tells of the next, wave after wave.

Gradio's scripts are built by Vite: each has a list of files, and says with every dynamic import which of them it needs.
They are read, not changed. Where another release is written differently nothing is told, and pages load as they did.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import gradio as gr

from aigc_demo.ui.gradio_private import CONFIG

FOLDER = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
ENTRY = re.compile(r"assets/(index-[\w-]+\.js)")
THEME = re.compile(r'"theme_hash":"(\w+)"')
LIST = re.compile(r"\(m\.f=(\[[^\]]*\])\)")
IMPORT = r"import\(`\./([\w.-]+)`\)[^_\[\]]*,__vite__mapDeps\(\[([\d,]*)\]\)"
BLOCKS = re.compile(r"import\(`\./(Blocks-[\w-]+\.js)`\).{0,60}?__vite__mapDeps\(\[([\d,]*)\]\)")
COMPONENT = re.compile(
    r"\b(\w+):\{(?:(?:base|example):\(\)=>\w+\(\(\)=>[^{}]*?\),)*component:\(\)=>\w+\(\(\)=>" + IMPORT
)

THERE = """for(const name of %s)document.head.append(Object.assign(document.createElement("link"),
{rel:"stylesheet",disabled:true,href:`./assets/${name}`}))"""


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


def files(page: str) -> list[str]:
    """Names of the files that a page will ask for, scripts and style sheets, of the HTML that describes it."""
    found = CONFIG.search(page.encode())
    if found is None:
        return []
    every, kinds = known()
    types = sorted({component["type"] for component in json.loads(found[1])["components"]})
    return list(dict.fromkeys([*every, *(name for kind in types for name in kinds.get(kind, ()))]))


def styles(names: Sequence[str]) -> str:
    """The style sheets among some files, as one that lies beside their folder: thirty requests less."""
    sheets = [(FOLDER / name).read_text("utf-8") for name in names if name.endswith(".css")]
    return "\n".join(sheets).replace("url(./", "url(./assets/")


def links(names: Sequence[str]) -> str:
    """HTML for the head of a page, below its <base>, for its files.

    A script is read before it is run. A style sheet, which is part of ours, is named by an element that is switched
    off, so that Gradio's loader finds it there; a browser fetches even that where it stands in the markup.
    """
    scripts = [f'<link rel="modulepreload" href="./assets/{name}">' for name in names if name.endswith(".js")]
    sheets = [name for name in names if name.endswith(".css")]
    return "".join(scripts) + f"<script>{THERE % json.dumps(sheets)}</script>"


def theme(page: str) -> str:
    """HTML that has Gradio's own style sheet fetched at once."""
    found = THEME.search(page)
    return f'<link rel="preload" as="style" href="./theme.css?v={found[1]}">' if found else ""
