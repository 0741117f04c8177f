"""Our own source lines as the page shows them: nothing is lost, keywords, strings, numbers and comments are marked."""

import html
import re

from aigc_demo.ui.source import function_text, highlighted

CODE = 'def f(x: int) -> str:\n    return f"<{x}>" if x not in (1, None) else "a"  # <b>\n\n'


def test_the_marked_text_is_the_text():
    assert html.unescape(re.sub(r"</?span[^>]*>", "", highlighted(CODE))) == CODE
    assert "<b>" not in highlighted(CODE)


def test_words_are_marked_by_their_kind():
    found = {kind: re.findall(rf'<span class="lx-{kind}">([^<]*)</span>', highlighted(CODE)) for kind in "ksnc"}
    assert set(["def", "return", "if", "not", "in", "else", "None"]) <= set(" ".join(found["k"]).split())
    assert found["n"] == ["1"] and found["c"] == ["# &lt;b&gt;"] and "&quot;a&quot;" in found["s"]


def test_a_method_is_cut_out_of_its_file():
    text = function_text("services.service", "Service.format")
    assert text.startswith("def format(self,") and "return kind" in text
