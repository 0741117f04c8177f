"""A GAN's generator and a plain nn.Sequential, which anybody can load: no library has a class for it.

The Sequential is the paper's table of layers and nothing else. It takes what the first layer takes: noise
(B, Z, 1, 1) where that is a transposed convolution, (B, Z) where it is linear; a model with classes wants the vector of
the class behind the noise. Keys are those of the shipped file without "generator.layers.".
"""

import copy
from collections.abc import Iterator

from torch import nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.gan import GAN, GANConfig, Generator
from aigc_demo.pipelines.library_pair import LibraryPair
from aigc_demo.pipelines.weights import shapes


def to_library(model: GAN | Generator) -> nn.Sequential:
    """Layers of the generator, in eval mode."""
    generator = model.generator if isinstance(model, GAN) else model
    return copy.deepcopy(generator.layers).eval()


def from_library(module: nn.Sequential) -> Generator:
    """Such layers -> a generator that is not told any class, in eval mode."""
    model = Generator(config_of(module))
    same = [type(layer) for layer in module] == [type(layer) for layer in model.layers]
    if not same or shapes(module) != shapes(model.layers):
        raise BadRequestError("library_form", kind="Sequential", option=", ".join(type(x).__name__ for x in module))
    model.layers.load_state_dict(module.state_dict())
    return model.eval().requires_grad_(False)


def layers(model: GAN | Generator) -> Iterator[tuple[str, str]]:
    """Names of the generator's layers and of those of the Sequential, as they run."""
    prefix, generator = ("generator.", model.generator) if isinstance(model, GAN) else ("", model)
    for name, _ in generator.layers.named_children():
        yield f"{prefix}layers.{name}", name


def config_of(module: nn.Sequential) -> GANConfig:
    """The form that fits the first and the last layer with weights; grey where the layers do not say."""
    weighted = [layer for layer in module if isinstance(layer, nn.Linear | nn.ConvTranspose2d)]
    if weighted and isinstance(weighted[0], nn.Linear) and isinstance(weighted[-1], nn.Linear):
        side = round(weighted[-1].out_features ** 0.5)
        return GANConfig(layers="dense", image_size=side, noise=weighted[0].in_features)
    first, last = (weighted[0], weighted[-1]) if len(weighted) > 1 else (None, None)
    if not isinstance(first, nn.ConvTranspose2d) or not isinstance(last, nn.ConvTranspose2d):
        raise BadRequestError("library_form", kind="Sequential", option="layers")
    side = first.kernel_size[0] * 2 ** (len(weighted) - 1)
    return GANConfig(image_size=side, channels=last.out_channels, noise=first.in_channels, width=last.in_channels)


PAIR = LibraryPair((GAN, Generator), ("Sequential",), to_library, from_library, layers)
