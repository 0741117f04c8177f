"""What the GAN tabs share: the models to choose from, the box of a view, and what moves under a scrubber."""

from typing import Any

import gradio as gr

from aigc_demo.services.gan.requests import ANY
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import view_box
from aigc_demo.ui.views.chart import PANES, SENTENCE
from aigc_demo.ui.widgets import scrubber, view

BY_YEAR = ("mlp", "dcgan", "wgan-clip", "wgan-gp", "conditional", "r3", "collapsed", "colour")
DIGITS = tuple(name for name in BY_YEAR if name != "colour")


def model_choice(form: Form) -> None:
    """The models in the order in which they were thought of."""
    form.choice("model", options=[(form.option("model", name), name) for name in BY_YEAR])


def digit_choice(form: Form) -> None:
    """Ten classes, and each picture one of its own."""
    options = [(t("gan.digit_own"), ANY), *((str(digit), digit) for digit in range(10))]
    form.choice("digit", options=options, radio=True)


def named(model: str, prefix: str) -> str:
    return f"gan.{prefix}_{model.replace('-', '_')}"


def box(kind: str, spoken: dict[str, str], markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    return view_box(kind, spoken, "gan.nothing", markup)


def ways(elem_id: str, value: Any, spoken: dict[str, str], below: str = "") -> gr.HTML:
    """One way or several under one scrubber, a strip of each, and a sentence; what they do is in ui/views/ways.js."""
    markup = f'{PANES}{scrubber()}<div class="lx-strips"></div>{SENTENCE}{below}'
    return view("ways", box("ways lx-between", spoken, markup), value, elem_id=elem_id)
