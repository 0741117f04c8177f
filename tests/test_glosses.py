"""Every Chinese line that ships has its English, and English readers see it."""

import ast
import json
import re

import pytest
from browser import QUICK, TABS, badge_of, open_tab
from playwright.sync_api import expect

from aigc_demo.services import first_results
from aigc_demo.services.gpt.sample_texts import THOUSAND
from aigc_demo.services.seq2seq.famous import KNOWN
from aigc_demo.ui.i18n import glosses, texts

PAGE = "seq2seq"
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]")
TONES = re.compile(r"[平仄]")
LEAST = 3  # characters: fewer are a word in a control, a sign, or the name of the language
SERVICES = TABS.parents[1] / "services"
SPOKEN_OF = ("朋友们，早上好。房子很大。", "上房子右")  # an example for the model, never shown


def bare(words):
    """The Chinese characters of some words, without the signs of tones."""
    return TONES.sub("", "".join(HAN.findall(words)))


def left_over(words):
    """What no gloss covers."""
    rest = bare(words)
    for line in sorted(map(bare, glosses()), key=len, reverse=True):
        if len(line) >= 4 or rest == line:
            rest = rest.replace(line, "·")
    return rest.replace("·", "")


def strings(value):
    """Every text in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


def written_in(folder):
    """Every text in the Python files of a folder, but for descriptions."""
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield file, node.value


def shown():
    """Place and text of all that an English reader may be shown in Chinese: stored results, presets, known lines."""
    for file in sorted(first_results.EXAMPLES.glob("*.json")):
        for words in strings(json.loads(file.read_text("utf-8"))):
            yield file.name, words
    for folder in (TABS, SERVICES):
        for file, words in written_in(folder):
            if words != THOUSAND and "Luoxia" not in words and bare(words) not in map(bare, SPOKEN_OF):
                yield file.name, words
    yield from (("famous.py", line) for pair in KNOWN.items() for line in pair)
    yield "sample_texts.py", THOUSAND.splitlines()[0]


def test_every_line_that_ships_has_its_english():
    wanted = {(place, words) for place, words in shown() if len(bare(words)) >= LEAST}
    assert len(wanted) > 200
    bare_of = [f"{place}: {words[:60]} -> {left_over(words)}" for place, words in wanted if left_over(words)]
    assert not bare_of, "\n".join(sorted(bare_of))


def test_a_gloss_is_english_and_its_line_ships():
    everything = "|".join(bare(words) for _, words in shown())
    for line, meant in glosses().items():
        assert HAN.search(line) and re.search(r"[a-z]{2}", meant) and not HAN.search(meant), line
        assert bare(line) in everything, f"{line} stands nowhere"


def test_chinese_in_english_words_of_the_page_is_explained_beside_it():
    for key, entry in texts().items():
        lines = re.findall(r"[\u3400-\u9fff，]{4,}", TONES.sub("", entry["en"]))
        if lines and "placeholder" not in key:
            assert len(re.findall(r"[a-z]{3,}", entry["en"])) >= 2, key


def english_of(page, use_case):
    """The English below the result of a tab."""
    return page.locator(f"#tab-{use_case} .lx-english:not([data-at])")


def test_english_stands_below_a_couplet_and_does_not_tell_what_is_hidden(visit):
    page = visit()
    open_tab(page, "seq2seq_pair")
    below = english_of(page, "seq2seq_pair")
    expect(below).to_contain_text("a lone wild duck", timeout=QUICK)
    expect(below).not_to_contain_text("one colour")
    page.locator("#seq2seq_pair-view .lx-true-line > button").click()
    expect(below).to_contain_text("one colour", timeout=QUICK)


def test_a_line_that_was_written_just_now_is_said_to_have_none(visit):
    page = visit()
    open_tab(page, "seq2seq_pair")
    below = english_of(page, "seq2seq_pair")
    expect(below).not_to_contain_text("nothing on this machine translates", timeout=QUICK)
    page.evaluate("luoxia.set('seq2seq_pair', { upper: '窗外芭蕉听夜雨' })")
    expect(badge_of(page, "seq2seq_pair")).to_have_attribute("data-state", "live", timeout=QUICK)
    expect(below).to_contain_text("nothing on this machine translates", timeout=QUICK)


@pytest.mark.parametrize(
    ("use_case", "said"), [("seq2seq_training", "lone wild duck"), ("seq2seq_beside", "geese fly together")]
)
def test_english_stands_on_every_tab(visit, use_case, said):
    page = visit()
    open_tab(page, use_case)
    expect(english_of(page, use_case)).to_contain_text(said, timeout=QUICK)


def test_chinese_readers_get_none(visit):
    page = visit("?lang=zh", locale="zh-CN")
    open_tab(page, "seq2seq_pair")
    page.wait_for_timeout(1000)
    expect(english_of(page, "seq2seq_pair")).to_have_count(0)
    assert not [one for one in page.notes.requests if page.locator("[data-at]").get_attribute("data-at")[1:] in one]
