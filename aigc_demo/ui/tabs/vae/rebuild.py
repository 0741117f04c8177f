"""A digit squeezed into its code and rebuilt: a row per model."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.services.vae.requests import ANY, KINDS
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_picker, pick_instead, sketch, view_box
from aigc_demo.ui.tabs.vae.page import KINGMA
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

AGAIN = 8  # pictures from fresh codes
SPOKEN = ("says", "error", "nats", "no_kl", "no_spread", "code")


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_rebuild", service)
    with form.tab():
        with bench():
            with controls():
                form.add("sample", digit_picker("vae_rebuild-sample", form.defaults["sample"]))
                with drawer("shell.draw_own"):
                    form.add("drawing", sketch("vae_rebuild-drawing"))
                form.choice("code", radio=True)
                digits = [(str(digit), digit) for digit in range(10)]
                form.choice("digit", options=[(t("vae.digit_read"), ANY), *digits])
                form.number("seed")
                again = gr.Button(t("vae.rebuild_again"), elem_id="vae_rebuild-again", size="sm")
            with result():
                rows = rebuilds("vae_rebuild-view", form.first_value)
                form.outcome(("png", "json"), library="vae.plain_torch", line=False)
        question("vae.predict_rebuild", form, "#vae_rebuild-view .lx-again")
        how_it_works(
            r"\log p(x) \ge \mathbb E_{q(z|x)}\big[\log p(x \mid z)\big] - \mathrm{KL}\big(q(z|x)\,\|\,p(z)\big), "
            r"\qquad q(z|x) = \mathcal N\big(\mu(x), \sigma^2(x)\big)",
            "vae.how_rebuild",
            KINGMA,
            sources("models.vae:VAE.encode", "models.vae:Posterior.kl"),
            steps=("picture", "encoder", "code", "decoder", "picture"),
        )
    again.click(None, None, form.components["seed"], js="() => luoxia.newSeed()", show_progress="hidden")
    pick_instead(form)
    form.watch(rows)
    return form


def rebuilds(elem_id: str, value: Json | None) -> gr.HTML:
    before = (
        f'<div class="lx-before"><canvas role="img" aria-label="{t("vae.rebuild_before")}"></canvas>'
        f'<div><p class="lx-small">{t("vae.rebuild_before")}</p><p class="lx-verdict" hidden></p></div></div>'
    )
    heads = "".join(
        f"<span>{t(key) if key else ''}</span>"
        for key in ("", "vae.rebuild_rebuilt", "vae.rebuild_off", "vae.rebuild_code", "vae.rebuild_fresh")
    )
    notes = "".join(
        f'<p class="lx-small" data-note="{code}" hidden>{t("vae.rebuild_signed")} {t(f"vae.rebuild_note_{code}")}</p>'
        for code in (2, 16)
    )
    rows = "".join(map(row, KINDS))
    markup = f'{before}<div class="lx-rows"><div class="lx-heads">{heads}</div>{rows}</div>{notes}'
    keys = {kind: f"vae.kind_{kind}" for kind in KINDS} | {name: f"vae.rebuild_{name}" for name in SPOKEN}
    return view("rebuilds", view_box("rebuilds", keys, "vae.nothing", markup), value, elem_id=elem_id)


def row(kind: str) -> str:
    name = t(f"vae.kind_{kind}")
    pictures = "".join(
        f'<figure class="lx-{part}"><canvas role="img" aria-label="{name} {t(key)}"></canvas>'
        f"<figcaption>{t(key)}</figcaption></figure>"
        for part, key in (("rebuilt", "vae.rebuild_rebuilt"), ("error", "vae.rebuild_off"))
    )
    head = f'<div><h3>{name}<small>{t(f"vae.name_{kind}")}</small></h3><p class="lx-figures"></p></div>'
    code = f'<svg viewBox="0 0 100 100" role="img"></svg><figcaption>{t("vae.rebuild_code")}</figcaption>'
    fresh = (
        f'<div class="lx-again" role="img" aria-label="{name} {t("vae.rebuild_fresh")}">{"<canvas></canvas>" * AGAIN}'
    )
    return f'<div data-kind="{kind}">{head}{pictures}<figure class="lx-posterior">{code}</figure>{fresh}</div></div>'
