"""What the inner tabs of the diffusion family share: the microscope and the way frames stream into it."""

import html
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from aigc_demo.services import home
from aigc_demo.services.diffusion.requests import CHECKPOINT
from aigc_demo.ui.events import PAUSE
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import badge, file_data, progress, raw, scrubber, view

FIRST = 0.1  # seconds until the first frames are sent; later ones wait longer and longer, so that few sheets travel
COLUMNS = 120  # frames in a sheet, so that none is wider than 4096 pixels


def words(**keys: str) -> str:
    """Texts for a script, as an attribute value. Texts hold no characters that need escaping."""
    return html.escape(json.dumps({name: t(key) for name, key in keys.items()}, ensure_ascii=False), quote=True)


def microscope(value: Any = None, *, colour: bool = False, elem_id: str | None = None, empty: str = "") -> gr.HTML:
    """Panes side by side over one scrubber, see static/microscope.js; `empty`: key of the words shown before a run."""
    names = {
        "x": "diffusion.pane_x",
        "x0": "diffusion.pane_x0",
        "eps": "diffusion.pane_eps",
        "eps_null": "diffusion.pane_eps_null",
        "eps_class": "diffusion.pane_eps_class",
        "picture": "diffusion.pane_picture",
        "difference": "diffusion.pane_difference",
        "done": "diffusion.finished",
    }
    hint = f'<p class="lx-nothing">{t(empty)}</p>' if empty else ""
    template = (
        f'<div class="lx-microscope" data-colour="{int(colour)}" data-words="{words(**names)}">'
        f'<div class="lx-panes">{hint}</div>{scrubber()}</div>'
    )
    return view("microscope", template, value, elem_id=elem_id)


class Reel:
    """The growing value of a microscope while a run streams in."""

    def __init__(self, cache: str, panes: Sequence[str] = (), *, loop: bool = False):
        self.cache = cache
        self.value: dict[str, Any] = {
            "sheets": [],
            "counts": [],
            "panes": list(panes),
            "levels": [],
            "signals": [],
            "w": 32,
            "h": 32,
            "loop": loop,
        }

    def add(self, sheet: bytes, count: int) -> dict[str, Any]:
        """One more sheet with `count` frames -> the value so far."""
        path = save_bytes_to_cache(sheet, "sheet.png", self.cache)
        self.value["sheets"] = [*self.value["sheets"], file_data(path)]
        self.value["counts"] = [*self.value["counts"], count]
        return dict(self.value)


def stream(
    steps: Iterator[Any],
    reel: Reel,
    sheet: Callable[[list[Any], Sequence[str]], bytes],
    panes: Callable[[Any], Sequence[str]],
    facts: dict[str, Any],
) -> Iterator[tuple[Any, Any, Any]]:
    """Steps of Frames -> (microscope, progress, badge) a few times a second, and once more at the end."""
    began = sent = told = time.perf_counter()
    pause, waiting = FIRST, []
    for step in steps:
        frame = step.value
        if not reel.value["panes"]:
            reel.value["panes"] = list(panes(frame))
            reel.value["h"], reel.value["w"] = frame.x.shape[-2:]
        waiting.append(frame)
        now = time.perf_counter()
        if step.done < step.total and now - sent < pause and len(waiting) < COLUMNS:
            if now - told >= PAUSE:
                yield gr.skip(), progress(step.done, step.total), gr.skip()
                told = time.perf_counter()
            continue
        reel.value["levels"] = [*reel.value["levels"], *(f.level for f in waiting)]
        reel.value["signals"] = [*reel.value["signals"], *(f.alpha_bar for f in waiting)]
        value = reel.add(sheet(waiting, reel.value["panes"]), len(waiting))
        milliseconds = (now - began) * 1000
        yield value, progress(step.done, step.total), badge("live", ms=milliseconds, **facts)
        waiting, sent, pause = [], now, max(FIRST, 0.1 * (now - began))
        told = now


def shipped(name: str) -> Any:
    """A result that ships with the digit model, for the first look; None when it is not there."""
    return home.shipped_run(CHECKPOINT, use_case=name)


def cached(value: Any) -> Any:
    """The badge of a shipped result, empty without one."""
    return badge("cached", parameters=value["parameters"], seed=value["seed"]) if value else None


