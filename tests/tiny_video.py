"""A store of a small random model of clips, and of the judge: what the use cases compute with, in milliseconds."""

from pathlib import Path

import torch

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.models.convlstm import ConvLSTM, ConvLSTMConfig
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.models.video import Video, VideoConfig


class Store:
    """`load` as a store has it."""

    device = "cpu"
    assets = Path(ASSETS)

    def __init__(self, config=None):
        torch.manual_seed(1)
        self.models = {
            "video-digits": Video(config or VideoConfig(widths=(8, 16), layers=1, head_width=8, groups=4)),
            "convlstm-digits": ConvLSTM(ConvLSTMConfig.tiny()),
            "judge-digits": Judge(JudgeConfig.tiny()),
        }
        with torch.no_grad():
            for model in self.models.values():
                for weight in model.parameters():  # training begins with zeros that would hide what is wrong
                    weight += 0.05 * torch.randn_like(weight)
                model.eval().requires_grad_(False)

    def sha256(self, id):
        """Of no file."""
        return ""

    def load(self, id):
        """The model with this id."""
        return self.models[id]
