"""A poem of regular form, written character by character: to a title, from a beginning, or with hidden heads."""

from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import FORMATS, fitting
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

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


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_poem", service)
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
                verse = verse_view("gpt_poem-view", form.first_value)
                form.outcome(FORMATS, library="gpt.plain_lstm")
        question("poem.predict", form)
        formula = (
            r"p(x_1 \ldots x_n) = \prod_t p(x_t \mid \text{form}, \text{title}, x_1 \ldots x_{t-1}), \qquad "
            r"p_{\text{rhymed}}(x_t) \propto p(x_t) \, [x_t \text{ rhymes}]"
        )
        code = sources(
            "data.verse:row_of",
            "services.gpt.poem:allowed",
            "services.gpt.poem:chosen",
            "data.tones:tones",
            "data.tones:settle",
        )
        how_it_works(formula, "poem.how", PAPERS, code, steps=("form", "transformer", "odds", "rules", "character"))
    fitting(form, STARTS, "mode", "words")
    form.run(verse)
    return form


def verse_view(elem_id: str, value: Any) -> gr.HTML:
    """The poem in its form, see poem.js."""
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
