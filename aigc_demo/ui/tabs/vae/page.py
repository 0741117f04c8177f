"""Autoencoders: squeeze a picture into a few numbers, rebuild it, and paint from numbers of your own."""

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import view_box

TABS = ("plane", "rebuild", "walk", "draw", "beta", "shapes", "anomaly", "beside", "training")

KINGMA = {"Kingma & Welling, Auto-Encoding Variational Bayes, 2013": "https://arxiv.org/abs/1312.6114"}
BETA_VAE = {"Higgins et al., beta-VAE, 2017": "https://openreview.net/forum?id=Sy2fzU9gl"}


def own(kind: str, prefix: str, names: str, markup: str, empty: str = "vae.nothing") -> str:
    """The box of a view with its words, `name` being the text vae.<prefix>_<name>; and what stands there without any
    result."""
    return view_box(kind, {name: f"vae.{prefix}_{name}" for name in names.split()}, empty, markup)


def columns(label: str) -> str:
    """A grid with a column per number of the code, which can be moved sideways where it is too wide."""
    return f'<div class="lx-dims" role="group" tabindex="0" aria-label="{t(label)}"></div>'
