"""A picture that follows the typing: the student draws it in one to four steps."""

from typing import Any

import gradio as gr

from aigc_demo.checkpoints.catalogue import checkpoint
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import CHECKPOINT, STUDENT, Type
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.parts import mosaic, table
from aigc_demo.ui.tabs.text2image.page import FLOW, shown, verdicts
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Liu et al., Flow Straight and Fast, 2022": FLOW,
    "Liu et al., InstaFlow, 2023": "https://arxiv.org/abs/2309.06380",
    "Meng et al., On Distillation of Guided Diffusion Models, 2022": "https://arxiv.org/abs/2210.03142",
}
PRESETS: dict[str, dict[str, Any]] = {
    "text2image.try_chinese": {"prompt": "蓝色背景上的两个苹果"},
    "text2image.try_relation": {"prompt": "a cat above a house, yellow background"},
    "text2image.try_heldout": {"prompt": "a watermelon on a blue background"},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_type", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2)
                scene_parts.marks(form)
                scene_parts.builder(form)
                form.slider("steps", main=True)
                form.choice("count", radio=True)
                form.seed()
                form.presets(PRESETS)
            with result():
                pictures, rows = form.first_shown(shown, 2)
                views = [mosaic("text2image_type-view", "text2image.type_says", pictures), verdicts(form, rows)]
                form.outcome(("png", "json"), line=False)
        gr.HTML(f'<p class="lx-small">{t("text2image.type_measured")}</p>')
        table("text2image_type-measured", measured())
        question("text2image.predict_student", form)
        how_it_works(
            r"\min_\theta\; \mathbb{E}\,\big\| v_\theta(x_s, s, c) - (\varepsilon - \hat{x}_0) \big\|^2, "
            r"\qquad \hat{x}_0 = \text{teacher}(\varepsilon, c, w), \quad x_s = (1 - s)\,\hat{x}_0 + s\,\varepsilon",
            "text2image.how_type",
            PAPERS,
            sources("training.student:draw", "training.student:draw_times", "services.text2image.type:type_"),
            steps=("sentence", "text_tower", "unet", "decoder", "picture"),
        )
    form.watch(*views, show=shown, when=names_something)
    return form


def names_something(request: Type) -> bool:
    """Whether there is a thing to draw in what has been typed so far."""
    from aigc_demo.services.scene_parts import marked

    return marked(request.prompt)["asked"] is not None


def measured() -> dict[str, Any]:
    """How often all is right by the student in 1, 2 and 4 steps and by its teacher, as measured on the shipped weights;
    the points between the two."""
    student, teacher = checkpoint(STUDENT).metrics, checkpoint(CHECKPOINT).metrics
    runs = [("teacher", 10, 20, "", teacher)]
    runs += [("student", steps, steps, suffix, student) for steps, suffix in ((4, ""), (2, "_2steps"), (1, "_1steps"))]
    rows = []
    for who, steps, looks, suffix, metrics in runs:
        found = [metrics.get(f"all_right{kind}{suffix}", 0.0) for kind in ("", "_heldout")]
        gained = f"{100 * (found[0] - teacher['all_right']):+.1f}" if who == "student" else ""
        rows.append(
            [t(f"text2image.type_{who}"), str(steps), str(looks), *(f"{100 * share:.1f} %" for share in found), gained]
        )
    names = ("who", "steps", "looks", "right", "heldout", "gained")
    return {"head": [t(f"text2image.type_col_{name}") for name in names], "rows": rows, "mark": None}
