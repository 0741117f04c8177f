"""Diffusion tab, outward: beside diffusers, the course of the training, and models of the hub."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.diffusion import sheets
from aigc_demo.services.diffusion.requests import CHECKPOINT, Beside, Hub
from aigc_demo.services.diffusion.results import TOLERANCE
from aigc_demo.ui.events import QUICK, paced
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.diffusion_compare import mosaic_value
from aigc_demo.ui.tabs.diffusion_parts import microscope, shipped, stream, time_machine
from aigc_demo.ui.tabs.parts import (
    Reel,
    beside_words,
    cached,
    digit_choice,
    layer_table,
    mosaic,
    table,
    verdict_view,
    verdict_words,
)
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    drawer,
    heading,
    honesty_badge,
    how_it_works,
    progress,
    progress_line,
    result,
)


def beside(service: Any) -> Form:
    """Our code and diffusers, same weights, same noise."""
    form = Form("diffusion_beside", Beside)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.choice("mistake")
                form.slider("steps", main=True)
                form.seed()
                form.buttons("diffusion.run_beside")
                with drawer():
                    form.choice("sampler")
                    form.slider("guidance")
            with result():
                first = shipped("beside")
                value, rows = shipped_beside(first) if first else (None, None)
                view = mosaic("diffusion_beside-view", "diffusion.beside_says", value)
                verdict = gr.HTML(elem_id="diffusion_beside-verdict", **verdict_view())
                layers = table("diffusion_beside-layers", rows)
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda r, kind: service.save("diffusion_beside", r, kind))
                form.share()
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_t, t, c) - f^{\text{diffusers}}_i(x_t, t, c) \right| \le 10^{-4}",
            "diffusion.how_beside",
            {"diffusers, UNet2DModel": "https://huggingface.co/docs/diffusers/api/models/unet2d"},
            {"aigc_demo/pipelines/parity.py · compare": function_text("pipelines.parity", "compare")},
        )

    def on_beside(request: Beside, lang: str) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Draw with our code and with diffusers; gives both pictures, the verdict, every layer, and the badge."""

        def say(key: str) -> str:
            return tr(lang, key)

        for step in paced(service.beside(request)):
            made = step.value
            if made is None:
                yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
                continue
            took = [made.our_milliseconds, made.their_milliseconds]
            value = mosaic_value(view.GRADIO_CACHE, sheets.beside(made), beside_words(say, took, made.maximum))
            rows = layer_table(say, made.layers, made.first)
            speed = badge("live", ms=made.our_milliseconds, **service.facts(), seed=request.seed)
            yield value, verdict_words(lang, made, TOLERANCE), rows, speed

    form.run(on_beside, [view, verdict, layers, note])
    return form


def shipped_beside(first: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The shipped comparison as values of the mosaic and of the table."""
    words = beside_words(t, first["milliseconds"], first["maximum"])
    return {**first, **words}, layer_table(t, first["layers"], first["first"])


def training(service: Any) -> None:
    """The time machine: the same seeds at every snapshot, beside the loss curve. All of it ships with the page."""
    with gr.Tab(t("diffusion.tab_training"), id="diffusion_training", elem_id="tab-diffusion_training"):
        heading("diffusion.training_title", "diffusion.training_lead")
        time_machine("diffusion_training-view", home.shipped_training(CHECKPOINT))
        honesty_badge(badge("cached"))
        how_it_works(
            r"\mathcal L = \mathbb E\,\big\| v_\theta(x_t, t, c) - \big(\sqrt{\bar\alpha_t}\,\epsilon - "
            r"\sqrt{1-\bar\alpha_t}\,x_0\big) \big\|^2",
            "diffusion.how_training",
            {
                "Salimans & Ho, Progressive Distillation (v-prediction), 2022": "https://arxiv.org/abs/2202.00512",
                "Esser et al., Scaling Rectified Flow Transformers, 2024": "https://arxiv.org/abs/2403.03206",
            },
            {
                f"aigc_demo/training/diffusion.py · {name}": function_text("training.diffusion", name)
                for name in ("denoising_loss", "draw_timesteps")
            },
        )


def hub(service: Any) -> Form:
    """Any DDPM or DDIM model of the hub, in our own network."""
    form = Form("diffusion_hub", Hub)
    with form.tab():
        with bench():
            with controls():
                form.text("name")
                look = gr.Button(t("diffusion.hub_look"), elem_id="diffusion_hub-look", size="sm")
                facts = gr.HTML(elem_id="diffusion_hub-facts", **verdict_view())
                form.slider("steps", main=True)
                form.seed()
                form.buttons("diffusion.run_hub")
                with drawer():
                    form.choice("sampler")
            with result():
                scope = microscope(colour=True, elem_id="diffusion_hub-scope", empty="diffusion.hub_empty")
                line, note = progress_line(), honesty_badge()
                form.share()
        how_it_works(
            r"\hat\epsilon = f_\theta(x_t, t)",
            "diffusion.how_hub",
            {"Ho, Jain & Abbeel, 2020: the CIFAR-10 model of the paper": "https://arxiv.org/abs/2006.11239"},
            {"aigc_demo/pipelines/pairs/unet.py · from_library": function_text("pipelines.pairs.unet", "from_library")},
        )

    def on_look(request: Hub, lang: str) -> Any:
        """What the model is and how large, before its weights travel."""
        about = service.describe(request.name)
        size = " × ".join(map(str, about["picture"]))
        values = {**about, "picture": size, "licence": about["licence"] or "-"}
        return {"words": tr(lang, "diffusion.hub_facts", **values), "good": True}

    def on_hub(request: Hub) -> Iterator[tuple[Any, Any, Any]]:
        """Fetch a model of the hub if it is not here yet, and draw with it; yields the run, progress and badge."""
        began = time.perf_counter()
        steps = service.hub(request)
        for step in steps:
            if step.value is not None:
                break
            waited = (time.perf_counter() - began) * 1000
            yield gr.skip(), progress(step.done, step.total), badge("live", device="CPU", ms=waited)
        told = {"device": service.facts()["device"], "seed": request.seed}
        yield from stream(steps, Reel(scope.GRADIO_CACHE), sheets.sheet, sheets.panes, told)

    look.click(form.endpoint(on_look), form.inputs, facts, api_name="diffusion_hub_look", **QUICK)
    form.run(on_hub, [scope, line, note])
    return form
