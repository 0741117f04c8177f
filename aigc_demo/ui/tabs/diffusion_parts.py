"""What the inner tabs of the diffusion family share: the microscope and the way frames stream into it."""

import html
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import badge, file_data, progress, view

FIRST = 0.1  # seconds until the first frames are sent; later ones wait longer and longer, so that few sheets travel
COLUMNS = 120  # frames in a sheet, so that none is wider than 4096 pixels


def words(**keys: str) -> str:
    """Texts for a script, as an attribute value. Texts hold no characters that need escaping."""
    return html.escape(json.dumps({name: t(key) for name, key in keys.items()}, ensure_ascii=False), quote=True)


def microscope(value: Any = None, *, colour: bool = False, elem_id: str | None = None) -> gr.HTML:
    """Panes side by side over one scrubber; see static/microscope.js for the value."""
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
    template = (
        f'<div class="lx-microscope" data-colour="{int(colour)}" data-words="{words(**names)}"><div class="lx-panes"></div>'
        f'<div class="lx-scrub"><button type="button" class="lx-play" aria-label="{t("shell.play")}"></button>'
        f'<input type="range" min="0" max="0" value="0" aria-label="{t("shell.frame")}"><output></output></div></div>'
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
    began = sent = time.perf_counter()
    pause, waiting = FIRST, []
    for step in steps:
        frame = step.value
        if not reel.value["panes"]:
            reel.value["panes"] = list(panes(frame))
            reel.value["h"], reel.value["w"] = frame.x.shape[-2:]
        waiting.append(frame)
        now = time.perf_counter()
        if step.done < step.total and now - sent < pause and len(waiting) < COLUMNS:
            continue
        reel.value["levels"] = [*reel.value["levels"], *(f.level for f in waiting)]
        reel.value["signals"] = [*reel.value["signals"], *(f.alpha_bar for f in waiting)]
        value = reel.add(sheet(waiting, reel.value["panes"]), len(waiting))
        milliseconds = (now - began) * 1000
        yield value, progress(step.done, step.total), badge("live", ms=milliseconds, **facts)
        waiting, sent, pause = [], now, max(FIRST, 0.1 * (now - began))
