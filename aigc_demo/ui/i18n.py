"""Two languages, one build: the page is built with tokens, and served in the visitor's language.

    t("shell.run")                      -> "⟦shell.run⟧", while the Blocks are built; checked against the catalogue
    tr("zh", "shell.frames", count=9)   -> the sentence itself, in handlers
    translate(b"... ⟦shell.run⟧ ...", "zh")  -> what `serving.Pages` does with everything that it serves

The catalogue is `aigc_demo/ui/text/*.toml`; keys are "<file>.<name>", an entry is `name = { zh = "...", en = "..." }`.
A token lands in JSON strings, HTML text, HTML attributes and JavaScript strings. So that no escaping is ever needed,
the catalogue has none of the characters < > & " ' ` \\ (a test asserts it): quotation marks are typographic.
"""

import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import resources

import gradio as gr

from aigc_demo.core.errors import UserError, text_key

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LANGUAGES = ("zh", "en")
FORBIDDEN = frozenset("<>&\"'`\\")  # characters that would need escaping somewhere
SHORT = 4  # characters: a shorter line is a word that stands in others
TOKEN = re.compile(r"⟦([a-z0-9_]+\.[a-z0-9_]+)⟧")
POWER = re.compile(r"\b(\d(?:\.\d+)?)e([+-]\d+)\b")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
TOKEN_BYTES = re.compile(TOKEN.pattern.encode())


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Key -> language -> text, from every file in `ui/text`."""
    found: dict[str, Mapping[str, str]] = {}
    for file in (resources.files("aigc_demo.ui") / "text").iterdir():
        if file.name.endswith(".toml"):
            stem = file.name.removesuffix(".toml")
            found |= {f"{stem}.{name}": entry for name, entry in tomllib.loads(file.read_text("utf-8")).items()}
    return found


@cache
def glosses() -> Mapping[str, str]:
    """Chinese line that ships -> what it means in English, from `ui/glosses.toml`."""
    found: dict[str, str] = tomllib.loads((resources.files("aigc_demo.ui") / "glosses.toml").read_text("utf-8"))
    return found


def english(words: str) -> list[str]:
    """What the Chinese lines in a text mean, in the order in which they stand there; [] where none is known."""
    places = {words.find(line): gloss for line, gloss in glosses().items() if len(line) >= SHORT}
    return [gloss for place, gloss in sorted(places.items()) if place >= 0]


def has(key: str) -> bool:
    return key in texts()


def t(key: str) -> str:
    """The token of a text, for labels and everything else that is built once; KeyError when there is no such text."""
    texts()[key]
    return f"⟦{key}⟧"


def tr(lang: str, key: str, **values: object) -> str:
    """The text itself, with {name} filled in; for toasts and sentences computed in a handler."""
    text = texts()[key][lang]
    return text.format(**values) if values else text


def powers(words: str) -> str:
    """ "2.0e-06" -> "2.0·10⁻⁶", "4.4e-02" -> "0.044", "85%" -> "85 %": numbers as they are written at school."""

    def number(match: re.Match[str]) -> str:
        power = int(match[2])
        plain = -3 < power < 4  # no more than two zeros behind the point
        return f"{float(match[0]):g}" if plain else f"{match[1]}·10{str(power).translate(RAISED)}"

    return re.sub(r"(?<=\d)%", " %", POWER.sub(number, words))


def translate(page: bytes, lang: str) -> bytes:
    """`page` with every token replaced by its text in `lang`; a token without a text stays, and is seen."""

    def text(match: re.Match[bytes]) -> bytes:
        entry = texts().get(match[1].decode())
        return entry[lang].encode() if entry else match[0]

    return TOKEN_BYTES.sub(text, page)


def choose(wanted: str | None, accepted: str | None) -> str:
    """The language for a `?lang=` value and an Accept-Language header. Every zh* is Chinese; English is the rest."""
    for tag in [wanted or "", *(part.split(";")[0] for part in (accepted or "").split(","))]:
        for lang in LANGUAGES:
            if tag.strip().lower().split("-")[0] == lang:
                return lang
    return "en"


def language(request: gr.Request | None) -> str:
    """The language of the page that an event comes from."""
    if request is None:
        return "en"
    headers = request.headers
    wanted = re.search(r"[?&]lang=([A-Za-z-]{2,8})(?:&|#|$)", str(headers.get("referer", "")))
    return choose(wanted[1] if wanted else None, headers.get("accept-language"))


def label_key(family: str, field: str) -> str:
    """The text that a field is called by: the family's own if it has one of that name, else the one that all share."""
    return f"{family}.{field}" if has(f"{family}.{field}") else f"field.{field}"


def sentence(lang: str, error: UserError) -> str:
    """What a UserError says, in `lang`; field names inside it are the labels of the page."""
    key = text_key(error.key)
    values = dict(error.values)
    labels = (f"field.{values.get('field')}", f"{values.get('family')}.{values.get('field')}")
    label = next(filter(has, labels), None)
    if label:
        values["field"] = tr(lang, label)
    return tr(lang, key, **values)


def missing() -> list[str]:
    """Keys that lack a language, as "<key> (<language>)". For the tests."""
    return [f"{key} ({lang})" for key, entry in texts().items() for lang in LANGUAGES if not entry.get(lang)]
