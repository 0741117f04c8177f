"""A store of a small random model of clips, and of the judge: what the use cases compute with, in milliseconds."""

from pathlib import Path

import tiny_store

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.models.convlstm import ConvLSTM, ConvLSTMConfig
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.models.video import Video, VideoConfig


def models(config):
    """The models of clips by id."""
    return {
        "video-digits": Video(config or VideoConfig(widths=(8, 16), layers=1, head_width=8, groups=4)),
        "convlstm-digits": ConvLSTM(ConvLSTMConfig.tiny()),
        "judge-digits": Judge(JudgeConfig.tiny()),
    }


class Store(tiny_store.Store):
    assets = Path(ASSETS)

    def __init__(self, config=None):
        super().__init__(lambda: models(config))
