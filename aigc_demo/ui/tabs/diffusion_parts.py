"""What the inner tabs of the diffusion family share: the microscope and the way frames stream into it."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.diffusion.requests import CHECKPOINT
from aigc_demo.ui.events import PAUSE
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import Reel, words
from aigc_demo.ui.widgets import badge, progress, scrubber, view

FIRST = 0.1  # seconds until the first frames are sent; later ones wait longer and longer, so that few sheets travel
COLUMNS = 120  # frames in a sheet, so that none is wider than 4096 pixels


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
