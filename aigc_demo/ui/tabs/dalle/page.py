"""DALL-E: a picture is a text whose words are patches, written one by one after the sentence."""

from typing import Any

from aigc_demo.ui.form import Form
from aigc_demo.ui.tabs.parts import view_box

TABS = ("draw", "candidates", "both", "rebuild", "describe", "beside")

DALLE = {"Ramesh et al., Zero-Shot Text-to-Image Generation, 2021": "https://arxiv.org/abs/2102.12092"}
VQVAE = {
    "van den Oord, Vinyals & Kavukcuoglu, Neural Discrete Representation Learning, 2017": (
        "https://arxiv.org/abs/1711.00937"
    )
}
CLAIMS = ("object", "background", "count", "place", "size")
PRESETS: dict[str, dict[str, Any]] = {
    "dalle.try_chinese": {"prompt": "蓝色背景上的三只青蛙"},
    "dalle.try_place": {"prompt": "a dog to the left of a cat on a pink background"},
    "dalle.try_unknown": {"prompt": "a zebra and a red apple on white"},
}


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    claims = {name: f"dalle.claim_{name}" for name in CLAIMS}
    return view_box(kind, claims | {name: f"dalle.{name}" for name in names.split()}, "dalle.nothing", markup)


def sampling(form: Form) -> None:
    """The controls of the choice of a token but for the temperature."""
    form.fields("top_k", "top_p")
