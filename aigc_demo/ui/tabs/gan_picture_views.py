"""The views of the GAN tabs with pictures; what they do is in static/{gallery,sum,ways}.js."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.vae_views import PANES, SENTENCE, legend, plot
from aigc_demo.ui.widgets import scrubber, view

SLOTS = {"a": "gan.slot_a", "b": "gan.slot_b", "c": "gan.slot_c"}
STEPS = {"gan_walk": (2, "gan.go_walk"), "gan_mix": (3, "gan.go_mix")}  # tab -> pictures that it needs, and its words


def box(kind: str, spoken: dict[str, str], markup: str, extra: str = "") -> str:
    """The box of a view with its words, and what stands there without any result."""
    nothing = f'<p class="lx-nothing">{t("gan.nothing")}</p>'
    return f'<div class="lx-{kind} lx-view {extra}" data-words="{words(**spoken)}">{nothing}{markup}</div>'


def gallery(elem_id: str, value: Any) -> gr.HTML:
    """A grid of pictures, and beside it those that were picked with what can be done with them."""
    slots = "".join(
        f'<figure class="lx-slot"><canvas width="28" height="28"></canvas>'
        f"<figcaption>{t(name)}</figcaption><output>{t('gan.slot_empty')}</output></figure>"
        for name in SLOTS.values()
    )
    steps = "".join(
        f'<button type="button" class="lx-button lx-strong" data-go="{tab}" data-needs="{needs}" disabled>{t(name)}'
        "</button>"
        for tab, (needs, name) in STEPS.items()
    )
    clear = f'<button type="button" class="lx-button lx-clear" disabled>{t("shell.clear")}</button>'
    side = (
        f'<div class="lx-picked"><p class="lx-small">{t("gan.pick")}</p>{slots}<div class="lx-steps">{steps}{clear}'
        "</div></div>"
    )
    grid = f'<div class="lx-cells" role="group" aria-label="{t("gan.grid")}"></div>'
    spoken = {"seed": "gan.seed_of", "digit": "gan.digit_of", "empty": "gan.slot_empty"}
    return view("gallery", box("gallery", spoken, grid + side), value, event="picked", elem_id=elem_id)


def between(elem_id: str, value: Any) -> gr.HTML:
    """Straight and arc under one scrubber, and how long the noise is on both."""
    chart = plot("gan.walk_plot", legend(water="gan.walk_straight", glow="gan.walk_arc"))
    names = ["straight", "arc", "across", "up", "start", "end", "usual", "says", "says_same", "says_circle"]
    markup = f'{PANES}{scrubber()}<div class="lx-strips"></div>{SENTENCE}{chart}'
    spoken = {name: f"gan.walk_{name}" for name in names}
    return view("ways", box("ways", spoken, markup, "lx-between"), value, elem_id=elem_id)


def change(elem_id: str, value: Any) -> gr.HTML:
    """One way, from class to class."""
    markup = f'{PANES}{scrubber()}<div class="lx-strips"></div>{SENTENCE}'
    spoken = {"arc": "gan.morph_way", "says": "gan.morph_says", "says_same": "gan.morph_says_same"}
    return view("ways", box("ways", spoken, markup, "lx-between"), value, elem_id=elem_id)


def equation(elem_id: str, value: Any) -> gr.HTML:
    """a - b + c as pictures, the sum mended and as it is, and the way to it."""
    names = ("gan.mix_a", "gan.mix_b", "gan.mix_c", "gan.mix_mended", "gan.mix_raw")
    figures = [
        f'<figure data-place="{place}"><canvas role="img" aria-label="{t(name)}"></canvas>'
        f"<figcaption>{t(name)}<small></small></figcaption></figure>"
        for place, name in enumerate(names)
    ]
    signs = ("", "<b>−</b>", "<b>+</b>", "<b>=</b>", "")
    sums = "".join(sign + figure for sign, figure in zip(signs, figures, strict=True))
    strip = f'<div class="lx-strips"><span class="lx-way">{t("gan.mix_way")}</span></div>'
    spoken = {name: f"gan.mix_{name}" for name in ("length", "says_odd", "says_usual")} | {"seed": "gan.seed_of"}
    markup = f'<div class="lx-equation">{sums}</div>{strip}{SENTENCE}'
    return view("sum", box("sum", spoken, markup), value, elem_id=elem_id)


def pool(elem_id: str, value: Any) -> gr.HTML:
    """A small grid to choose a, b and c from."""
    slots = "".join(
        f'<button type="button" aria-pressed="{str(name == "a").lower()}">{name}</button>' for name in SLOTS
    )
    template = (
        f'<div class="lx-pool" data-words="{words(seed="gan.seed_of")}"><p class="lx-small">{t("gan.pool")}</p>'
        f'<div class="lx-slots" role="group" aria-label="{t("gan.pool_slots")}">{slots}</div>'
        f'<div class="lx-cells" role="group" aria-label="{t("gan.grid")}"></div></div>'
    )
    return view("pool", template, value, event="picked", elem_id=elem_id)
