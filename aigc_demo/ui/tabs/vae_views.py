"""The views of the autoencoder tab: markup and words; what they do is in static/{sheet,ways,dims,meter}.js."""

from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.vae.requests import EMOJI
from aigc_demo.services.vae.results import TOLERANCE
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import raw, scrubber, view

PANES = '<div class="lx-panes"></div>'
SENTENCE = '<p class="lx-verdict" hidden></p>'
EMOJI_SHEET = "emoji-samples.png"  # 64 x 64 each, 8 in a row


def own(kind: str, prefix: str, names: str, markup: str, empty: str = "vae.nothing") -> str:
    """The box of a view with its words, `name` being the text vae.<prefix>_<name>; and what stands there without any
    result."""
    spoken = words(**{name: f"vae.{prefix}_{name}" for name in names.split()})
    nothing = f'<p class="lx-nothing">{t(empty)}</p>'
    return f'<div class="lx-{kind} lx-view" data-words="{spoken}">{nothing}{markup}</div>'


def plot(title: str, legend: str = "", more: str = "") -> str:
    """A chart with its title, and what its marks mean below; both are keys."""
    line = f'<p class="lx-small lx-caption">{legend}</p>' if legend else ""
    return (
        f'<figure class="lx-chart"><figcaption>{t(title)}</figcaption>'
        f'<svg viewBox="0 0 420 190" role="img" aria-label="{t(title)}"></svg>{line}{more}</figure>'
    )


def legend(**keys: str) -> str:
    """Colour -> the key of what it stands for, as a line under a chart."""
    return " ".join(f'<span class="lx-hue lx-hue-{kind}">{t(key)}</span>' for kind, key in keys.items())


def columns(label: str) -> str:
    """A grid with a column per number of the code, which can be moved sideways where it is too wide."""
    return f'<div class="lx-dims" role="group" tabindex="0" aria-label="{t(label)}"></div>'


def ways(elem_id: str, value: Any) -> gr.HTML:
    """Three ways between two digits under one scrubber, and the length of the code."""
    chart = plot("vae.walk_plot", legend(water="vae.walk_straight", glow="vae.walk_arc"))
    markup = f'{PANES}{scrubber()}<div class="lx-strips"></div>{SENTENCE}{chart}'
    names = "straight arc fade across up start end typical says"
    return view("ways", own("ways", "walk", names, markup), value, elem_id=elem_id)


def betas(elem_id: str, value: Any) -> gr.HTML:
    """A digit at one beta: rebuilt, what every dimension costs, and what it does."""
    chart = plot("vae.beta_plot", legend(glow="vae.beta_reconstruction", water="vae.beta_kl"))
    bars = legend(water="vae.beta_mean", glow="vae.beta_own")
    grid = f'<p class="lx-small lx-caption">{t("vae.beta_grid")}<br>{bars}</p>{columns("vae.beta_columns")}'
    markup = f'<div class="lx-pair">{PANES}{chart}</div>{SENTENCE}{grid}'
    names = "picture rebuilt nats own mean number nearest says says_all costs across up"
    return view("betas", own("betas", "beta", names, markup), value, elem_id=elem_id)


def factors(elem_id: str, value: Any) -> gr.HTML:
    """A shape, rebuilt, with one dimension moving; which factor each dimension answers to, and all traversals."""
    grid = f'<p class="lx-small lx-caption">{t("vae.shapes_grid")}</p>{columns("vae.shapes_columns")}'
    names = "picture rebuilt moving number factors moves dead says_none"
    markup = f"{PANES}{scrubber()}{SENTENCE}{grid}"
    return view("factors", own("factors", "shapes", names, markup), value, event="picked", elem_id=elem_id)


def meter(elem_id: str, value: Any) -> gr.HTML:
    """A picture, rebuilt, where they differ, and a needle among the bounds of the test digits."""
    chart = plot("vae.anomaly_plot", more='<p class="lx-small lx-off"></p>')
    names = "picture rebuilt error none all few many unknown outside across up"
    return view("meter", own("meter", "anomaly", names, f"{PANES}{SENTENCE}{chart}"), value, elem_id=elem_id)


def colours(elem_id: str, value: Any) -> gr.HTML:
    """A colour picture through our code and the library's, and the four maps that stand for it."""
    maps = f'<p class="lx-small">{t("vae.beside_maps")}</p><div class="lx-panes lx-maps"></div>'
    names = "picture ours theirs gap most map same first"
    markup = f"{PANES}{maps}{SENTENCE}"
    box = own("colours", "beside", names, markup, "vae.beside_empty")
    box = box.replace("data-words", f'data-tolerance="{TOLERANCE:g}" data-words', 1)
    return view("colours", box, value, elem_id=elem_id)


def emoji_picker(elem_id: str) -> gr.HTML:
    """Colour pictures to choose from; its value is the number of the picture."""
    try:
        sheet = home.address(EMOJI_SHEET)
    except OSError:  # not on this machine
        sheet = ""
    places = [(100 * (place % 8) / 7, 100 * (place // 8) / (EMOJI // 8 - 1)) for place in range(EMOJI)]
    buttons = "".join(
        f'<button type="button" aria-pressed="false" aria-label="{place + 1}" '
        f'style="background-position:{x:.2f}% {y:.0f}%"></button>'
        for place, (x, y) in enumerate(places)
    )
    template = (
        f'<div class="lx-emoji" role="group" aria-label="{t("vae.beside_sample")}" '
        f'style="--sheet:url({sheet})"><p class="lx-small">{t("vae.beside_sample")}</p>'
        f"<div>{buttons}</div></div>"
    )
    return raw(view("emoji", template, 0, elem_id=elem_id))


def photo(elem_id: str) -> gr.HTML:
    """A picture of one's own; its value is a data URL, or empty."""
    template = (
        f'<div class="lx-photo"><p class="lx-small">{t("vae.beside_own")}</p>'
        f'<img alt="{t("vae.beside_own")}" hidden><div class="lx-line">'
        f'<button type="button" class="lx-upload">{t("shell.upload")}</button>'
        f'<button type="button" class="lx-clear" hidden>{t("shell.clear")}</button></div>'
        '<input type="file" accept="image/*" hidden></div>'
    )
    return raw(view("photo", template, "", elem_id=elem_id))
