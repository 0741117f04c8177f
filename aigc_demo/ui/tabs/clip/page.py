"""CLIP: pictures and sentences in one space, close where they belong together."""

from aigc_demo.ui.tabs.parts import view_box

TABS = ("matrix", "classify", "map", "beside")

CLIP = {
    "Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021": (
        "https://arxiv.org/abs/2103.00020"
    )
}


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    return view_box(kind, {name: f"clip.{name}" for name in names.split()}, "clip.nothing", markup)
