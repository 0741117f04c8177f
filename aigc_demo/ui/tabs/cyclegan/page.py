"""CycleGAN: emoji go from one vendor's style into the other's and back, learned without a single pair."""

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words

TABS = ("translate", "compare", "training")

PAPER = {
    "Zhu et al., Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, 2017": (
        "https://arxiv.org/abs/1703.10593"
    )
}


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    spoken = words(twitter="cyclegan.twitter", google="cyclegan.google", **{n: f"cyclegan.{n}" for n in names.split()})
    return (
        f'<div class="lx-{kind} lx-view" data-words="{spoken}"><p class="lx-nothing">{t("cyclegan.nothing")}</p>'
        f"{markup}</div>"
    )
