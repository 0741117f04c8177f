"""What the tabs of several families share: digits to pick, a sheet to draw on, pictures in rows, tables, verdicts."""

import html
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import powers, t
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import raw, view

Say = Callable[[str], str]  # key of a text -> its token, or the text itself


def words(**keys: str) -> str:
    """Texts for a script, as an attribute value. Texts hold no characters that need escaping."""
    return html.escape(json.dumps({name: t(key) for name, key in keys.items()}, ensure_ascii=False), quote=True)


def view_box(kind: str, keys: Mapping[str, str], nothing: str, markup: str) -> str:
    """The box of a view with the words of its script, name -> key; `nothing`: key of what stands there without any
    result."""
    empty = f'<p class="lx-nothing">{t(nothing)}</p>'
    return f'<div class="lx-{kind} lx-view" data-words="{words(**keys)}">{empty}{markup}</div>'


def digit_picker(elem_id: str, value: int = 140, label: str = "field.sample") -> gr.HTML:
    """Ten real digits to choose from, with other examples of each; its value is the number of the sample."""
    buttons = "".join(
        f'<button type="button" data-digit="{digit}" aria-pressed="false" aria-label="{digit}">'
        f'<canvas width="28" height="28"></canvas></button>'
        for digit in range(10)
    )
    template = (
        f'<div class="lx-picker" role="group" aria-label="{t(label)}" '
        f'data-sheet="{first_results.address("mnist-samples.png")}"><p class="lx-small">{t(label)}</p>'
        f'<div class="lx-digits">{buttons}</div>'
        f'<button type="button" class="lx-others">{t("shell.others")}</button></div>'
    )
    return raw(view("picker", template, value, elem_id=elem_id))


def sketch(
    elem_id: str, label: str = "field.drawing", hint: str = "shell.draw_here", inks: Mapping[str, str] | None = None
) -> gr.HTML:
    """A sheet to draw on; its value is a data URL, or empty. `inks`: colours to draw in -> keys of their names."""
    canvas = f'<canvas width="224" height="224" role="img" tabindex="0" aria-label="{t(label)}"></canvas>'
    template = (
        f'<div class="lx-sketch lx-empty">{palette(inks or {})}'
        f'<div class="lx-sheet">{canvas}<p class="lx-hint">{t(hint)}</p></div><div class="lx-line">'
        f'<button type="button" class="lx-clear">{t("shell.clear")}</button>'
        f'<button type="button" class="lx-upload">{t("shell.upload")}</button></div>'
        '<input type="file" accept="image/*" hidden></div>'
    )
    return raw(view("sketch", template, "", elem_id=elem_id))


def palette(inks: Mapping[str, str]) -> str:
    """Markup of a row of pens, the first one taken up."""
    pens = "".join(
        f'<button type="button" data-ink="{ink}" aria-label="{t(name)}" aria-pressed="{str(not place).lower()}" '
        f'style="background:{ink}"></button>'
        for place, (ink, name) in enumerate(inks.items())
    )
    return f'<div class="lx-inks" role="group">{pens}</div>' if inks else ""


def pick_instead(form: Form) -> None:
    """A digit that is picked takes the place of a drawing, which would come first."""
    form.components["sample"].select(None, None, form.components["drawing"], js="() => ''", show_progress="hidden")


def digit_choice(form: Form, name: str = "digit", other: str | None = None) -> None:
    options = [(str(digit), digit) for digit in range(10)]
    form.choice(name, options=[*options, (other or t("shell.digit_any"), -1)], radio=True)


def mosaic(elem_id: str, says: str, value: Any = None) -> gr.HTML:
    """Pictures in rows and columns with words around them: a reel of one sheet with rows, columns and notes."""
    template = f'<figure class="lx-mosaic"><div class="lx-tiles"></div><figcaption>{t(says)}</figcaption></figure>'
    return view("mosaic", template, value, elem_id=elem_id)


def table(elem_id: str, value: Any = None) -> gr.HTML:
    """A table written cell by cell as text: {"head": [...], "rows": [[...]], "mark": row to point at or None}."""
    return view("table", '<div class="lx-table"><table></table></div>', value, elem_id=elem_id)


def layer_bars(elem_id: str, value: Any = None) -> gr.HTML:
    """How far each layer is apart, as bars over a logarithmic axis, and as a table that unfolds: of `every_layer`."""
    folded = (
        f"<details><summary>{t('shell.layers_all')}</summary>"
        '<div class="lx-table" tabindex="0"><table></table></div></details>'
    )
    template = f'<div class="lx-gaps" hidden>{plot("shell.layers_chart")}{folded}</div>'
    return view("layerBars", template, value, elem_id=elem_id)


def verdict_line(elem_id: str | None = None, value: Any = None) -> gr.HTML:
    """The sentence that sums a comparison up: of `verdict`, or {"words", "good"}, with "values" to be filled in."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        html_template='<p class="lx-verdict" hidden></p>',
        js_on_load="luoxia.verdict(element, props, watch)",
        apply_default_css=False,
    )


def verdict(say: Say, value: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence that sums a comparison up: `first` layer over the `tolerance` of `layers`, or `maximum`, `mean`.

    While the page is built a text is a token, into which nothing can be filled: the script does that with `values`.
    """
    first = value["first"]
    if first is None:
        values = {"maximum": gap(value["maximum"]), "mean": gap(value["mean"])}
        words = say("shell.verdict_same").format(**values)
        if "onnx_maximum" in value:
            found = value["onnx_maximum"]
            words += say("shell.beside_no_onnx" if found is None else "shell.beside_onnx_gap").format(
                maximum=gap(found or 0)
            )
    else:
        values = {"layer": value["layers"][first][0], "limit": powers(f"{value['tolerance']:.0e}")}
        words = say("shell.verdict_first").format(**values)
    return {"words": words, "values": values, "good": first is None}


def beside_words(say: Say, milliseconds: Sequence[float], maximum: float) -> dict[str, Any]:
    """What stands above and under our picture, that in ONNX Runtime if there is one, the library's, the difference."""
    names = ("ours", "library", "gap") if len(milliseconds) == 2 else ("pytorch", "onnx", "library", "gap")
    columns = [say(f"shell.beside_{name}") for name in names]
    return {
        "rows": [""],
        "columns": columns,
        "notes": [*(f"{ms:.1f} ms" for ms in milliseconds), f"{say('shell.largest')} {gap(maximum)}"],
    }


def every_layer(say: Say, value: Mapping[str, Any], theirs: str = "shell.layers_theirs") -> dict[str, Any]:
    """A value for `layer_bars` of `layers`, the `first` over the `tolerance`, and the key of what the other side is."""
    head = [say(key) for key in ("shell.layers_ours", theirs, "shell.layers_maximum", "shell.layers_mean")]
    rows = [[ours, other, gap(top), gap(mean)] for ours, other, top, mean in value["layers"]]
    words = {"up": head[2]} | {name: say(f"shell.layers_{name}") for name in ("across", "limit", "none")}
    gaps = [top for *_, top, _ in value["layers"]]
    chart = {"gaps": gaps, "tolerance": value["tolerance"], "words": words}
    return {"head": head, "rows": rows, "mark": value["first"], **chart}


def gap(value: float) -> str:
    """A difference with two digits; nothing but a zero where there is none."""
    return powers(f"{value:.1e}") if value else "0"


def minus(number: float, digits: str) -> str:
    """A number with so many `digits`, as a format says it, and the sign that print has."""
    return f"{number:{digits}}".replace("-", "−")
