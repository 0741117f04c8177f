"""A GAN's generator as others can load it: no library has a class for it, so its twin is a plain nn.Sequential.

The twin is the paper's table of layers and nothing else. It takes what the first layer takes: noise (B, Z, 1, 1) where
that is a transposed convolution, (B, Z) where it is linear; a model with classes wants the vector of the class behind
the noise. Keys are those of the shipped file without "generator.layers.".
"""

import copy

from torch import nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.models.gan import GAN, GANConfig, Generator


def to_sequential(model: GAN) -> nn.Sequential:
    """GAN -> its generator's layers, in eval mode."""
    return copy.deepcopy(model.generator.layers).eval()


def from_sequential(module: nn.Sequential) -> Generator:
    """Such layers -> a generator that is not told any class, in eval mode."""
    model = Generator(config_of(module))
    same = [type(layer) for layer in module] == [type(layer) for layer in model.layers]
    if not same or shapes(module) != shapes(model.layers):
        raise BadRequestError("library_form", kind="Sequential", option=", ".join(type(x).__name__ for x in module))
    model.layers.load_state_dict(module.state_dict())
    return model.eval().requires_grad_(False)


def shapes(layers: nn.Module) -> dict[str, object]:
    """Name -> shape of every tensor."""
    return {name: tensor.shape for name, tensor in layers.state_dict().items()}


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
