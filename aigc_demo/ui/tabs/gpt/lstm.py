"""LSTM beside GPT: both write on from the same beginning; what each of them keeps of it, and for how long."""

from typing import Any

from aigc_demo.services.gpt.requests import STARTS
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import FORMATS, fitting, spoken, written
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PAPERS = {
    "Hochreiter & Schmidhuber, Long Short-Term Memory, 1997": "https://doi.org/10.1162/neco.1997.9.8.1735",
    "Karpathy, Johnson & Fei-Fei, Visualizing and Understanding Recurrent Networks, 2015": (
        "https://arxiv.org/abs/1506.02078"
    ),
    "Khandelwal et al., Sharp Nearby, Fuzzy Far Away: How Neural Language Models Use Context, 2018": (
        "https://arxiv.org/abs/1805.04623"
    ),
}
PRESETS: dict[str, dict[str, Any]] = {
    "inside.try_romeo": {"prompt": "ROMEO:\nBut soft, what light through yonder window breaks", "changed": "HENRY"},
    "inside.try_echo": {"prompt": "the king is dead, the king is dead, the king is d", "changed": "a"},
    "inside.try_poem": {"prompt": "长江一夜秋风起，", "text": "poems", "changed": "黄河一夜春风起"},
}
NAMES = "grows fixed speed numbers_up across unit fading_up fading_across fading_says fading_none"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_lstm", service)
    with form.tab():
        question("inside.predict_lstm", form, "#gpt_lstm-view .lx-fading")
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.text("changed")
                form.slider("temperature", main=True)
                form.choice("text", radio=True)
                form.seed()
                form.buttons("inside.run_lstm")
                with drawer():
                    for name in ("length", "top_k", "top_p", "min_p", "repetition"):
                        form.slider(name)
                form.presets(PRESETS)
            with result():
                shown = memory_view("gpt_lstm-view", form.first_value)
                form.outcome(FORMATS, library="inside.torch_nn")
        how_it_works(
            r"\begin{aligned} c_t &= f_t \odot c_{t-1} + i_t \odot g_t, "
            r"& h_t &= o_t \odot \tanh c_t && \text{(LSTM)} \\ "
            r"K_t &= [K_{t-1}; k_t], & V_t &= [V_{t-1}; v_t] && \text{(GPT)} \end{aligned}",
            "inside.how_lstm",
            PAPERS,
            sources("models.lstm:step", "models.gpt:KVCache.extend", "services.gpt.lstm:moved"),
            steps=("token", "state", "gates", "state"),
        )
    fitting(form, {name: STARTS[f"gpt-{name}"] for name in ("shakespeare", "poems")}, "text")
    form.run(shown)
    return form


def memory_view(elem_id: str, value: Any) -> Any:
    """Two texts, the fading, what is kept, and the strip, see lstm.js."""
    kept = plot("inside.lstm_kept_plot", legend(glow="inside.gpt", water="inside.lstm"))
    fading = plot("inside.lstm_fading_plot", legend(glow="inside.gpt", water="inside.lstm"))
    strip = (
        f'<details class="lx-cells-fold"><summary>{t("inside.lstm_cells")}</summary>'
        f'<figure class="lx-cell-strip"><figcaption>{t("inside.lstm_strip")}</figcaption>'
        f'<div class="lx-cell-box"><canvas role="img" tabindex="0" aria-label="{t("inside.lstm_strip")}"></canvas>'
        "</div>"
        f'<p class="lx-small lx-cell-line">{t("inside.lstm_strip_hint")}</p></figure></details>'
    )
    template = (
        f'<div class="lx-memory lx-view" data-words="{spoken("lstm", NAMES)}">'
        f'<div class="lx-authors">{written("inside.gpt", "glow")}{written("inside.lstm", "water")}</div>'
        f'<div class="lx-memories"><div class="lx-fading">{fading}<p class="lx-verdict" hidden></p></div>{kept}</div>'
        f"{strip}</div>"
    )
    return view("memory", template, value, elem_id=elem_id)
