"""The plane on which generator and critic meet, and a pad for points of one's own."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import raw, scrubber, view

LAYERS = ("critic", "pull", "net")
CURVES = {"distance": ("distance",), "losses": ("generator", "critic"), "modes": ("modes",)}
MOST = 500  # points of a drawing, as data/points has it; a test holds the two together


def duel(elem_id: str, value: Any = None) -> gr.HTML:
    """The plane, its curves and a scrubber, see plane.js."""
    keys = ("turn", "per_second", "floor", "target", "summary", "summary_modes", "changed")
    template = (
        f'<div class="lx-duel" data-words="{words(**{name: f"gan.{name}" for name in keys})}">'
        f'<figure class="lx-arena"><canvas role="img" aria-label="{t("gan.plot")}"></canvas>'
        f'<figcaption><span class="lx-key" data-key="real">{t("gan.key_real")}</span>'
        f'<span class="lx-key" data-key="fake">{t("gan.key_fake")}</span>'
        f'<span class="lx-ramp"><i>{t("gan.key_like_real")}</i><b></b><i>{t("gan.key_like_fake")}</i></span>'
        f'</figcaption></figure><div class="lx-curves">{now()}{"".join(map(curve, CURVES))}'
        f'<p class="lx-small">{t("gan.axis_turns")}</p>{layers()}</div>{scrubber()}'
        f'<p class="lx-small lx-changed" hidden>{t("gan.changed")}</p></div>'
    )
    return view("duel", template, value, elem_id=elem_id)


def now() -> str:
    """The line of numbers beside the plane."""
    return '<p class="lx-now"><b></b><span></span></p>'


def curve(name: str) -> str:
    series = CURVES[name]
    legend = "".join(f'<i data-series="{one}">{t(f"gan.curve_{one}")}</i>' for one in series) if len(series) > 1 else ""
    paths = "".join(f'<path data-series="{one}"/>' for one in series)
    title = t(f"gan.curve_{name}")
    return (
        f'<figure class="lx-chart" data-curve="{name}"><figcaption><span>{title}</span>{legend}<output></output>'
        "</figcaption>"
        f'<svg viewBox="0 0 300 64" role="img" aria-label="{title}">'
        '<line class="lx-base" x1="0" x2="300" y1="62" y2="62"/>'
        f'<line class="lx-floor" x1="0" x2="300" hidden/>{paths}<circle r="4"/></svg></figure>'
    )


def layers() -> str:
    """Buttons that show and hide what is drawn over the points."""
    buttons = "".join(
        f'<button type="button" data-layer="{name}" aria-pressed="{str(name != "net").lower()}">'
        f"{t(f'gan.layer_{name}')}</button>"
        for name in LAYERS
    )
    return f'<div class="lx-layers" role="group" aria-label="{t("gan.layers")}">{buttons}</div>'


def pad(elem_id: str) -> gr.HTML:
    """A square to draw points on; its value is a text of them, as data/points reads it."""
    template = (
        f'<div class="lx-pad" data-most="{MOST}" data-words="{words(count="gan.pad_count")}">'
        f'<p class="lx-small">{t("gan.drawing")}</p>'
        f'<canvas width="288" height="288" tabindex="0" role="application" aria-label="{t("gan.drawing")} '
        f'{t("gan.pad_keys")}"></canvas><div class="lx-line">'
        f'<button type="button" class="lx-button lx-clear">{t("shell.clear")}</button><output></output></div>'
        f'<p class="lx-small">{t("gan.pad_keys")}</p></div>'
    )
    return raw(view("pad", template, "", elem_id=elem_id))
