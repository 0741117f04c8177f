"""Diffusion tab: watch a picture appear out of noise, and go the other way."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services.diffusion import sheets
from aigc_demo.services.diffusion.requests import CHECKPOINT, Draw, Forward, Redraw
from aigc_demo.services.home import shipped_forward
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import diffusion_compare, diffusion_library
from aigc_demo.ui.tabs.diffusion_parts import forward_view, microscope, shipped, stream
from aigc_demo.ui.tabs.parts import Reel, cached, digit_choice, digit_picker, sketch
from aigc_demo.ui.widgets import (
    bench,
    controls,
    drawer,
    heading,
    honesty_badge,
    how_it_works,
    predict_card,
    progress_line,
    result,
)

SERVICE = "services.diffusion.service"
DDPM = "https://arxiv.org/abs/2006.11239"
PAPERS = {
    "Ho, Jain & Abbeel, Denoising Diffusion Probabilistic Models, 2020": DDPM,
    "Song, Meng & Ermon, Denoising Diffusion Implicit Models, 2020": "https://arxiv.org/abs/2010.02502",
    "Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": "https://arxiv.org/abs/2207.12598",
    "Salimans & Ho, Progressive Distillation (v-prediction), 2022": "https://arxiv.org/abs/2202.00512",
    "Karras et al., Elucidating the Design Space, 2022": "https://arxiv.org/abs/2206.00364",
    "Lu et al., DPM-Solver++, 2022": "https://arxiv.org/abs/2211.01095",
}


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("diffusion.title", "diffusion.lead")
    with gr.Tabs(elem_id="inner-diffusion"):
        forms = [draw(service), forward(service), redraw(service), diffusion_compare.walk(service)]
        forms += [diffusion_compare.grid(service), diffusion_compare.samplers(service), diffusion_compare.cut(service)]
        forms.append(diffusion_library.beside(service))
        diffusion_library.training(service)
        forms.append(diffusion_library.hub(service))
    return forms


def draw(service: Any) -> Form:
    """Noise becomes a digit, under the microscope."""
    form = Form("diffusion_draw", Draw)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("steps", main=True)
                form.seed()
                form.buttons("diffusion.run_draw")
                with drawer():
                    form.choice("sampler")
                    form.slider("guidance")
                    form.slider("eta")
                form.presets(
                    {
                        "diffusion.try_few": {"steps": 3, "sampler": "dpmpp", "guidance": 1.5},
                        "diffusion.try_unguided": {"steps": 20, "guidance": 0},
                        "diffusion.try_much": {"steps": 20, "guidance": 8},
                        "diffusion.try_thousand": {"steps": 1000, "sampler": "ddpm", "guidance": 1},
                    }
                )
            with result():
                first = shipped("run")
                scope = microscope(first, elem_id="diffusion_draw-scope")
                progress = progress_line()
                badge = honesty_badge(cached(first))
                form.save(["png", "gif", "mp4", "json"], lambda r, kind: service.save("diffusion_draw", r, kind))
                form.share(lambda r: service.python(r))
        predict_card(
            "diffusion.predict_guidance",
            ["diffusion.predict_guidance_right", "diffusion.predict_guidance_b", "diffusion.predict_guidance_c"],
            "diffusion.predict_guidance_reveal",
        )
        how_it_works(
            r"x_{t-1} = \sqrt{\bar\alpha_{t-1}}\; \hat x_0 + \sqrt{1-\bar\alpha_{t-1}}\; \hat\epsilon, \qquad "
            r"\hat x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\;\hat\epsilon}{\sqrt{\bar\alpha_t}}",
            "diffusion.how_draw",
            PAPERS,
            {
                "aigc_demo/sampling/samplers.py · ddim_step": function_text("sampling.samplers", "ddim_step"),
                "aigc_demo/sampling/predict.py · split": function_text("sampling.predict", "split"),
                "aigc_demo/models/diffusion.py · UNet.forward": function_text("models.diffusion", "UNet.forward"),
            },
        )

    def on_draw(request: Draw) -> Iterator[tuple[Any, Any, Any]]:
        """Draw a digit out of noise; yields the run so far, progress and badge."""
        facts = {**service.facts(), "seed": request.seed}
        yield from stream(service.draw(request), Reel(scope.GRADIO_CACHE), sheets.sheet, sheets.panes, facts)

    form.run(on_draw, [scope, progress, badge])
    return form


def forward(service: Any) -> Form:
    """A digit becomes noise; the slider moves in the browser."""
    form = Form("diffusion_forward", Forward)
    with form.tab():
        with bench():
            with controls():
                form.add("sample", digit_picker("diffusion_forward-sample"))
                form.slider("level", main=True)
                form.seed()
                with drawer("shell.draw_own"):
                    form.add("drawing", sketch("diffusion_forward-drawing"))
            with result():
                first = shipped_forward(CHECKPOINT)
                view = forward_view("diffusion_forward-view", first)
                badge = honesty_badge({"state": "cached", "seed": first["seed"]} if first else None)
                form.save(["png", "json"], lambda r, kind: service.save("diffusion_forward", r, kind))
                form.share(lambda r: service.python(r))
        how_it_works(
            r"x_t = \sqrt{\bar\alpha_t}\; x_0 + \sqrt{1-\bar\alpha_t}\;\epsilon, \qquad \epsilon \sim \mathcal N(0, 1)",
            "diffusion.how_forward",
            {"Ho, Jain & Abbeel, Denoising Diffusion Probabilistic Models, 2020": DDPM},
            {
                "aigc_demo/sampling/schedules.py · add_noise": function_text("sampling.schedules", "add_noise"),
                "aigc_demo/sampling/schedules.py · alpha_bar": function_text("sampling.schedules", "alpha_bar"),
            },
        )

    def on_forward(request: Forward) -> tuple[Any, Any]:
        """Add noise to a digit: the digit, its noise, alpha-bar of every level, and the asked level."""
        began = time.perf_counter()
        value = sheets.noised(service.forward(request), service.schedule())
        milliseconds = (time.perf_counter() - began) * 1000
        return value, {"state": "live", "device": "CPU", "ms": milliseconds, "seed": request.seed}

    level = form.components["level"]
    move = "(t) => { document.querySelector('#diffusion_forward-view .lx-forward')?.scrub(t); return []; }"
    level.input(None, level, None, js=move, show_progress="hidden")
    level.change(None, level, None, js=move, show_progress="hidden")
    outputs = [view, badge]
    triggers = [form.components[name].change for name in ("sample", "drawing", "seed")]
    form.watch(on_forward, outputs, triggers)
    return form


def redraw(service: Any) -> Form:
    """A given picture is noised part of the way, and denoised from there."""
    form = Form("diffusion_redraw", Redraw)
    with form.tab():
        with bench():
            with controls():
                form.add("drawing", sketch("diffusion_redraw-drawing"))
                form.add("sample", digit_picker("diffusion_redraw-sample"))
                form.slider("level", main=True)
                digit_choice(form)
                form.seed()
                form.buttons("diffusion.run_redraw")
                with drawer():
                    form.slider("steps")
                    form.choice("sampler")
                    form.slider("guidance")
            with result():
                first = shipped("redraw")
                scope = microscope(first, elem_id="diffusion_redraw-scope")
                progress = progress_line()
                badge = honesty_badge(cached(first))
                form.save(["png", "gif", "mp4", "json"], lambda r, kind: service.save("diffusion_redraw", r, kind))
                form.share()
        predict_card(
            "diffusion.predict_level",
            ["diffusion.predict_level_right", "diffusion.predict_level_b", "diffusion.predict_level_c"],
            "diffusion.predict_level_reveal",
        )
        how_it_works(
            r"x_t = \sqrt{\bar\alpha_t}\; x_{\text{drawn}} + \sqrt{1-\bar\alpha_t}\;\epsilon "
            r"\;\longrightarrow\; x_{t-1} \longrightarrow \dots \longrightarrow x_0",
            "diffusion.how_redraw",
            {"Meng et al., SDEdit, 2021": "https://arxiv.org/abs/2108.01073"},
            {"aigc_demo/services/diffusion/service.py · redraw": function_text(SERVICE, "DiffusionService.redraw")},
        )

    def on_redraw(request: Redraw) -> Iterator[tuple[Any, Any, Any]]:
        """Noise a picture up to a level and denoise it from there; yields the run so far, progress and badge."""
        facts = {**service.facts(), "seed": request.seed}
        yield from stream(service.redraw(request), Reel(scope.GRADIO_CACHE), sheets.sheet, sheets.panes, facts)

    form.run(on_redraw, [scope, progress, badge])
    return form