def digit_picker(elem_id: str) -> gr.HTML:
    """Ten real digits to choose from, with other examples of each; its value is the number of the sample."""
    buttons = "".join(
        f'<button type="button" data-digit="{digit}" aria-pressed="false" aria-label="{digit}">'
        f'<canvas width="28" height="28"></canvas></button>'
        for digit in range(10)
    )
    template = (
        f'<div class="lx-picker" role="group" aria-label="{t("field.sample")}" '
        f'data-sheet="{home.address("mnist-samples.png")}"><p class="lx-small">{t("field.sample")}</p>'
        f'<div class="lx-digits">{buttons}</div>'
        f'<button type="button" class="lx-others">{t("diffusion.others")}</button></div>'
    )
    return raw(view("picker", template, 140, elem_id=elem_id))


def sketch(elem_id: str) -> gr.HTML:
    """A sheet to draw on; its value is a data URL, or empty."""
    template = (
        f'<div class="lx-sketch lx-empty" data-large="{t("diffusion.file_large")}">'
        f'<canvas width="224" height="224" role="img" tabindex="0" aria-label="{t("field.drawing")}"></canvas>'
        f'<p class="lx-hint">{t("diffusion.draw_here")}</p><div class="lx-line">'
        f'<button type="button" class="lx-clear">{t("diffusion.clear")}</button>'
        f'<button type="button" class="lx-upload">{t("diffusion.upload")}</button></div>'
        f'<input type="file" accept="image/png,image/jpeg,image/webp,image/gif" hidden></div>'
    )
    return raw(view("sketch", template, "", elem_id=elem_id))


def forward_view(elem_id: str, value: Any) -> gr.HTML:
    """The digit at the noise level of the slider, beside the curves of signal and noise."""
    curves = "".join(
        f'<figure><figcaption>{t(key)}</figcaption><svg viewBox="-4 -4 308 112" role="img" aria-label="{t(key)}">'
        '<line x1="0" y1="100" x2="300" y2="100"/><path/><circle r="5"/></svg></figure>'
        for key in ("diffusion.plot_signal", "diffusion.plot_snr")
    )
    template = (
        f'<div class="lx-forward" data-words="{words(snr="diffusion.snr")}"><figure class="lx-noised">'
        f'<canvas role="img" aria-label="{t("diffusion.pane_x")}"></canvas><figcaption><output></output></figcaption>'
        f'</figure><div class="lx-curves">{curves}<p class="lx-small">{t("diffusion.plot_axis")}</p></div></div>'
    )
    return view("forward", template, value, elem_id=elem_id)


def table(elem_id: str, value: Any = None) -> gr.HTML:
    """A table written cell by cell as text: {"head": [...], "rows": [[...]], "mark": row to point at or None}."""
    return view("table", '<div class="lx-table"><table></table></div>', value, elem_id=elem_id)


def digit_choice(form: Form) -> None:
    """Ten digits and "any"."""
    options = [(str(digit), digit) for digit in range(10)]
    form.choice("digit", options=[*options, (t("diffusion.digit_any"), -1)], radio=True)


def mosaic(elem_id: str, says: str, value: Any = None) -> gr.HTML:
    """Pictures in rows and columns with words around them: a reel of one sheet with rows, columns and notes."""
    template = f'<figure class="lx-mosaic"><div class="lx-tiles"></div><figcaption>{t(says)}</figcaption></figure>'
    return view("mosaic", template, value, elem_id=elem_id)


def time_machine(elem_id: str, value: Any) -> gr.HTML:
    """Snapshots of the training under one slider, beside the loss curve; the value ships with the page."""
    names = {
        "pictures": "diffusion.training_pictures",
        "minutes": "diffusion.training_minutes",
        "right": "diffusion.training_right",
        "loss": "diffusion.training_loss",
    }
    template = (
        f'<div class="lx-machine" data-words="{words(**names)}"><figure><canvas role="img" '
        f'aria-label="{t("diffusion.training_canvas")}"></canvas></figure><div class="lx-curves"><figure>'
        f'<figcaption>{t("diffusion.training_plot")}</figcaption><svg viewBox="-4 -4 308 112" role="img" '
        f'aria-label="{t("diffusion.training_plot")}"><line x1="0" y1="100" x2="300" y2="100"/>'
        '<line class="lx-guess" x1="0" x2="300"/><path/><circle r="5"/></svg></figure>'
        f'<p class="lx-small">{t("diffusion.training_guess")}</p><p class="lx-facts-line"></p></div>'
        f"{scrubber()}</div>"
    )
    return view("machine", template, value, elem_id=elem_id)
