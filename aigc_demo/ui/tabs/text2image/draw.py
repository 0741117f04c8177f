"""A sentence becomes pictures, step by step; the detector says what is there."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.checkpoints.catalogue import checkpoint
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import BACKGROUNDS, CHECKPOINT, OBJECTS, PLACES, Draw
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import verdict_view
from aigc_demo.ui.tabs.text2image.page import FLOW, GUIDANCE, LATENT, described, named, scope, shown, verdicts
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, 2022": LATENT,
    "Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": GUIDANCE,
    "Liu et al., Flow Straight and Fast, 2022": FLOW,
}
PRESETS: dict[str, dict[str, Any]] = {
    "text2image.try_chinese": {"prompt": "蓝色背景上的两个苹果", "negative": ""},
    "text2image.try_relation": {"prompt": "a cat above a house, yellow background", "negative": ""},
    "text2image.try_heldout": {"prompt": "a watermelon on a blue background", "negative": ""},
    "text2image.try_few": {"steps": 2},
}
PERCENT = {"all_right": "text2image.measured", "all_right_heldout": "text2image.measured_heldout"}
WATCHED: dict[str, Any] = {"trigger_mode": "always_last"}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_draw", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2)
                words = gr.HTML(elem_id="text2image_draw-words", **verdict_view())
                with drawer("text2image.builder"):
                    parts = builder()
                form.choice("count", radio=True)
                form.seed()
                form.buttons("text2image.run_draw")
                with drawer():
                    form.text("negative")
                    form.slider("steps")
                    form.slider("guidance")
                    form.choice("sampler")
                form.presets(PRESETS)
            with result():
                run, table = form.first_shown(shown, 2)
                views = [scope(form, run), verdicts(form, table)]
                gr.HTML(shares())
                form.outcome(("png", "gif", "mp4", "json"))
        question("text2image.predict_heldout", form)
        challenge("text2image.challenge_four", form)
        how_it_works(
            r"v = v_\theta(x_s, s, \varnothing) + w\,\big[v_\theta(x_s, s, c) - v_\theta(x_s, s, \varnothing)\big], "
            r"\qquad x_{s - \Delta} = x_s - \Delta\, v",
            "text2image.how_draw",
            PAPERS,
            sources("sampling.guidance:TextDenoiser.__call__", "models.text2image:SpatialTransformer.forward"),
            steps=("sentence", "text_tower", "unet", "code", "decoder", "picture"),
        )
    form.components["prompt"].change(
        form.endpoint(on_words), form.inputs, words, api_name="text2image_draw_words", **WATCHED, **QUICK, **HIDDEN
    )
    gr.on(
        [part.change for part in parts],
        guarded(on_build),
        parts,
        form.components["prompt"],
        api_name="text2image_draw_build",
        **WATCHED,
        **QUICK,
        **HIDDEN,
    )
    form.run(*views, show=shown)
    return form


def shares() -> str:
    """How often everything is right, as measured with the shipped weights."""
    metrics = checkpoint(CHECKPOINT).metrics
    parts = [f"{t(key)} <b>{metrics[name]:.0%}</b>" for name, key in PERCENT.items() if name in metrics]
    return f'<p class="lx-small">{" · ".join(parts)}</p>'


def builder() -> Sequence[gr.Dropdown]:
    """Object, count, background, place, other object."""
    choices: dict[str, tuple[list[Any], Any]] = {
        "name": (named("object", OBJECTS), "apple"),
        "number": ([(str(count), count) for count in (1, 2, 3)], 1),
        "colour": (named("background", BACKGROUNDS, "text2image.open"), ""),
        "where": (named("place", PLACES, "text2image.open"), ""),
        "other": (named("object", OBJECTS, "text2image.open"), ""),
    }
    return [
        gr.Dropdown(
            options, value=value, label=t(f"text2image.builder_{name}"), elem_id=f"text2image_draw-build_{name}"
        )
        for name, (options, value) in choices.items()
    ]


def on_words(request: Draw, lang: str) -> dict[str, Any]:
    """What is understood of the prompt; words that are not known, with the nearest known ones."""
    from aigc_demo.services.text2image.words import read, unknown

    strange = unknown(request.prompt)
    if strange:
        like = [f"{word.word} → {', '.join(word.nearest)}" if word.nearest else word.word for word in strange]
        return {"words": tr(lang, "text2image.strange", words="; ".join(like)), "good": False}
    asked = read(request.prompt)
    if asked is None:
        return {"words": tr(lang, "text2image.no_object"), "good": False}
    words = described(asked, lambda key: tr(lang, key))
    return {"words": tr(lang, "text2image.understood", words=words), "good": True}


def on_build(name: str, number: int, colour: str, where: str, other: str, request: gr.Request) -> str:
    """The sentence about what was put together."""
    from aigc_demo.services.text2image.words import composed

    return composed(language(request), name, number, colour, where, other)
