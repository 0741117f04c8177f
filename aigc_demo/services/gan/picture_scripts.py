"""A request for pictures as two runnable scripts: one with this project, one in plain PyTorch with the same weights.

No library has these networks as a class: a generator is a table of layers, and the second script shows just that.
"""

from typing import Any

from torch import nn

from aigc_demo.models.gan import GAN, SLOPE, Generator
from aigc_demo.services import saving
from aigc_demo.services.gan.checkpoints import used
from aigc_demo.services.gan.drawing import STOPS
from aigc_demo.services.gan.requests import ANY, FREE, Classes, Draw, Mix, Morph, Walk

OURS = """# {title}, with aigc_demo. Run it in the project's folder.
import numpy as np
from PIL import Image

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.gan.requests import {name}
from aigc_demo.services.gan.service import create

service = create(Store())
request = {name}(
{values}
)
{use}
{end}"""

PLAIN = """# {title}, in plain PyTorch with the same weights. Run it in the project's folder.
{imports}import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

weights = load_file("assets/checkpoints/{checkpoint}.safetensors")  # half precision
generator = nn.Sequential(
{layers}
)
own = {{name: tensor.float() for name, tensor in weights.items() if name.startswith("generator.layers.")}}
generator.load_state_dict({{name.removeprefix("generator.layers."): tensor for name, tensor in own.items()}})
generator.eval().requires_grad_(False)


def noise(*seeds):
    \"\"\"Normal numbers (N, {noise}), every row from a seed of its own.\"\"\"
{draws}


def paint(z{told}):
    \"\"\"Noise (N, {noise}) -> pictures (N, {side}, {side}, {channels}) in [0, 1].\"\"\"
{paint}    return (x.clamp(-1, 1) + 1).permute(0, 2, 3, 1) / 2


{body}
{end}"""

END = """
rows, columns, height, width, channels = pictures.shape
sheet = np.asarray(pictures).swapaxes(1, 2).reshape(rows * height, columns * width, channels)
sheet = (sheet * 255).round().astype("uint8")
Image.fromarray(sheet if channels == 3 else sheet[..., 0]).save("{side}.png")
"""

DRAWS = "torch.stack([torch.randn({noise}, generator=torch.Generator().manual_seed(seed)) for seed in seeds])"
LIMITED = """    edge = torch.special.ndtr(torch.tensor({limit}).double())  # no number is further from 0 than {limit}
    share = torch.special.ndtr(z.double())
    return torch.special.ndtri((1 - edge) + share * (2 * edge - 1)).float()"""

USE = {
    "Draw": "drawn = service.draw(request).pictures / 255\npictures = drawn.reshape(-1, {columns}, *drawn.shape[1:])",
    "Walk": "way = service.walk(request)\n"
    "pictures = np.stack([row for row in (way.straight, way.arc) if len(row)]) / 255",
    "Mix": "mixed = service.mix(request)\n"
    "pictures = np.concatenate([mixed.pictures, mixed.raw, mixed.way])[None] / 255",
    "Classes": "drawn = service.classes(request).pictures / 255\n"
    "pictures = drawn.reshape(10, {columns}, *drawn.shape[1:])",
    "Morph": "pictures = service.morph(request).arc[None] / 255",
}

DRAW = """seeds = [({seed} + i) % 2**32 for i in range({count})]
drawn = paint(noise(*seeds){label})
pictures = drawn.view(-1, {columns}, *drawn.shape[1:])"""

ENDS = """start, end = noise({seed_from}, {seed_to}).split(1)
"""
STRAIGHT_AND_ARC = """shares = torch.linspace(0, 1, {frames})[:, None]
straight = torch.lerp(start, end, shares)
angle = torch.acos(torch.cosine_similarity(start, end).clamp(-1, 1))
arc = straight  # where both point the same or the opposite way
if torch.sin(angle) >= 1e-4:
    arc = (torch.sin((1 - shares) * angle) * start + torch.sin(shares * angle) * end) / torch.sin(angle)
pictures = torch.stack([paint(way{label}) for way in (straight, arc)])"""
CIRCLE = """turns = torch.linspace(0, 2 * math.pi, {frames})[:, None]
pictures = paint(turns.cos() * start + turns.sin() * end{label})[None]"""

MIX = """a, b, c = noise({seed_a}, {seed_b}, {seed_c}).split(1)
way = c + torch.linspace(0, 1, {stops})[:, None] * {strength} * (a - b)
mended = way / way.norm(dim=1, keepdim=True) * c.norm()  # as long as c
ends = paint(torch.cat([a, b, c]){own})
pictures = torch.cat([ends, paint(mended[-1:]{one}), paint(way[-1:]{one}), paint(mended{all})])[None]"""

CLASSES = """seeds = [({seed} + i) % 2**32 for i in range({columns})]
z = noise(*seeds)
pictures = torch.stack([paint(z, [digit] * {columns}) for digit in range(10)])"""

