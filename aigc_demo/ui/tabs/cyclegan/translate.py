"""There and back, what was lost on the way, and what critic and judge say."""

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.cyclegan.requests import PAIRS
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.cyclegan.page import PAPER, box
from aigc_demo.ui.tabs.parts import sketch
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, raw, result, view

INKS = {  # Twemoji's own colours, and white to rub out with
    "#31373D": "cyclegan.ink_dark",
    "#FFCC4D": "cyclegan.ink_yellow",
    "#F4900C": "cyclegan.ink_orange",
    "#DD2E44": "cyclegan.ink_red",
    "#AA8ED6": "cyclegan.ink_violet",
    "#3B88C3": "cyclegan.ink_blue",
    "#78B159": "cyclegan.ink_green",
    "#A0714F": "cyclegan.ink_brown",
    "#CCD6DD": "cyclegan.ink_pale",
    "#FFFFFF": "cyclegan.ink_white",
}
SHEET = "emoji-pairs.png"  # eight in a row, Twitter's first
TRIP = ("picture", "there", "back")
MAPS = ("truth", "error", "same", "critic_picture", "critic_there", "critic_truth")


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("cyclegan_translate", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("direction", radio=True)
                form.add("sample", pair_picker("cyclegan_translate-sample", form.defaults["sample"]))
                with drawer("cyclegan.own"):
                    form.add(
                        "picture", sketch("cyclegan_translate-picture", "field.picture", "cyclegan.own_here", INKS)
                    )
            with result():
                shown = trip("cyclegan_translate-view", form.first_value)
                form.outcome(("png", "gif", "mp4", "json"), library="cyclegan.plain_torch", line=False)
        question("cyclegan.predict_translate", form, "#cyclegan_translate-view .lx-evidence")
        challenge("cyclegan.challenge_return", form)
        how_it_works(
            r"\min_{G, F} \max_{D_X, D_Y} \; \mathcal L_{\text{GAN}}(G, D_Y) + \mathcal L_{\text{GAN}}(F, D_X) + "
            r"\lambda \, \mathbb E \big[ \lVert F(G(x)) - x \rVert_1 + \lVert G(F(y)) - y \rVert_1 \big]",
            "cyclegan.how_translate",
            PAPER,
            sources("models.cyclegan:CycleGAN.forward", "training.cyclegan:generator_terms"),
            steps=("photo", "translator", "style"),
        )
    form.latest_wins("sample", "picture", "")
    form.watch(shown)
    return form


def pair_picker(elem_id: str, value: int) -> gr.HTML:
    """Emoji to choose from, as the vendor draws them whose style is left; its value is the number of the pair."""
    try:
        sheet = first_results.address(SHEET)
    except OSError:  # not on this machine
        sheet = ""
    buttons = "".join(
        f'<button type="button" aria-pressed="false" aria-label="{place + 1}" style="background-position:'
        f'{100 * (place % 8) / 7:.2f}% calc(var(--top, 0%) + {100 * (place // 8) / (PAIRS // 4 - 1):.0f}%)"></button>'
        for place in range(PAIRS)
    )
    template = (
        f'<div class="lx-emoji lx-pair-picker" role="group" aria-label="{t("cyclegan.sample")}" '
        f'style="--sheet:url({sheet})"><p class="lx-small">{t("cyclegan.sample")}</p><div>{buttons}</div></div>'
    )
    return raw(view("emoji", template, value, elem_id=elem_id))


def figure(name: str, stacked: bool = False) -> str:
    """A canvas with its name and a line of figures; two on top of each other for a map over a picture."""
    canvas = f'<canvas role="img" aria-label="{t(f"cyclegan.{name}")}"></canvas>'
    under = '<canvas aria-hidden="true"></canvas>' if stacked else ""
    return (
        f'<figure data-tile="{name}"><div class="lx-stack">{under}{canvas}</div>'
        f"<figcaption><b>{t(f'cyclegan.{name}')}</b><span></span></figcaption></figure>"
    )


def trip(elem_id: str, value: Json | None) -> gr.HTML:
    """A picture, its translation and what comes back, large; the evidence below."""
    large = '<i class="lx-arrow" aria-hidden="true"><span></span></i>'.join(map(figure, TRIP))
    small = "".join(figure(name, name.startswith("critic")) for name in MAPS)
    scale = (
        f'<p class="lx-small lx-caption"><span class="lx-hue lx-hue-water">{t("cyclegan.accepts")}</span> '
        f'<span class="lx-hue lx-hue-glow">{t("cyclegan.objects")}</span> {t("cyclegan.critic_note")}</p>'
    )
    markup = (
        f'<div class="lx-trip">{large}</div><p class="lx-verdict" hidden></p>'
        f'<h3 class="lx-evidence-title">{t("cyclegan.evidence")}</h3><div class="lx-evidence">{small}</div>{scale}'
    )
    names = "style off says says_pair nearly_all nearly_none score yours same_note error_note truth_note"
    return view("trip", box("trip-view", names, markup), value, elem_id=elem_id)
