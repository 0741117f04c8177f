"""Super-resolution: a picture at twice the size, beside bicubic interpolation and under a lens."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.checkpoints.catalogue import checkpoint
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import UPSCALER
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.parts import table
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PAPERS = {
    "Lim et al., EDSR, 2017": "https://arxiv.org/abs/1707.02921",
    "Shi et al., pixel shuffle, 2016": "https://arxiv.org/abs/1609.05158",
    "Wang et al., Real-ESRGAN, 2021": "https://arxiv.org/abs/2107.10833",
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_upscale", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("origin", radio=True)
                form.add("sample", scene_parts.scene_picker("text2image_upscale-sample", form.defaults["sample"]))
                form.text("prompt", lines=2)
                form.seed()
                form.buttons("text2image.run_upscale")
                with drawer("scene.own"):
                    form.add("picture", scene_parts.photo("text2image_upscale-picture"))
                with drawer():
                    form.fields("steps", "guidance")
            with result():
                (pictures,) = form.first_shown(shown, 1)
                lens = magnifier("text2image_upscale-view", pictures)
                form.outcome(("png", "json"), library="text2image.plain_torch")
        gr.HTML(f'<p class="lx-small">{t("text2image.upscale_measured")}</p>')
        table("text2image_upscale-measured", measured())
        question("text2image.predict_upscale", form, "#text2image_upscale-measured")
        how_it_works(
            r"\hat y = \mathrm{bicubic}(x) + \mathrm{shuffle}\big(f_\theta(x)\big), \qquad "
            r"\min_\theta\; \mathbb{E}\,\lVert y - \hat y \rVert_1",
            "text2image.how_upscale",
            PAPERS,
            sources("models.upscaler:Upscaler.forward", "training.upscaler:rebuild"),
            steps=("picture", "residual_blocks", "pixel_shuffle", "large_picture"),
        )
    for used, then in (
        ("sample", "['drawn', 'own'].includes(now) ? 'rendered' : now"),
        ("prompt", "'drawn'"),
        ("picture", "part ? 'own' : now"),
    ):
        follow(form, used, then)
    form.run(lens, show=shown)
    return form


def follow(form: UseCaseForm, used: str, then: str) -> None:
    """Whoever uses a control wants its picture enlarged: `then` is the origin, of the one that is set `now`."""
    part, origin = form.components[used], form.components["origin"]
    script = f"(now, part) => luoxia.touched('{form.use_case}-{used}') ? ({then}) : now"
    part.change(None, [origin, part], origin, js=script, show_progress="hidden")


def magnifier(elem_id: str, value: Any) -> gr.HTML:
    """The same part of several pictures side by side; which part, is pointed at in the first one, see upscale.js."""
    template = (
        f'<figure class="lx-magnifier"><div class="lx-magnified"></div>'
        f'<label><span>{t("text2image.zoom")}</span><input type="range" min="1" max="6" step="0.5" value="2"></label>'
        f"<figcaption>{t('text2image.upscale_says')}</figcaption></figure>"
    )
    return view("magnifier", template, value, elem_id=elem_id)


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The row of pictures with their names, PSNR under those that have one."""
    count = value["counts"][0]
    names = ("before", "bicubic", "network", "truth")[:count]
    found = {"bicubic": value["psnr_bicubic"], "network": value["psnr"]}
    notes = ["" if found.get(name) is None else f"PSNR {found[name]:.1f} dB" for name in names]
    return [{**value, "columns": [say(f"text2image.upscale_{name}") for name in names], "notes": notes}]


def measured() -> dict[str, Any]:
    """PSNR of bicubic interpolation and of the network on held-out scenes, as measured on the shipped weights."""
    metrics = checkpoint(UPSCALER).metrics
    rows = [
        [
            t(f"text2image.origin_{name}"),
            *(f"{metrics.get(f'psnr_db{who}{suffix}', 0):.1f} dB" for who in ("_bicubic", "")),
        ]
        for name, suffix in (("rendered", ""), ("rebuilt", "_rebuilt"))
    ]
    return {
        "head": [t(f"text2image.upscale_{name}") for name in ("given", "bicubic", "network")],
        "rows": rows,
        "mark": None,
    }