MORPH = """first, second = vectors[[{digit_from}, {digit_to}]].split(1)
shares = torch.linspace(0, 1, {frames})[:, None]
pictures = paint(noise({seed}).expand({frames}, -1), torch.lerp(first, second, shares))[None]"""

TITLES = {
    "Draw": "Pictures out of noise",
    "Walk": "From one picture to another",
    "Mix": "Noise, added and subtracted",
    "Classes": "Every class from the same noise",
    "Morph": "From one class to another",
}


def python(request: Any, model: GAN) -> tuple[str, str]:
    """The two scripts of a request that this model answers."""
    name = type(request).__name__
    values = "\n".join(f"    {key}={value!r}," for key, value in saving.values(request).items())
    use = USE[name].format(columns=columns(request))
    ours = OURS.format(title=TITLES[name], name=name, values=values, use=use, end=END.format(side="ours"))
    return ours, plain(request, model.generator)


def columns(request: Any) -> int:
    """Pictures in a row of the sheet: about eight, all rows alike."""
    if isinstance(request, Draw):
        return next(width for width in (8, *range(10, 0, -1)) if request.count % width == 0)
    return request.columns if isinstance(request, Classes) else 1


def plain(request: Any, generator: Generator) -> str:
    """The same without this project."""
    config = generator.config
    limit = getattr(request, "limit", FREE)
    draws = DRAWS.format(noise=config.noise)
    return PLAIN.format(
        title=TITLES[type(request).__name__],
        imports="import math\n\n" if isinstance(request, Walk) and request.circle else "",
        checkpoint=used(request)[0],
        layers="\n".join(f"    nn.{layer_text(layer)}," for layer in generator.layers),
        noise=config.noise,
        draws=f"    return {draws}" if limit >= FREE else f"    z = {draws}\n{LIMITED.format(limit=limit)}",
        told=", label" if config.classes else "",
        side=config.image_size,
        channels=config.channels,
        paint=paint(request, generator),
        body=body(request, bool(config.classes)),
        end=END.format(side="library"),
    )


def paint(request: Any, generator: Generator) -> str:
    """The lines that bring noise through the layers."""
    config = generator.config
    told = ""
    if config.classes:
        told = "label" if isinstance(request, Morph) else "vectors[label]"
        told = f"    z = torch.cat([z, {told}], 1)  # what stands for the class\n"
    if config.layers == "dense":
        return told + f"    x = generator(z).view(-1, {config.channels}, {config.image_size}, {config.image_size})\n"
    return told + "    x = generator(z[:, :, None, None])\n"


def layer_text(layer: nn.Module) -> str:
    """A layer as it is written in the paper's table."""
    if isinstance(layer, nn.Linear):
        return f"Linear({layer.in_features}, {layer.out_features})"
    if isinstance(layer, nn.ConvTranspose2d):
        side, bias = layer.kernel_size[0], "" if layer.bias is not None else ", bias=False"
        more = "" if layer.stride == (1, 1) else f", stride={layer.stride[0]}, padding={layer.padding[0]}"
        return f"ConvTranspose2d({layer.in_channels}, {layer.out_channels}, {side}{more}{bias})"
    if isinstance(layer, nn.BatchNorm2d):
        return f"BatchNorm2d({layer.num_features})"
    return f"LeakyReLU({SLOPE})" if isinstance(layer, nn.LeakyReLU) else f"{type(layer).__name__}()"


def body(request: Any, told: bool) -> str:
    """What is done with the generator; `told` where it has classes."""
    vectors = 'vectors = weights["generator.classes.weight"].float()\n' if told else ""
    values = saving.values(request)
    if isinstance(request, Draw):
        label = ", [seed % 10 for seed in seeds]" if request.digit == ANY else f", [{request.digit}] * {request.count}"
        return vectors + DRAW.format(**values, columns=columns(request), label=label if told else "")
    if isinstance(request, Walk):
        digit = request.seed_from % 10 if request.digit == ANY else request.digit
        text = CIRCLE if request.circle else STRAIGHT_AND_ARC
        text = vectors + ENDS + text
        return text.format(**values, label=f", [{digit}] * {request.frames}" if told else "")
    if isinstance(request, Mix):
        return vectors + mix(request, told)
    return vectors + (CLASSES if isinstance(request, Classes) else MORPH).format(**values)


def mix(request: Mix, told: bool) -> str:
    """The sum, with the classes of its parts."""
    seeds = (request.seed_a, request.seed_b, request.seed_c)
    digits = [seed % 10 if request.digit == ANY else request.digit for seed in seeds]
    labels = {"own": f", {digits}", "one": f", [{digits[2]}]", "all": f", [{digits[2]}] * {STOPS}"}
    labels = labels if told else dict.fromkeys(labels, "")
    return MIX.format(**saving.values(request), stops=STOPS, **labels)
