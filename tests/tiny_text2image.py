"""A store of small random models of scenes: what the use cases about them compute with, in milliseconds."""

import tiny_store

from aigc_demo.models.detector import Detector, DetectorConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig, TextUNetConfig
from aigc_demo.models.upscaler import Upscaler, UpscalerConfig


def models():
    """The models of text2image by id."""
    unet = TextUNetConfig(widths=(8, 16), attention=(False, True), text=16, head_width=4, groups=4)
    tiny = Text2ImageConfig.tiny()
    return {
        "text2image-scenes": Text2Image(Text2ImageConfig(unet=unet, text=tiny.text)),
        "kl-scenes": KLAutoencoder(KLConfig(widths=(8, 8, 8), groups=4, scale=0.7)),
        "judge-scenes": Detector(DetectorConfig.tiny()),
        "text2image-student": Text2Image(Text2ImageConfig(unet=unet, text=tiny.text, guidance=1.0, steps=4)),
        "upscaler-scenes": Upscaler(UpscalerConfig.tiny()),
    }


class Store(tiny_store.Store):
    def __init__(self):
        super().__init__(models)
