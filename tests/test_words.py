"""Faults of wording that a new reader met, each looked for everywhere: what a colour means, who judged, which tab."""

import re
from pathlib import Path

import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.ui.i18n import LANGUAGES, powers, texts

UI = Path(__file__).resolve().parent.parent / "aigc_demo" / "ui"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PRAISE, BLAME = re.compile(r"lx-(best|least|right|good|ok)\b"), re.compile(r"lx-(wrong|worst|fault|bad)\b")
RED, GREEN = re.compile(r"\bcolor:\s*var\(--lx-glow"), re.compile(r"\bcolor:\s*var\(--lx-reed")
JUDGES = re.compile(r"judge|detector|classifier|裁判|检测器|分类器")
ASKED = {
    "en": re.compile(r"\b(read|heard|drawn|all|reads|hears|finds) (\w+ )*as asked"),
    "zh": re.compile("(读作|听成)所要的"),
}
NAMED = {  # a tab called by its name, in quotation marks
    "en": re.compile(r"(?:\b[Uu]nder|\b[Ii]n the tab|\bcompare its sound with) “([^”{}]+)”"),
    "zh": re.compile(r"在“([^”{}]+)”(?:一|那|这)页|和“([^”{}]+)”差在哪里"),
}
PLACED = {  # a tab called by its place: wrong as soon as one is added
    "en": re.compile(r"\b(last|next|first|previous|second|other) (inner )?tab\b|\btabs? (on|to the (left|right))\b"),
    "zh": re.compile("(最后|下|上|前|后|第)[一二]页"),
}
ONE_WORD = {  # in Chinese: what is not written, and what is
    "时间机器": "训练时光机",
    "因果掩码": "因果遮罩",
    "众赞歌": "圣咏",
    "死维(?!度)": "死维度",
    "(奈特|毫秒|词元|字) / ": "奈特/字",
    "(奈特|毫秒)每": "奈特/字",
    "（nats?）": "奈特",
    "owner/name": "作者/模型名",
    "获取": "下载",
    "(颜色|底色)越(深|亮|暗)": "颜色越浓, which holds in the light and in the dark theme",
    "[黑白](点|线)": "what it is, as ink is white in the dark theme",
    "各自取整$": "就近取整",
}
LABELS = {lang: {entry[lang] for key, entry in texts().items() if re.search(r"\.tab_\w+$", key)} for lang in LANGUAGES}
FAMILIES = [family.stem for family in catalogue.families()]


def rules():
    """(file, selector, declarations) of all style sheets."""
    for file in sorted(UI.rglob("*.css")):
        for selector, body in RULE.findall(file.read_text("utf-8")):
            yield file.name, selector.strip(), body


def test_red_letters_never_praise_and_green_ones_never_blame():
    marks = [
        (file, selector, body) for file, selector, body in rules() if PRAISE.search(selector) or BLAME.search(selector)
    ]
    assert len(marks) >= 3
    for file, selector, body in marks:
        assert not (PRAISE.search(selector) and RED.search(body)), (file, selector)
        assert not (BLAME.search(selector) and GREEN.search(body)), (file, selector)


def test_letters_are_at_least_12_pixels_high():
    """In a drawing they are measured in its own units, and test_browser_layout looks at what comes of it."""
    sizes = [
        (file, selector, float(size))
        for file, selector, body in rules()
        for size in re.findall(r"font-size: ([\d.]+)px", body)
        if not selector.endswith(" text")
    ]
    assert len(sizes) >= 150
    assert [one for one in sizes if 0 < one[2] < 12] == []


def test_no_text_calls_the_best_one_red():
    for key, entry in texts().items():
        assert not re.search(r"\b[Rr]ed: the (best|least|right)", entry["en"]), key
        assert not re.search("红色?(的|：)(数字)?(最好|最小|对)", entry["zh"]), key


def test_the_tagline_says_what_the_badges_say():
    """What is made beforehand is called so above the first picture, too; nothing says that all of it runs live."""
    for lang in LANGUAGES:
        made = {"en": "made beforehand", "zh": "预先算好"}[lang]
        assert texts()["shell.cached"][lang] == made and made in texts()["shell.tagline"][lang]
    for key, entry in texts().items():
        assert not re.search(r"[Ee]verything( here)? (runs|is) live", entry["en"]), key
        assert not re.search("(一切|全部|所有结果)都?是?(实时|现场)", entry["zh"]), key


def test_as_asked_says_who_found_so():
    found = [
        (key, entry)
        for key, entry in texts().items()
        if ASKED["en"].search(entry["en"]) or ASKED["zh"].search(entry["zh"])
    ]
    assert len(found) >= 8
    asks = re.compile(r"\.(predict|challenge|measured|both_measured)")  # beside them stands who judged
    for key, entry in found:
        for lang in LANGUAGES:
            assert asks.search(key) or JUDGES.search(entry[lang]), f"{key} ({lang})"


@pytest.mark.parametrize("family", FAMILIES)
def test_where_critic_and_judge_both_speak_the_lead_tells_them_apart(family):
    own = {
        lang: " ".join(entry[lang] for key, entry in texts().items() if key.startswith(f"{family}."))
        for lang in LANGUAGES
    }
    if re.search(r"\bcritic", own["en"]) and re.search(r"\bjudge\b", own["en"]) and family != "audiogan":
        lead = texts()[f"{family}.lead"]
        assert "critic" in lead["en"] and "judge" in lead["en"], "the judge comes in without a word of who it is"
        assert "判别器" in lead["zh"] and "裁判" in lead["zh"]


def test_a_tab_is_called_by_a_name_that_a_tab_has():
    seen = 0
    for key, entry in texts().items():
        for lang in LANGUAGES:
            for found in NAMED[lang].findall(entry[lang]):
                name = "".join(found)
                seen += 1
                assert name in LABELS[lang], f"{key} ({lang}): no tab is called {name}"
            place = PLACED[lang].search(entry[lang])
            assert not place or key.endswith("absent") or "main_" in key, f"{key} ({lang}): {place[0]}"
    assert seen >= 4


def test_a_share_is_written_with_a_space():
    for key, entry in texts().items():
        for lang in LANGUAGES:
            assert not re.search(r"[\d}]%(?!\})", entry[lang]), f"{key} ({lang})"


@pytest.mark.parametrize(("other", "ours"), ONE_WORD.items())
def test_a_thing_has_one_name_in_chinese(other, ours):
    assert [key for key, entry in texts().items() if re.search(other, entry["zh"])] == [], ours


def test_tabs_that_hold_a_library_beside_our_code_are_named_alike():
    for key, entry in texts().items():
        if key.endswith(".tab_beside"):
            assert entry["zh"].startswith("对照 ") and entry["en"].startswith("Beside "), key


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("max 3.0e-06", "max 3.0·10⁻⁶"),
        ("5e-04 apart, 1e-12", "5·10⁻⁴ apart, 1·10⁻¹²"),
        ("4.4e-02", "0.044"),
        ("1.6e+00", "1.6"),
        ("1.4e+02", "140"),
        ("7.5e+04", "7.5·10⁴"),
        ("0", "0"),
        ("85% read, 3.5 % not", "85 % read, 3.5 % not"),
        ("an e-mail of 3 pages", "an e-mail of 3 pages"),
    ],
)
def test_numbers_are_written_as_at_school(written, shown):
    assert powers(written) == shown
