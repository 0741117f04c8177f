"""Every inner tab says at its top, in plain words, what one sees there; none gives away what its question asks."""

import re

import pytest
from browser import TABS, USE_CASES

from aigc_demo.ui.i18n import LANGUAGES, texts

ABOUT = {key.partition(".")[2]: entry for key, entry in texts().items() if key.startswith("about.")}
OWN = re.compile(r"\bheading\(\"\w+\.\w+\", \"(\w+\.\w+_lead)\"\)")  # tabs with a title and a sentence of their own
LONGEST = {"en": 160, "zh": 64}  # characters: two lines beside a wide result


def own(use_case):
    """Key of the sentence under the tab's own title, if it has one."""
    family, _, name = use_case.rpartition("_")
    source = (TABS / family / f"{name}.py").read_text("utf-8")
    if "time_machine(" in source:
        words = re.search(r'\bwords="(\w+)"', source)
        return f"{words[1] if words else family}.training_lead"
    found = OWN.search(source)
    return found and found[1]


@pytest.mark.parametrize("use_case", USE_CASES)
def test_every_tab_says_what_it_shows(use_case):
    assert (use_case in ABOUT) is not bool(own(use_case)), "one sentence at the top, not none and not two"


def test_no_sentence_is_of_a_tab_that_is_not_there():
    assert set(ABOUT) <= set(USE_CASES)


@pytest.mark.parametrize("use_case", ABOUT)
def test_it_is_short_and_a_whole_sentence(use_case):
    for lang in LANGUAGES:
        words = ABOUT[use_case][lang]
        assert len(words) <= LONGEST[lang] and words[-1] in ".?。？", words


def numbers(words):
    return set(re.findall(r"\d+", words.replace(",", "")))


def test_no_number_that_answers_a_question_stands_in_a_lead():
    answers = {key: entry for key, entry in texts().items() if re.search(r"\.predict\w*_right$", key)}
    leads = {key: entry for key, entry in texts().items() if key.startswith("about.") or key.endswith("lead")}
    for lang in LANGUAGES:
        for question, answer in answers.items():
            family = question.split(".")[0]
            told = " ".join(
                entry[lang] for key, entry in leads.items() if key.startswith((f"{family}.", f"about.{family}_"))
            )
            asked = texts()[question.removesuffix("_right")][lang]
            assert not (numbers(answer[lang]) - numbers(asked)) & numbers(told), question
