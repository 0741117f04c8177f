"""CLIP: pictures and sentences in one space, close where they belong together."""

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words

TABS = ("matrix", "classify", "map", "beside")

CLIP = {
    "Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021": (
        "https://arxiv.org/abs/2103.00020"
    )
}


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    spoken = words(**{name: f"clip.{name}" for name in names.split()})
    return (
        f'<div class="lx-{kind} lx-view" data-words="{spoken}"><p class="lx-nothing">{t("clip.nothing")}</p>'
        f"{markup}</div>"
    )
