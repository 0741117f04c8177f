"""A poem of regular form, written character by character: to a title, from a beginning, or with hidden heads."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.gpt.poem_values import poem as shown
from aigc_demo.services.gpt.requests import Compose
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.parts import cached, words
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    honesty_badge,
    how_it_works,
    predict_card,
    progress_line,
    result,
    view,
)

SLOT = 0.04  # seconds from one message to the next
FORMATS = ("txt", "html", "png", "json")
STARTS = {"head": "春夏秋冬", "line": "明月", "title": "秋夜"}  # kind of words -> what stands there at first
PAPERS = {
    "Zhang & Lapata, Chinese Poetry Generation with Recurrent Neural Networks, 2014": (
        "https://aclanthology.org/D14-1074/"
    ),
    "Radford et al., Language Models are Unsupervised Multitask Learners (GPT-2), 2019": (
        "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf"
    ),
    "Blondel et al., Fast unfolding of communities in large networks, 2008": "https://arxiv.org/abs/0803.0476",
}
PRESETS: dict[str, dict[str, Any]] = {
    "poem.try_head": {"mode": "head", "words": "春夏秋冬", "form": "jueju7"},
    "poem.try_line": {"mode": "line", "words": "海上生明月", "form": "lushi5"},
    "poem.try_title": {"mode": "title", "words": "送友人", "form": "lushi7"},
    "poem.try_free": {"rhymed": False},
    "poem.try_hot": {"temperature": 1.4},
    "poem.try_lstm": {"model": "lstm-poems"},
}
SPOKEN = (
    "level either oblique unknown given chance rhyme_first rhyme_yes rhyme_no rhyme_mark rhyme_off opposed_yes "
    "opposed_no hint form_right form_wrong rhymes tones cut untitled"
)
LEGEND = ("level", "oblique", "either")


def poem(service: Any) -> Form:
    """The form."""
    form = Form("gpt_poem", Compose)
    with form.tab():
        with bench():
            with controls():
                form.choice("mode", radio=True)
                form.text("words")
                form.choice("form", radio=True)
                form.slider("temperature", main=True)
                form.check("rhymed")
                form.choice("model")
                form.seed()
                form.buttons("poem.run")
                form.presets(PRESETS)
            with result():
                first = home.shipped_value("gpt-poems-poem")
                verse = verse_view("gpt_poem-view", first)
                progress_line()
                honesty_badge(cached(first))
                form.save(FORMATS, lambda request, kind: service.save_poem("gpt_poem", request, kind))
                form.share(lambda request: service.poem_python(request), "gpt.plain_lstm")
        words_below()
    mode, box = form.components["mode"], form.components["words"]
    script = f"(mode, now) => luoxia.start({json.dumps(STARTS, ensure_ascii=False)}, mode, now)"
    mode.change(None, [mode, box], box, js=script, show_progress="hidden")

    def on_poem(request: Compose) -> Iterator[dict[str, Any]]:
        """Write a poem; yields its lines so far, with tone and rhyme of every character."""
        yield from streamed(service.compose(request), {**service.facts(request.model), "seed": request.seed})

    form.run(on_poem, [verse])
    return form


def streamed(steps: Iterator[Any], facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Steps of Composed -> values of the view, one every SLOT seconds."""
    began = time.perf_counter()
    run, told = secrets.token_hex(4), 0.0
    for step in steps:
        last = step.done >= step.total
        if time.perf_counter() - told < SLOT and not last:
            continue
        told = time.perf_counter()
        note = badge("live", ms=(told - began) * 1000, **facts)
        yield {**shown(step.value), "run": run, "done": step.done, "total": step.total, "badge": note}


def verse_view(elem_id: str, value: Any) -> gr.HTML:
    """The poem in its form, see static/verse.js."""
    keys = {name: f"poem.{name}" for name in SPOKEN.split()}
    signs = dict(zip(LEGEND, "平仄○", strict=True))
    legend = "".join(f"<span><i>{sign}</i>{t(f'poem.{name}')}</span>" for name, sign in signs.items())
    legend += f'<span><i data-opposed="yes">平</i>{t("poem.opposed_yes")}</span>'
    legend += f'<span><i data-opposed="no">平</i>{t("poem.opposed_no")}</span>'
    template = (
        f'<div class="lx-verse" data-words="{words(**keys)}"><p class="lx-verse-title"></p>'
        f'<div class="lx-verse-lines" tabindex="0" role="group" aria-label="{t("poem.box")}"></div>'
        f'<p class="lx-verse-says" aria-live="polite">{t("poem.hint")}</p>'
        f'<p class="lx-verse-facts"></p><p class="lx-cut" role="note" hidden></p>'
        f'<p class="lx-verse-legend">{legend}</p></div>'
    )
    return view("verse", template, value, elem_id=elem_id)


def words_below() -> None:
    """A question, and how it works."""
    question = "poem.predict"
    predict_card(question, [f"{question}_right", f"{question}_b", f"{question}_c"], f"{question}_reveal")
    sources = {
        f"aigc_demo/{path.replace('.', '/')}.py · {name}": function_text(path, name)
        for path, name in (
            ("data.verse", "row_of"),
            ("services.gpt.poem", "allowed"),
            ("services.gpt.poem", "chosen"),
            ("data.tones", "tones"),
            ("data.tones", "settle"),
        )
    }
    formula = (
        r"p(x_1 \ldots x_n) = \prod_t p(x_t \mid \text{form}, \text{title}, x_1 \ldots x_{t-1}), \qquad "
        r"p_{\text{rhymed}}(x_t) \propto p(x_t) \, [x_t \text{ rhymes}]"
    )
    how_it_works(formula, "poem.how", PAPERS, sources)
