"""Train WaveGAN on spoken digits: a generator of samples against a critic of samples.

    python -m aigc_demo.training wavegan-fsdd --minutes 46

The game is that of training/gan.py, with pairs (Huang et al., 2024, arXiv:2501.05441) and a lazy penalty on slopes in
place of the five critic updates of Donahue et al., 2018, which a CPU has no time for.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from dataclasses import replace
from pathlib import Path

from aigc_demo.data import spoken
from aigc_demo.data.fetch import present
from aigc_demo.models.wavegan import WaveConfig
from aigc_demo.training import gan
from aigc_demo.training.loop import Metrics

RECIPES = {
    "wavegan-fsdd": gan.Recipe(
        WaveConfig(),
        loss=replace(gan.PAIRS, slope_zero=0.2),
        every=8,
        data="fsdd",
        batch=16,
        momentum=0.0,
        rate_generator=1.2e-3,  # the critic is ahead all the time
        rate_critic=5e-4,
        steady=0.75,
        ema=0.998,
        snapshots=0,
    )
}


def start(recipe: gan.Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the recordings of the training split."""
    recordings = spoken.load(present(recipe.data), "train")
    clips, digits = recordings.clips, recordings.digits
    return gan.train(recipe, lambda step: gan.picture_batches(recipe, clips, digits, step), out, run, minutes)
