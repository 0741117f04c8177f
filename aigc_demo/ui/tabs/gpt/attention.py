"""Attention: every head of every layer as a small map, one of them large, and on the text itself what it looks at."""

from typing import Any

from aigc_demo.services.gpt.requests import STARTS
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import fitting, spoken
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

PAPERS = {
    "Vaswani et al., Attention Is All You Need, 2017": "https://arxiv.org/abs/1706.03762",
    "Olsson et al., In-context Learning and Induction Heads, 2022": "https://arxiv.org/abs/2209.11895",
    "Jain & Wallace, Attention is not Explanation, 2019": "https://arxiv.org/abs/1902.10186",
}
PRESETS: dict[str, dict[str, Any]] = {
    "inside.try_romeo": {"prompt": "ROMEO:\nBut soft, what light through yonder window breaks"},
    "inside.try_repeat": {"prompt": "the king is dead, the king is dead, the king is d"},
    "inside.try_names": {"prompt": "GLOUCESTER:\nMy lord.\n\nGLOUC"},
    "inside.try_poem": {"prompt": "长江一夜秋风起，", "model": "gpt-poems"},
}
NAMES = "layer head word before itself first row_first row_looks row_other masked next cut none"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_attention", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.choice("model")
                form.presets(PRESETS)
            with result():
                shown = heads_view("gpt_attention-view", form.first_value)
                form.outcome(("png", "json"), library="inside.transformers", line=False)
        question("inside.predict_attention", form)
        how_it_works(
            r"A = \text{softmax}\!\left( \frac{Q K^\top}{\sqrt{E}} + M \right), \qquad "
            r"M_{ij} = \begin{cases} 0 & j \le i \\ -\infty & j > i \end{cases}, \qquad "
            r"\text{out}_i = \sum_j A_{ij} v_j",
            "inside.how_attention",
            PAPERS,
            sources("models.gpt:Attention.probabilities"),
            steps=("token", "query", "keys", "odds", "values"),
        )
    fitting(form, STARTS)
    form.watch(shown)
    return form


def heads_view(elem_id: str, value: Any) -> Any:
    """Small maps, the large one, and the text, see attention.js."""
    template = (
        f'<div class="lx-attend lx-view" data-words="{spoken("attention", NAMES)}">'
        f'<div class="lx-attend-grid" role="group" aria-label="{t("inside.attention_heads")}"></div>'
        '<figure class="lx-attend-large"><figcaption><b></b><span></span></figcaption>'
        f'<canvas role="img" aria-label="{t("inside.attention_map")}"></canvas></figure>'
        f'<div class="lx-attend-text"><p class="lx-small">{t("inside.attention_hover")}</p>'
        f'<div class="lx-seen" tabindex="0" role="group" aria-label="{t("tokens.box")}"></div>'
        '<p class="lx-verdict" hidden></p><p class="lx-small lx-cut" hidden></p>'
        '<p class="lx-small lx-next"></p></div></div>'
    )
    return view("heads", template, value, elem_id=elem_id)
