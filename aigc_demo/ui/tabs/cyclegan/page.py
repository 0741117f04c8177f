"""CycleGAN: emoji go from one vendor's style into the other's and back, learned without a single pair."""

from aigc_demo.ui.tabs.parts import view_box

TABS = ("translate", "compare", "training")

PAPER = {
    "Zhu et al., Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, 2017": (
        "https://arxiv.org/abs/1703.10593"
    )
}


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    keys = {name: f"cyclegan.{name}" for name in ("twitter", "google", *names.split())}
    return view_box(kind, keys, "cyclegan.nothing", markup)
