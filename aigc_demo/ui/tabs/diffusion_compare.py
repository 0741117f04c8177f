"""Diffusion tab, comparisons: between two seeds, class by seed, samplers, and few steps against a cut run."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
import numpy as np

from aigc_demo.services.diffusion import sheets
from aigc_demo.services.diffusion.requests import Cut, Grid, Samplers, Walk
from aigc_demo.services.diffusion.results import COUNTS, ROWS
from aigc_demo.ui.events import paced
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.diffusion_parts import microscope, shipped
from aigc_demo.ui.tabs.parts import Reel, Say, cached, digit_choice, mosaic, tiles
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    predict_card,
    progress,
    progress_line,
    result,
)


def walk(service: Any) -> Form:
    """From the noise of one seed to that of another."""
    form = Form("diffusion_walk", Walk)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("frames", main=True)
                form.number("seed_from")
                form.number("seed_to")
                form.buttons("diffusion.run_walk")
                with drawer():
                    form.slider("steps")
                    form.choice("sampler")
                    form.slider("guidance")
            with result():
                first = shipped("walk")
                scope = microscope(first and {**first, "loop": True}, elem_id="diffusion_walk-scope")
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(["gif", "mp4", "png", "json"], lambda r, kind: service.save("diffusion_walk", r, kind))
                form.share(lambda r: service.python(r))
        how_it_works(
            r"\mathrm{slerp}(a, b, s) = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + \frac{\sin(s\theta)}{\sin\theta}\,b, "
            r"\qquad \cos\theta = \frac{a \cdot b}{|a|\,|b|}",
            "diffusion.how_walk",
            {"Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242"},
            {"aigc_demo/sampling/latent.py · slerp": function_text("sampling.latent", "slerp")},
        )

    def on_walk(request: Walk) -> Iterator[tuple[Any, Any, Any]]:
        """Draw every stop between two seeds; yields the frames so far, progress and badge."""
        began = time.perf_counter()
        for step in service.walk(request):
            shown = time.perf_counter() - began
            if step.done < step.total and step.done % 3:
                yield gr.skip(), progress(step.done, step.total), gr.skip()
                continue
            reel = Reel(scope.GRADIO_CACHE, ["picture"], loop=step.done == step.total)
            value = reel.add(sheets.row(step.value), len(step.value))
            facts = {**service.facts(), "seed": request.seed_from}
            yield value, progress(step.done, step.total), badge("live", ms=shown * 1000, **facts)

    form.run(on_walk, [scope, line, note])
    return form


def grid(service: Any) -> Form:
    """Every digit from the same seeds."""
    form = Form("diffusion_grid", Grid)
    with form.tab():
        with bench():
            with controls():
                form.slider("seeds", main=True)
                form.seed()
                form.buttons("diffusion.run_grid")
                with drawer():
                    form.slider("steps")
                    form.choice("sampler")
                    form.slider("guidance")
            with result():
                first = shipped("grid")
                words = grid_words(Grid())
                view = mosaic("diffusion_grid-view", "diffusion.grid_says", first and {**first, **words})
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(["png", "gif", "json"], lambda r, kind: service.save("diffusion_grid", r, kind))
                form.share(lambda r: service.python(r))
        how_it_works(
            r"\hat\epsilon = \epsilon_\theta(x_t, t, \varnothing) + w\,\big[\epsilon_\theta(x_t, t, c) - "
            r"\epsilon_\theta(x_t, t, \varnothing)\big]",
            "diffusion.how_grid",
            {"Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": "https://arxiv.org/abs/2207.12598"},
            {"aigc_demo/sampling/predict.py · Denoiser": function_text("sampling.predict", "Denoiser.__call__")},
        )

    def on_grid(request: Grid) -> Iterator[tuple[Any, Any, Any]]:
        """Draw ten digits from the same seeds; yields the grid so far, progress and badge."""
        began = time.perf_counter()
        for step in service.grid(request):
            if step.done < step.total and step.done % 2:
                yield gr.skip(), progress(step.done, step.total), gr.skip()
                continue
            value = mosaic_value(view.GRADIO_CACHE, step.value, grid_words(request))
            milliseconds = (time.perf_counter() - began) * 1000
            facts = {**service.facts(), "seed": request.seed}
            yield value, progress(step.done, step.total), badge("live", ms=milliseconds, **facts)

    form.run(on_grid, [view, line, note])
    return form


def samplers(service: Any) -> Form:
    """All samplers from one noise, at several step counts."""
    form = Form("diffusion_samplers", Samplers)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("guidance", main=True)
                form.seed()
                form.buttons("diffusion.run_samplers")
            with result():
                first = shipped("samplers")
                words = samplers_words(t, ROWS, first["milliseconds"] if first else [])
                view = mosaic("diffusion_samplers-view", "diffusion.samplers_says", first and {**first, **words})
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(["png", "json"], lambda r, kind: service.save("diffusion_samplers", r, kind))
                form.share()
        how_it_works(
            r"\text{DPM-Solver++ 2M:}\quad x_{t'} = \frac{\sigma_{t'}}{\sigma_t} x_t - \alpha_{t'}\,(e^{-h}-1)\,"
            r"\Big[\big(1+\tfrac{1}{2r}\big)\hat x_0^{(t)} - \tfrac{1}{2r}\hat x_0^{(\text{before})}\Big]",
            "diffusion.how_samplers",
            {"Lu et al., DPM-Solver++, 2022": "https://arxiv.org/abs/2211.01095"},
            {
                "aigc_demo/sampling/samplers.py · dpmpp_step": function_text("sampling.samplers", "dpmpp_step"),
                "aigc_demo/sampling/samplers.py · heun_step": function_text("sampling.samplers", "heun_step"),
            },
        )

    def on_samplers(request: Samplers, lang: str) -> Iterator[tuple[Any, Any, Any]]:
        """Draw one noise with every sampler at several step counts; yields the table so far, progress and badge."""
        began, done = time.perf_counter(), []
        for step in paced(service.samplers(request)):
            if step.value is None:
                yield gr.skip(), progress(step.done, step.total), gr.skip()
                continue
            done.append(step.value)
            pictures = np.concatenate([row.pictures for row in done])
            took = [ms for row in done for ms in row.milliseconds]
            words = samplers_words(lambda key: tr(lang, key), [row.sampler for row in done], took)
            value = mosaic_value(view.GRADIO_CACHE, pictures, words)
            milliseconds = (time.perf_counter() - began) * 1000
            facts = {**service.facts(), "seed": request.seed}
            yield value, progress(step.done, step.total), badge("live", ms=milliseconds, **facts)

    form.run(on_samplers, [view, line, note])
    return form


def cut(service: Any) -> Form:
    """A short run against a long one that was cut after as many steps."""
    form = Form("diffusion_cut", Cut)
    with form.tab():
        predict_card(
            "diffusion.predict_cut",
            ["diffusion.predict_cut_right", "diffusion.predict_cut_b", "diffusion.predict_cut_c"],
            "diffusion.predict_cut_reveal",
        )
        with bench():
            with controls():
                digit_choice(form)
                form.slider("few", main=True)
                form.slider("many")
                form.seed()
                form.buttons("diffusion.run_cut")
                with drawer():
                    form.choice("sampler")
                    form.slider("guidance")
            with result():
                first = shipped("cut")
                view = mosaic("diffusion_cut-view", "diffusion.cut_says", first and {**first, **cut_words(t, Cut())})
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda r, kind: service.save("diffusion_cut", r, kind))
                form.share()
        how_it_works(
            r"t_i = \mathrm{round}\big(T\,(1 - i/N)\big) - 1, \qquad i = 0, \dots, N-1",
            "diffusion.how_cut",
            {"Song, Meng & Ermon, Denoising Diffusion Implicit Models, 2020": "https://arxiv.org/abs/2010.02502"},
            {
                "aigc_demo/sampling/samplers.py · trailing_timesteps": function_text(
                    "sampling.samplers", "trailing_timesteps"
                )
            },
        )

    def on_cut(request: Cut, lang: str) -> Iterator[tuple[Any, Any]]:
        """Draw with few steps, and cut a longer run after as many; gives the four pictures and the badge."""
        began = time.perf_counter()
        for step in paced(service.cut(request)):
            if step.value is None:
                yield gr.skip(), gr.skip()
                continue
            words = cut_words(lambda key: tr(lang, key), request)
            value = mosaic_value(view.GRADIO_CACHE, sheets.cut(step.value), words)
            milliseconds = (time.perf_counter() - began) * 1000
            yield value, badge("live", ms=milliseconds, **service.facts(), seed=request.seed)

    form.run(on_cut, [view, note])
    return form


def grid_words(request: Grid) -> dict[str, Any]:
    """Digits beside the rows, seeds above the columns."""
    seeds = [str((request.seed + i) % 2**32) for i in range(request.seeds)]
    return {"rows": [str(digit) for digit in range(10)], "columns": seeds, "notes": None}


def samplers_words(say: Say, names: Sequence[str], milliseconds: Sequence[float]) -> dict[str, Any]:
    """Samplers beside the rows, step counts above the columns, times under the pictures."""
    return {
        "rows": [say(f"diffusion.sampler_{name}") for name in names],
        "columns": [f"{count} {say('diffusion.steps_short')}" for count in COUNTS],
        "notes": [f"{ms:.0f} ms" for ms in milliseconds],
    }


def cut_words(say: Say, request: Cut) -> dict[str, Any]:
    """What the four pictures are."""
    steps = say("diffusion.steps_short")
    columns = [
        f"{request.few} {steps} · {say('diffusion.cut_finished')}",
        f"{request.few} / {request.many} {steps} · {say('diffusion.cut_now')}",
        f"{request.few} / {request.many} {steps} · {say('diffusion.cut_guess')}",
        f"{request.many} {steps} · {say('diffusion.cut_finished')}",
    ]
    return {"rows": [""], "columns": columns, "notes": None}


def mosaic_value(cache: str, pictures: Any, words: dict[str, Any]) -> dict[str, Any]:
    """Pictures (N, C, H, W), row by row, with what is written beside, above and under them."""
    height, width = pictures.shape[-2:]
    return tiles(cache, sheets.row(pictures), len(pictures), (width, height), words)
