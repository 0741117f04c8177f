"""The tokens of a picture, written one by one; any of them can be replaced."""

import gradio as gr

from aigc_demo.services.dalle.requests import CHECKPOINT
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.dalle.page import DALLE, PRESETS, VQVAE, box, sampling
from aigc_demo.ui.tabs.measured import measured
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

USE_CASE = "dalle_draw"
RUN = f"() => {{ document.querySelector('#{USE_CASE}-run').click(); return []; }}"
SHARES = (
    ("dalle.measured_background", "background_right"),
    ("dalle.measured_object", "object_right"),
    ("dalle.measured_all", "all_right"),
    ("dalle.measured_heldout", "all_right_heldout"),
)
NAMES = "cell cell_kept cell_short open own replace kept_says cut reads"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm(USE_CASE, service)
    with form.tab():
        with bench():
            with controls():
                prompt = form.text("prompt", lines=2, main=True)
                scene_parts.marks(form)
                parts = scene_parts.builder(form)
                form.slider("temperature", main=True)
                form.seed()
                form.buttons("dalle.run_draw")
                with drawer():
                    sampling(form)
                    kept = form.text("kept")
                form.presets(PRESETS)
            with result():
                shown = cells(f"{USE_CASE}-view", form.first_value)
                form.outcome(("png", "gif", "mp4", "json"))
                measured(CHECKPOINT, "dalle.measured", *SHARES)
        question("dalle.predict_greedy", form)
        challenge("dalle.challenge_hot", form)
        how_it_works(
            r"p(x_1, \dots, x_{64} \mid \text{text}) = \prod_{i=1}^{64} p(x_i \mid \text{text}, x_1, \dots, x_{i-1}), "
            r"\qquad x_i \in \{0, \dots, 1023\}",
            "dalle.how_draw",
            DALLE | VQVAE,
            sources("models.dalle:DALLE.to_draw", "models.dalle:Only.__call__", "sampling.writing:go_on"),
            steps=("sentence", "transformer", "tokens", "decoder", "picture"),
        )
    form.run(shown)
    told = [prompt.input, *(part.input for part in parts)]  # another sentence, another picture
    gr.on(told, None, None, kept, js="() => ''", show_progress="hidden")
    picked = shown.picked(None, None, kept, js="() => luoxia.keptTokens()", show_progress="hidden")
    picked.then(None, None, None, js=RUN, show_progress="hidden")
    return form


def cells(elem_id: str, value: Json | None) -> gr.HTML:
    """The picture as it is decoded, the tokens of its cells, and the one that is looked at."""
    panel = (
        f'<div class="lx-cell-panel"><p class="lx-look-hint">{t("dalle.look")}</p><canvas role="img" '
        f'aria-label="{t("dalle.patch")}"></canvas><p></p><ul aria-label="{t("dalle.rivals")}"></ul></div>'
    )
    markup = (
        f'<figure class="lx-painted"><canvas role="img" aria-label="{t("dalle.painted")}"></canvas>'
        f"<figcaption>{t('dalle.painted')}</figcaption></figure>"
        f'<figure><div class="lx-mesh" role="group" aria-label="{t("dalle.code")}"></div>'
        f"<figcaption><span>{t('dalle.code_number')}</span>{t('dalle.code_says')}</figcaption></figure>"
        f'<p class="lx-claims"></p><p class="lx-kept"></p>{panel}'
    )
    return view("cellGrid", box("writing", NAMES, markup), value, elem_id=elem_id, event="picked")
