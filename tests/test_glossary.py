"""The glossary: one sentence a term in both languages, and one word for one thing."""

import re

from aigc_demo.ui.i18n import LANGUAGES, texts

TERMS = {key: entry for key, entry in texts().items() if key.startswith("glossary.js_")}
COLON = {"zh": "：", "en": ": "}
OTHER_WORDS = {"zh": ("纳特", "隐空间", "鉴别器", "检查站"), "en": ("latent-space", "mode-collapse")}


def test_every_term_has_words_to_find_it_by_and_one_sentence():
    assert len(TERMS) >= 25
    for key, entry in TERMS.items():
        for lang in LANGUAGES:
            names, _, words = entry[lang].partition(COLON[lang])
            assert names and len(words) > 10, key
            assert words.endswith("。" if lang == "zh" else "."), key
            assert len(re.findall(r"[.。](?=\s|$)", words)) == 1, f"{key} is not one sentence"


NUMBERS = {
    "zh": re.compile(r"\d|[一两二三十百千万半]"),
    "en": re.compile(r"\d|\b(one|two|half|tenth|ten|hundred|thousand|twice)\b"),
}


def test_every_term_has_a_number_to_imagine():
    for key, entry in TERMS.items():
        for lang in LANGUAGES:
            assert NUMBERS[lang].search(entry[lang].partition(COLON[lang])[2]), f"{key} ({lang})"


def test_no_word_means_two_terms():
    for lang in LANGUAGES:
        names = [name for entry in TERMS.values() for name in re.split("、|, ", entry[lang].partition(COLON[lang])[0])]
        assert len(names) == len(set(names))


def test_terms_stand_on_pages_and_have_no_second_name():
    for lang in LANGUAGES:
        said = "\n".join(entry[lang] for key, entry in texts().items() if key not in TERMS)
        for key, entry in TERMS.items():
            names = re.split("、|, ", entry[lang].partition(COLON[lang])[0])
            assert any(name.lower() in said.lower() for name in names), f"{key} ({lang}) stands nowhere"
        assert not [word for word in OTHER_WORDS[lang] if word in said]
