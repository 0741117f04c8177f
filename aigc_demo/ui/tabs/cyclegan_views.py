"""The views of the CycleGAN tab: markup and words; what they do is in static/cyclegan.js."""

import base64
from collections.abc import Callable
from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import NotFoundError
from aigc_demo.services import home
from aigc_demo.services.cyclegan import checkpoints, sheets
from aigc_demo.services.cyclegan.requests import PAIRS
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import raw, view

SHEET = "emoji-pairs.png"  # eight in a row, Twitter's first
TRIP = ("picture", "there", "back")
MAPS = ("truth", "error", "same", "critic_picture", "critic_there", "critic_truth")
ROWS = ("nothing", "without", "cycle", "truth")
MEASURED = ("mean_absolute_error", "vendor_right", "group_right", "class_right")


def live(result: Any) -> dict[str, Any]:
    """A result of any use-case as a value: its sheet inside the value, so that it needs no second request."""
    picture, facts = sheets.value(result)
    return {"sheets": [{"url": f"data:image/png;base64,{base64.b64encode(picture).decode()}"}], **facts}


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    spoken = words(twitter="cyclegan.twitter", google="cyclegan.google", **{n: f"cyclegan.{n}" for n in names.split()})
    return (
        f'<div class="lx-{kind} lx-view" data-words="{spoken}"><p class="lx-nothing">{t("cyclegan.nothing")}</p>'
        f"{markup}</div>"
    )


def pair_picker(elem_id: str, value: int) -> gr.HTML:
    """Emoji to choose from, as the vendor draws them whose style is left; its value is the number of the pair."""
    try:
        sheet = home.address(SHEET)
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


def trip(elem_id: str, value: Any) -> gr.HTML:
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


def rivals(elem_id: str, value: Any) -> gr.HTML:
    """Four rows of eight pictures, and how far each is from the truth."""
    cells = '<figure><canvas aria-hidden="true"></canvas><figcaption></figcaption></figure>' * 8
    rows = "".join(
        f'<div class="lx-rival" data-row="{name}"><p><b>{t(f"cyclegan.row_{name}")}</b><span></span></p>{cells}</div>'
        for name in ROWS
    )
    markup = f'<div class="lx-rivals">{rows}</div><p class="lx-verdict" hidden></p>'
    return view("rivals", box("rivals-view", "mean compare_says truth_of", markup), value, elem_id=elem_id)


def measured(show: Callable[[Any], Any]) -> None:
    """The table of all held-out pairs, as the catalogue has it; nothing before it was measured."""
    try:
        cycle, without = (catalogue.checkpoint(id).metrics for id in (checkpoints.CYCLE, checkpoints.WITHOUT))
    except NotFoundError:
        return
    if not cycle or not without:
        return
    ways = {
        "row_nothing": {name: cycle[f"{name}_nothing"] for name in MEASURED},
        "row_without": without,
        "row_cycle": cycle,
    }
    rows = [
        [t(f"cyclegan.{key}"), *(f"{100 * found[name]:.1f} %" for name in MEASURED), cycle_cell(found)]
        for key, found in ways.items()
    ]
    head = [t(f"cyclegan.head_{name}") for name in ("way", *MEASURED, "cycle_error")]
    gr.HTML(f'<p class="lx-small lx-measured">{t("cyclegan.measured")}</p>')
    show({"head": head, "rows": rows, "mark": None})


def cycle_cell(found: dict[str, float]) -> str:
    """The cycle error; doing nothing has none."""
    return f"{100 * found['cycle_error']:.1f} %" if "cycle_error" in found else "0"
