"""GAN tab, the time machine: what every model of digits made at moments of its training. All of it ships."""

from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.gan.checkpoints import of_model
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.gan_judging_views import DIGITS, contest
from aigc_demo.ui.widgets import badge, heading, honesty_badge, how_it_works


def training() -> None:
    """Pictures, class counts and losses under one scrubber."""
    with gr.Tab(t("gan.tab_training"), id="gan_training", elem_id="tab-gan_training"):
        heading("gan.training_title", "gan.training_lead")
        value = addresses()
        contest("gan_training-view", value)
        honesty_badge(badge("cached") if value else None)
        how_it_works(
            r"\mathcal L_D = \mathbb E\big[\zeta(-f(x))\big] + \mathbb E\big[\zeta(f(G(z)))\big], \quad "
            r"\mathcal L_G = \mathbb E\big[\zeta(-f(G(z)))\big], \quad \zeta(a) = \log(1 + e^a)",
            "gan.how_training",
            {
                "Goodfellow et al., Generative Adversarial Nets, 2014": "https://arxiv.org/abs/1406.2661",
                "Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024": "https://arxiv.org/abs/2501.05441",
            },
            {
                "aigc_demo/training/gan.py · Game.critic_turn": function_text("training.gan", "Game.critic_turn"),
                "aigc_demo/training/gan.py · Game.generator_turn": function_text("training.gan", "Game.generator_turn"),
            },
        )


def addresses(folder: Path = home.EXAMPLES) -> dict[str, Any]:
    """Model -> where the page finds what `python -m aigc_demo.training.gan_snapshots` wrote of it."""
    found = {}
    for name in DIGITS:
        try:
            facts, sheet = (
                home.address(f"{of_model(name)}-{end}", folder) for end in ("training.json", "snapshots.png")
            )
            found[name] = {"facts": facts, "sheet": sheet}
        except OSError:
            continue
    return found
