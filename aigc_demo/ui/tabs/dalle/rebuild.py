"""A picture becomes tokens and a picture again; the codebook lies open."""

import gradio as gr

from aigc_demo.services.dalle.requests import CODES
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.dalle.page import VQVAE, box
from aigc_demo.ui.tabs.measured import measured
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

NAMES = "used entry token rebuilt_says"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("dalle_rebuild", service)
    with form.tab():
        question("dalle.predict_tokens", form, "#dalle_rebuild-view")
        with bench():
            with controls():
                scene_parts.pictures(form)
            with result():
                shown = codebook("dalle_rebuild-view", form.first_value)
                form.outcome(("png", "json"), line=False)
                shares = (("dalle.measured_rebuilt", "rebuilt_all_right"), ("dalle.measured_used", "codebook_used"))
                measured(CODES, "dalle.measured", *shares)
        how_it_works(
            r"x_i = \arg\min_k \lVert z_i - e_k \rVert^2, \qquad \mathcal L = \lVert x - \hat x \rVert + "
            r"\beta\, \lVert z - \mathrm{sg}[e] \rVert^2",
            "dalle.how_rebuild",
            VQVAE,
            sources("models.vqvae:VectorQuantiser.nearest", "models.vqvae:VectorQuantiser.follow"),
            steps=("picture", "encoder", "tokens", "decoder", "picture"),
        )
    scene_parts.connect(form)
    form.watch(shown)
    return form


def codebook(elem_id: str, value: Json | None) -> gr.HTML:
    """Picture, tokens as patches, rebuilt, difference; under them the codebook."""
    pane = '<figure><canvas role="img" aria-label="{0}"></canvas><figcaption>{0}</figcaption></figure>'
    code = (
        f'<figure><div class="lx-mesh" role="group" aria-label="{t("dalle.code")}"></div>'
        f"<figcaption>{t('dalle.patches')}</figcaption></figure>"
    )
    first, *others = [pane.format(t(f"dalle.{name}")) for name in ("given", "rebuilt", "off")]
    markup = (
        f'<div class="lx-three">{first}{code}{"".join(others)}</div><p class="lx-verdict" hidden></p>'
        f'<figure class="lx-book"><canvas role="img" aria-label="{t("dalle.codebook")}"></canvas>'
        f"<figcaption>{t('dalle.codebook')} <output></output></figcaption></figure>"
    )
    return view("codebook", box("codes", NAMES, markup), value, elem_id=elem_id)
