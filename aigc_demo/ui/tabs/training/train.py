"""Train a small model on pictures for minutes, live: curve, samples of a fixed seed, stop, go on.

What was trained is taken home, and opened again.

A training is that person's alone: the page keeps a token of it in a `gr.State`, see services/training/train.py.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.training.requests import MINUTES, Train
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.training.parts import batches, bring_button, own_pictures, pad, wire_bringing
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm, hosted, inlined
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.views.own import own_link
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, raw, result

USE_CASE = "training_train"
LENGTHS = (0.5, 1.0, 2.0, 5.0, 10.0)
RATES = (0.3, 1.0, 3.0, 10.0, 100.0)
SHOWN, ROW = 16, 8  # pictures of the newest sample and of an earlier one, as the service sends them
COMMON = 0.98  # share of the losses of a GAN that its chart has room for
ROOM = 0.06  # of a chart above and below its curves
PAPERS = {
    "Kingma & Welling, Auto-Encoding Variational Bayes, 2013": "https://arxiv.org/abs/1312.6114",
    "Ho et al., Denoising Diffusion Probabilistic Models, 2020": "https://arxiv.org/abs/2006.11239",
    "Radford, Metz & Chintala, Unsupervised Representation Learning with DCGANs, 2015": (
        "https://arxiv.org/abs/1511.06434"
    ),
    "Huang et al., The GAN is dead; long live the GAN!, 2024": "https://arxiv.org/abs/2501.05441",
}
PRESETS: dict[str, dict[str, Any]] = {
    "training.try_vae": {"pictures": "emoji", "model": "vae", "rate": 1.0},
    "training.try_gan": {"pictures": "shapes", "model": "gan", "rate": 1.0, "width": 16},
    "training.try_diffusion": {"pictures": "digits", "model": "diffusion", "rate": 1.0, "width": 16},
    "training.try_fast": {"pictures": "emoji", "model": "vae", "rate": 100.0},
}


def build(service: Service) -> UseCaseForm:
    """The tab of a training: its controls, the samples, the curve."""
    form = UseCaseForm(USE_CASE, service)
    with form.tab():
        own = own_pictures()
        kept = gr.State("")  # token of this person's training, or of a model that was opened
        with bench():
            with controls():
                form.choice("pictures", radio=True)
                bring, drawn = bring_button(form), pad(form)
                form.choice("model", radio=True)
                lengths = [minutes for minutes in LENGTHS if minutes <= MINUTES] or [MINUTES]
                form.choice("minutes", options=[(f"{minutes:g}", minutes) for minutes in lengths], radio=True)
                form.buttons("training.run_train")
                with drawer():
                    form.choice("rate", options=[(f"{rate:g} ×", rate) for rate in RATES])
                    form.fields("batch", "width")
                    form.seed()
                form.presets(PRESETS)
            with result():
                sheet = batches(f"{USE_CASE}-sheet")
                curve = (
                    ("training.curve_held", legend(glow="training.line_train", water="training.line_held")),
                    ("training.curve_gan", legend(glow="training.line_generator", water="training.line_critic")),
                )
                pictures = batches(f"{USE_CASE}-view", curve, form.first_shown(shown, 3)[0])
                link = own_link(f"{USE_CASE}-link")
                form.outcome(("safetensors", "png", "json"), state=[kept, own])
                parts = own_model()
        question("training.predict_held", form)
        how_it_works(
            r"\theta \leftarrow \theta - \eta \, \text{Adam}\big( \nabla_\theta L(x; \theta) \big), \qquad "
            r"L = \begin{cases} -\log p(x|z) + \mathrm{KL}(q(z|x) \,\|\, p(z)) & \text{VAE} \\ "
            r"\lVert v_\theta(x_t, t) - v \rVert^2 & \text{diffusion} \\ "
            r"\log(1 + e^{f(G(z)) - f(x)}) & \text{critic} \end{cases}",
            "training.how_train",
            PAPERS,
            sources("training.vae:terms", "training.diffusion:denoising_loss", "training.gan:Game.round"),
            steps=("pictures", "ours", "loss", "weights"),
        )
    wire_bringing(form, bring, drawn, own, sheet)
    form.run(pictures, link, kept, show=shown, state=[kept, own], roll=False, show_progress="hidden")
    wire_model(form, [pictures, link, kept], parts)
    return form


def own_model() -> tuple[gr.UploadButton, gr.Number, gr.Button]:
    """Where one opens a file again, and draws with the model on the page: two buttons and a seed."""
    gr.HTML(f'<p class="lx-small lx-own-head">{t("training.own_model")}</p>')
    with gr.Row(elem_classes="lx-line", equal_height=False):
        file = gr.UploadButton(t("training.open_model"), size="sm", elem_id=f"{USE_CASE}-open", min_width=160, scale=0)
        seed = gr.Number(1, label=t("field.seed"), precision=0, elem_id=f"{USE_CASE}-own-seed", scale=0, min_width=120)
        draw = gr.Button(t("training.draw_own"), size="sm", elem_id=f"{USE_CASE}-draw", min_width=160, scale=0)
    return file, raw(seed), draw


def wire_model(form: UseCaseForm, views: list[Any], parts: tuple[Any, ...]) -> None:
    """A file is opened, and 16 pictures more are drawn."""
    file, seed, draw = parts
    store, kept = form.service.store, views[-1]

    def told(made: Any, seed: Any, request: gr.Request) -> tuple[Any, ...]:
        from aigc_demo.services.training.train import page_value

        lang = language(request)
        values = shown(hosted(page_value(Train(), made), inlined), lambda key: tr(lang, key))
        return *values, (int(seed) + 1) % 2**32  # the next press draws others

    @guarded
    def on_open(path: str, seed: Any, request: gr.Request) -> tuple[Any, ...]:
        from aigc_demo.services.training.train import open_again

        return told(open_again(store, Path(path), seed), seed, request)

    @guarded
    def on_draw(token: str, seed: Any, request: gr.Request) -> tuple[Any, ...]:
        from aigc_demo.services.training.train import draw_own

        return told(draw_own(token, seed), seed, request)

    wishes = {**QUICK, **HIDDEN}
    file.upload(on_open, [file, seed], [*views, seed], api_name=f"{USE_CASE}_open", **wishes)
    draw.click(on_draw, [kept, seed], [*views, seed], api_name=f"{USE_CASE}_draw", **wishes)


def shown(value: Json, say: Say) -> Sequence[Any]:
    """Samples, curve and facts, where the model can be used, and the token that the page keeps."""
    newest, *earlier = reversed(value["moments"])
    trained = bool(value["learned"])
    name = [say("training.sample"), {"step": newest}] if trained else say("training.sample_opened")
    rows: list[Json] = [{"name": name, "start": 0, "count": SHOWN, "columns": ROW}]
    rows += [
        {
            "name": [say("training.sample_before"), {"step": step}],
            "start": SHOWN + place * ROW,
            "count": ROW,
            "columns": ROW,
            "small": True,
        }
        for place, step in enumerate(earlier)
    ]
    sheet = {part: value[part] for part in ("sheets", "w", "h", "kind")}
    charts = [None, chart(value, say)] if value["model"] == "gan" else [chart(value, say), None]
    told = [say("training.lost")] if value["anew"] else []
    return [
        {**sheet, "rows": rows, "charts": charts, "facts": facts(value, say), "told": told},
        link(value, say),
        value["token"],
    ]


def link(value: Json, say: Say) -> Json | None:
    """The page that draws with the model; a result that ships has none."""
    if not value.get("own"):
        return None
    family = value["model"]
    return {"href": f"./{family}?tab={family}_draw&checkpoint={value['own']}", "words": say(f"training.use_{family}")}


def facts(value: Json, say: Say) -> list[Any]:
    """What a training has cost so far, and how long it still takes."""
    numbers = {
        "model": say(f"training.model_{value['model']}"),
        "weights": f"{value['weights'] / 1e6:.2f} M",
        "step": value["step"],
        "seconds": f"{value['seconds']:.0f}",
        "learned": value["learned"],
        "held": value["held"],
        "left": f"{value['left']:.0f}",
    }
    key = "facts_opened" if not value["learned"] else "facts_left" if value["left"] else "facts"
    return [say(f"training.{key}"), numbers]


def chart(value: Json, say: Say) -> Json | None:
    """The loss by updates; nothing before there are two points."""
    curve, other = value["curve"], value["other"]
    if len(curve) < 2:
        return None
    everything = sorted(loss for _, loss in (*curve, *other))
    low, high = everything[0], everything[-1]
    if value["model"] == "gan":  # its first losses are far above all others
        high = everything[round(COMMON * (len(everything) - 1))]
    room = ROOM * (high - low) or ROOM
    lines = [[[step, min(loss, high)] for step, loss in line] for line in (curve, other)]
    return {
        "x": [0, max(step for step, _ in curve)],
        "y": [low - room, high + room],
        "across": say("training.across_updates"),
        "up": say(f"training.up_{value['model']}"),
        "lines": [
            {"kind": "glow", "points": lines[0]},
            {"kind": "water", "points": lines[1], "dots": [] if value["model"] == "gan" else lines[1]},
        ],
    }
