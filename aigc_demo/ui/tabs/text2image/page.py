"""Text to image: a small Stable Diffusion, and what happens inside it."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.use_case import Json
from aigc_demo.ui.tabs.parts import sketch, table
from aigc_demo.ui.tabs.scene_parts import described
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.microscope import microscope
from aigc_demo.ui.widgets import drawer

TABS = ("draw", "type", "attention", "grid", "walk", "redraw", "inpaint", "upscale", "beside", "hub")

LATENT = "https://arxiv.org/abs/2112.10752"
GUIDANCE = "https://arxiv.org/abs/2207.12598"
FLOW = "https://arxiv.org/abs/2209.03003"
PANES = {name: f"text2image.pane_{name}" for name in ("given", "x", "x0", "noise")}
OPENS = 0.3  # of a run that ships: the guess of the end is there, the picture is not
INKS = {
    "#dd2e44": "text2image.ink_red",
    "#ffcc4d": "text2image.ink_yellow",
    "#78b159": "text2image.ink_green",
    "#3b88c3": "text2image.ink_blue",
    "#aa8ed6": "text2image.ink_purple",
    "#ffb6ce": "text2image.ink_pink",
    "#a0714f": "text2image.ink_brown",
    "#31373d": "text2image.ink_black",
    "#ffffff": "text2image.ink_white",
}


def scope(form: UseCaseForm, value: Json | None) -> gr.HTML:
    """A run as panes over one scrubber, in colour; the one that ships opens on the way."""
    return microscope(value and {**value, "opens": OPENS}, colour=True, elem_id=f"{form.use_case}-scope", panes=PANES)


def verdicts(form: UseCaseForm, value: Any) -> gr.HTML:
    """What was asked, and what the detector finds in each picture."""
    return table(f"{form.use_case}-verdicts", value)


def start_picture(form: UseCaseForm) -> None:
    """The picture to start from: a sentence that draws it, or a sheet to draw on and to upload a picture to."""
    form.text("source")
    with drawer("text2image.own"):
        form.add("picture", sketch(f"{form.use_case}-picture", "field.picture", "text2image.picture_here", INKS))


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The run, and the table of what was asked and what is there."""
    asked = [say("text2image.asked"), described(value["asked"], say), ""]
    found = [
        [f"{place} · {say('text2image.found')}", seen(picture, say), judged(picture["right"], say)]
        for place, picture in enumerate(value.get("pictures", []), 1)
    ]
    head = [say("text2image.who"), say("text2image.read"), say("text2image.right")]
    return [value, {"head": head, "rows": [asked, *found], "mark": None}]


def seen(picture: Mapping[str, Any], say: Say) -> str:
    """What the detector found, in short."""
    names = [f"{count} × {say(f'scene.object_{name}')}" for name, count in picture["objects"].items()]
    return " · ".join(
        [say("shell.several").join(names) or say("text2image.nothing"), say(f"scene.ground_{picture['background']}")]
    )


def judged(right: Mapping[str, bool], say: Say) -> str:
    """Which claims hold: each that was made, with a tick or a cross."""
    return "  ".join(
        f"{'✓' if good else '✗'} {say(f'text2image.claim_{name}')}" for name, good in right.items() if name != "all"
    )
