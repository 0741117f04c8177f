"""KV cache on and off: the same text twice, token by token in turn, and what every token took."""

from typing import Any

from aigc_demo.services.gpt.requests import STARTS
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import FORMATS, fitting, spoken
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PAPERS = {
    "Pope et al., Efficiently Scaling Transformer Inference, 2022": "https://arxiv.org/abs/2211.05102",
    "Shazeer, Fast Transformer Decoding: One Write-Head is All You Need, 2019": "https://arxiv.org/abs/1911.02150",
}
NAMES = "reads_one reads_all says same differ up across kept"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_cache", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2)
                form.slider("length", main=True)
                form.choice("model")
                form.seed()
                form.buttons("inside.run_cache")
                with drawer():
                    form.slider("temperature")
            with result():
                shown = race_view("gpt_cache-view", form.first_value)
                form.outcome(FORMATS, library="inside.transformers")
        question("inside.predict_cache", form)
        how_it_works(
            r"\text{without: } \sum_{n=1}^{N} 2 P n \approx P N^2, \qquad \text{with: } \sum_{n=1}^{N} 2 P = 2 P N "
            r"\qquad (P \text{ weights},\; N \text{ tokens})",
            "inside.how_cache",
            PAPERS,
            sources("models.gpt:KVCache.extend", "services.gpt.cache:Lane.step"),
            steps=("token", "keys", "memory", "token"),
        )
    fitting(form, STARTS)
    form.run(shown)
    return form


def race_view(elem_id: str, value: Any) -> Any:
    """Both speeds, the curve, the text, see race.js."""
    lanes = "".join(
        f'<section class="lx-lane" data-lane="{name}"><h3 class="lx-hue lx-hue-{kind}">{t(f"inside.cache_{name}")}</h3>'
        f"<b>–</b><span>{t('inside.cache_unit')}</span><p></p></section>"
        for name, kind in (("with", "glow"), ("without", "water"))
    )
    curve = plot("inside.cache_plot", legend(glow="inside.cache_with", water="inside.cache_without"))
    template = (
        f'<div class="lx-race lx-view" data-words="{spoken("cache", NAMES)}"><div class="lx-race-lanes">{lanes}</div>'
        f'{curve}<p class="lx-verdict" hidden></p><section class="lx-author" data-side="glow">'
        f'<div class="lx-text" tabindex="0" role="group" aria-label="{t("tokens.box")}" '
        f'data-empty="{t("tokens.empty")}"></div><p class="lx-small lx-author-facts"></p></section></div>'
    )
    return view("race", template, value, elem_id=elem_id)
