"""Pictures out of noise, in plain PyTorch with the same weights. Run it in the project's folder."""

import torch
from safetensors.torch import load_file
from torch import nn

from aigc_demo.services.gan.drawing import grid

REQUEST = {"model": "r3", "seed": 7, "count": 64, "limit": 4.0, "digit": -1}

CHECKPOINT = "gan-colour" if REQUEST["model"] == "colour" else f"gan-digits-{REQUEST['model']}"
weights = {name: x.float() for name, x in load_file(f"assets/checkpoints/{CHECKPOINT}.safetensors").items()}
own = {name.removeprefix("generator."): x for name, x in weights.items() if name.startswith("generator.")}
own = {name.removeprefix("layers."): x for name, x in own.items() if name.startswith("layers.")}

# a generator is a table of layers: read it off the shapes of the weights (Radford et al., 2015, figure 1)
layers = []
for place in sorted({int(name.split(".")[0]) for name in own}):
    weight, bias = own[f"{place}.weight"], f"{place}.bias" in own
    if weight.dim() == 1:
        layers += [nn.BatchNorm2d(len(weight)), nn.ReLU()]
    elif weight.dim() == 2:
        layers += [nn.Linear(weight.shape[1], weight.shape[0]), nn.LeakyReLU(0.2)]
    else:  # the first grows the noise to a small map, the others double the side
        inputs, outputs, side, _ = weight.shape
        growing = {"stride": 2, "padding": 1} if layers else {}
        layers += [nn.ConvTranspose2d(inputs, outputs, side, bias=bias, **growing)]
dense = isinstance(layers[0], nn.Linear)
generator = nn.Sequential(*(layers[:-1] if dense else layers), nn.Tanh())
generator.load_state_dict(own)
generator.eval().requires_grad_(False)

vectors = weights.get("generator.classes.weight")  # a model with classes wants the vector of a class behind the noise
length = (layers[0].in_features if dense else layers[0].in_channels) - (0 if vectors is None else vectors.shape[1])
seeds = [(REQUEST["seed"] + i) % 2**32 for i in range(REQUEST["count"])]
z = torch.stack([torch.randn(length, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
if REQUEST["limit"] < 4:  # truncated: no number is further from 0 than the limit
    edge = torch.special.ndtr(torch.tensor(REQUEST["limit"]).double())
    share = torch.special.ndtr(z.double())
    z = torch.special.ndtri((1 - edge) + share * (2 * edge - 1)).float()
if vectors is not None:
    z = torch.cat([z, vectors[[seed % 10 if REQUEST["digit"] < 0 else REQUEST["digit"] for seed in seeds]]], 1)
x = generator(z).view(len(z), 1, 28, 28) if dense else generator(z[:, :, None, None])

grid(x.numpy(), min(8, len(x))).save("library.png")
