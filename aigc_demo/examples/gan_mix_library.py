"""Calculate with the noise of three pictures, in plain PyTorch with the same weights. Run it in the project's folder.

gan_draw_library.py has the layers written out.
"""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.gan.drawing import grid

REQUEST = {"model": "r3", "seed_a": 12, "seed_b": 27, "seed_c": 9, "strength": 1.0, "digit": -1}

CHECKPOINT = "gan-colour" if REQUEST["model"] == "colour" else f"gan-digits-{REQUEST['model']}"
STOPS = 7  # pictures from c to the result
model = Store(device="cpu").load(CHECKPOINT)
layers = to_library(model)  # a torch.nn.Sequential
config = model.config
seeds = [REQUEST[f"seed_{name}"] for name in "abc"]
digits = [seed % 10 if REQUEST["digit"] < 0 else REQUEST["digit"] for seed in seeds]


def paint(z, digits):
    """Noise (N, Z) -> pictures (N, C, H, W)."""
    if config.classes:  # the vector of the class stands behind the noise
        z = torch.cat([z, model.generator.classes.weight[digits]], 1)
    x = layers(z) if config.layers == "dense" else layers(z[:, :, None, None])
    return x.view(len(z), config.channels, config.image_size, config.image_size)


z = torch.stack([torch.randn(config.noise, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
a, b, c = z.split(1)
way = c + torch.linspace(0, 1, STOPS)[:, None] * REQUEST["strength"] * (a - b)
mended = way / way.norm(dim=1, keepdim=True) * c.norm()  # as long as c
with torch.inference_mode():
    ends = paint(torch.cat([z, mended[-1:], way[-1:]]), [*digits, digits[2], digits[2]])
    blank = torch.ones(STOPS - len(ends), *ends.shape[1:])
    pictures = torch.cat([ends, blank, paint(mended, [digits[2]] * STOPS)])

grid(pictures.numpy(), STOPS).save("library.png")
