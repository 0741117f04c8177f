"""Every word on the page comes from the catalogue, in both languages."""

import json
import re
from types import SimpleNamespace

import pytest

from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.ui import i18n, needed
from aigc_demo.ui.app import build
from aigc_demo.ui.i18n import TOKEN, choose, language, sentence, texts, translate

SHOWN = {"label", "info", "placeholder", "title", "submit_btn", "stop_btn", "clear_btn", "empty_text", "header"}
VALUE_SHOWN = {"button", "markdown", "uploadbutton", "downloadbutton"}  # kinds whose value is what one reads
WORD = re.compile(r"[^\W_]*[^\W\d_][^\W_]+")  # two characters or more, of any script, not only digits
# Names that are the same in every language: formats, samplers, libraries, hub ids.
NAMES = {
    "file",
    "result",
    "PNG",
    "GIF",
    "MP4",
    "WEBM",
    "MID",
    "WAV",
    "FLAC",
    "MUSICXML",
    "TXT",
    "HTML",
    "JSON",
    "SAFETENSORS",
    "CPU",
    "DDPM",
    "DDIM",
    "Euler",
    "Heun",
    "DPM",
    "diffusers",
    "Hugging",
    "Face",
    "EN",
    "Aa",
    "MB",
}


@pytest.fixture(scope="module")
def config():
    """What the page is made of, before any translation."""
    return build(None).get_config_file()


def components(config):
    return [part for part in config["components"] if part["type"] not in ("state", "column", "row", "form")]


def strays(text):
    """Words in `text` that are neither tokens nor names."""
    return [word for word in WORD.findall(TOKEN.sub(" ", text)) if word not in NAMES]


def test_every_text_has_both_languages():
    assert i18n.missing() == []


def test_both_languages_of_a_text_take_the_same_values():
    for key, entry in texts().items():
        assert set(re.findall(r"\{(\w+)\}", entry["zh"])) == set(re.findall(r"\{(\w+)\}", entry["en"])), key


def test_texts_need_no_escaping_anywhere():
    for key, entry in texts().items():
        for lang, text in entry.items():
            assert not i18n.FORBIDDEN & set(text), f"{key} ({lang}): {text}"


def test_no_exclamation_marks_and_no_please():
    for key, entry in texts().items():
        assert "!" not in entry["en"] and "！" not in entry["zh"], key
        assert "please" not in entry["en"].lower(), key


def test_every_token_of_the_page_is_in_the_catalogue(config):
    tokens = set(TOKEN.findall(json.dumps(config, ensure_ascii=False, default=str)))
    assert len(tokens) > 50 and tokens <= set(texts())


def test_no_label_bypasses_the_catalogue(config):
    for part in components(config):
        for name, value in part["props"].items():
            shown = name in SHOWN or (name == "value" and part["type"] in VALUE_SHOWN)
            if shown and isinstance(value, str) and "math" not in (part["props"].get("elem_classes") or []):
                text = re.sub(r"\$\$.*?\$\$|<[^<>]*>", " ", value, flags=re.DOTALL)  # without formulas and tags
                assert not strays(text), f"{part['type']} {name}: {value}"


def test_no_choice_bypasses_the_catalogue(config):
    for part in components(config):
        for choice in part["props"].get("choices") or []:
            name = choice[0] if isinstance(choice, list | tuple) else choice
            assert not strays(str(name)), f"{part['type']} {part['props'].get('label')}: {name}"


def test_no_markup_bypasses_the_catalogue(config):
    """Words between tags and in the attributes that are read out; code, papers and captions of source files aside."""
    for part in components(config):
        if part["type"] != "html":
            continue
        for markup in (part["props"].get("html_template"), part["props"].get("value")):
            if not isinstance(markup, str):
                continue
            plain = re.sub(r"<(pre|figcaption|a|script|style|kbd)\b.*?</\1>", " ", markup, flags=re.DOTALL)
            read_out = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', plain)
            words = re.sub(r"<[^>]*>", " ", plain).replace("${value}", " ").replace("中", " ")
            for text in [words, *(text for text in read_out if text not in ("中文", "English"))]:
                assert not strays(text), markup[:300]


def test_every_view_has_its_script(config):
    scripts = "\n".join(needed.files(".js").values())
    for part in components(config):
        for kind in re.findall(r"^luoxia\.(\w+)\(element", str(part["props"].get("js_on_load"))):
            assert re.search(rf"\bluoxia\.{kind} =\s", scripts), kind


def test_scripts_only_use_words_of_the_catalogue():
    for file, script in needed.files(".js").items():
        for name in re.findall(r"\btext\.(\w+)", script):
            assert f"shell.{name}" in texts(), f"{file}: text.{name}"


@pytest.mark.parametrize(
    ("wanted", "accepted", "lang"),
    [
        (None, None, "en"),
        (None, "zh-HK,en;q=0.5", "zh"),
        (None, "zh", "zh"),
        (None, "zh-TW", "zh"),
        (None, "fr-FR,fr;q=0.9,zh;q=0.5", "zh"),
        (None, "de-DE", "en"),
        ("en", "zh-CN", "en"),
        ("zh-Hant", "en", "zh"),
        ("<script>", "zh-CN", "zh"),
    ],
)
def test_language_of_a_visitor(wanted, accepted, lang):
    assert choose(wanted, accepted) == lang


def test_language_of_an_event_is_that_of_its_page():
    request = SimpleNamespace(headers={"referer": "http://here/?tab=x&lang=en", "accept-language": "zh-CN"})
    assert language(request) == "en"
    assert language(SimpleNamespace(headers={"accept-language": "zh-CN"})) == "zh"
    assert language(None) == "en"


def test_translate_leaves_unknown_tokens_to_be_seen():
    assert translate("⟦shell.run⟧ ⟦no.such⟧".encode(), "zh").decode() == "运行 ⟦no.such⟧"


def test_sentences_name_the_field_as_the_page_does():
    error = BadRequestError("range", field="steps", low="1", high="9", value="10")
    assert sentence("zh", error) == "“去噪步数”要在 1 到 9 之间，收到的是 10。"
    assert sentence("en", error).startswith("Denoising steps must be between 1 and 9")
    assert "x" in sentence("zh", NotFoundError("unknown_checkpoint", name="x"))


def test_unknown_text_is_refused_while_building():
    with pytest.raises(KeyError):
        i18n.t("shell.no_such_text")


def test_the_page_is_built_without_a_store(config):
    assert config["title"] == "⟦shell.title⟧" and len(config["components"]) > 20
