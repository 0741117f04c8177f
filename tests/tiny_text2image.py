"""A store of small random models of scenes: what the use cases about them compute with, in milliseconds."""

import torch

from aigc_demo.models.detector import Detector, DetectorConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig, TextUNetConfig
from aigc_demo.models.upscaler import Upscaler, UpscalerConfig


class Store:
    """`load` as a store has it."""

    device = "cpu"

    def __init__(self):
        torch.manual_seed(1)
        unet = TextUNetConfig(widths=(8, 16), attention=(False, True), text=16, head_width=4, groups=4)
        tiny = Text2ImageConfig.tiny()
        self.models = {
            "text2image-scenes": Text2Image(Text2ImageConfig(unet=unet, text=tiny.text)),
            "kl-scenes": KLAutoencoder(KLConfig(widths=(8, 8, 8), groups=4, scale=0.7)),
            "judge-scenes": Detector(DetectorConfig.tiny()),
            "text2image-student": Text2Image(Text2ImageConfig(unet=unet, text=tiny.text, guidance=1.0, steps=4)),
            "upscaler-scenes": Upscaler(UpscalerConfig.tiny()),
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
