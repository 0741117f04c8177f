"""A request as two runnable scripts: one with this project, one in plain PyTorch with the same weights.

No library has these networks as a class; the second script is the paper's table, layer by layer.
"""

from typing import Any

from aigc_demo.models.cyclegan import CycleGANConfig
from aigc_demo.services.cyclegan import saving
from aigc_demo.services.cyclegan.checkpoints import CYCLE, WITHOUT
from aigc_demo.services.cyclegan.requests import PAIRS, ROWS, Compare, Translate

OURS = """# {title}.
# With aigc_demo; run it in the project's folder.
import numpy as np
from PIL import Image

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.cyclegan.requests import {name}
from aigc_demo.services.cyclegan.service import create

request = {name}(
{values}
)
result = create(Store()).{method}(request)
rows = np.array({rows})  # (rows, N, 3, 64, 64) in [0, 1]
{end}"""

PLAIN = """# {title}.
# In plain PyTorch with the same weights; run it in the project's folder.
{imports}import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def block(convolution):
    return [convolution, nn.InstanceNorm2d(convolution.out_channels), nn.ReLU()]


def generator(weights, name, w={width}):
    \"\"\"c7s1-{width}, d{double}, d{quadruple}, R{quadruple} x {blocks}, u{double}, u{width}, c7s1-3.\"\"\"
    around, enlarge = {{"padding_mode": "reflect"}}, {{"stride": 2, "padding": 1, "output_padding": 1}}
    same = [nn.Conv2d(4 * w, 4 * w, 3, padding=1, **around) for _ in range(2 * {blocks})]
    network = nn.Sequential(
        *block(nn.Conv2d(3, w, 7, padding=3, **around)),
        *block(nn.Conv2d(w, 2 * w, 3, stride=2, padding=1)),
        *block(nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1)),
        *(Residual(*block(a), b, nn.InstanceNorm2d(4 * w)) for a, b in zip(same[::2], same[1::2])),
        *block(nn.ConvTranspose2d(4 * w, 2 * w, 3, **enlarge)),
        *block(nn.ConvTranspose2d(2 * w, w, 3, **enlarge)),
        nn.Conv2d(w, 3, 7, padding=3, **around),
        nn.Tanh(),
    )
    head = name + ".layers."
    mine = {{key.removeprefix(head).replace(".layers.", "."): value for key, value in weights.items() if head in key}}
    network.load_state_dict(mine)
    return network.requires_grad_(False)


{body}
rows = (torch.stack(rows) + 1).clamp(0, 2).numpy() / 2  # (rows, N, 3, 64, 64) in [0, 1]
{end}"""

END = """
count, width = rows.shape[:2]
sheet = rows.transpose(0, 3, 1, 4, 2).reshape(64 * count, 64 * width, 3)
Image.fromarray((sheet * 255).round().astype("uint8")).save("{side}.png")
"""

SHEET = """sheet = np.array(Image.open("assets/examples/emoji-pairs.png").convert("RGB"))  # eight in a row
emoji = sheet.reshape(-1, 64, 8, 64, 3).swapaxes(1, 2).reshape(-1, 64, 64, 3)[{first}:{last}]
"""
UPLOAD = """emoji = np.array(Image.open(io.BytesIO(base64.b64decode({data!r}))).convert("RGB"))[None]
"""
SEEN = "x = torch.from_numpy(emoji).permute(0, 3, 1, 2).float() / 127.5 - 1"

TRANSLATE = """
weights = load_file("assets/checkpoints/{cycle}.safetensors")
there = generator(weights, "{forth}")(x)
rows = [torch.cat([x, there, generator(weights, "{back}")(there)])]"""

COMPARE = """
rows = [x]
for name in ("{without}", "{cycle}"):
    weights = load_file(f"assets/checkpoints/{{name}}.safetensors")
    rows.append(generator(weights, "{forth}")(x))"""

TITLES = {"Translate": "A picture in the other vendor's style and back again", "Compare": "Eight emoji, translated"}
ROWS_OF = {
    "Translate": "[[result.picture, result.there, result.back]]",
    "Compare": "[result.nothing, result.without, result.cycle]",
}


def python(request: Translate | Compare, config: CycleGANConfig) -> tuple[str, str]:
    """The two scripts of a request, with networks of this config."""
    name = type(request).__name__
    small = saving.values(request)  # a picture as small as the models see it
    values = "\n".join(f"    {key}={value!r}," for key, value in small.items())
    parts = {"title": TITLES[name], "name": name, "values": values, "method": name.lower(), "rows": ROWS_OF[name]}
    ours = OURS.format(**parts, end=END.format(side="ours"))
    uploaded = bool(small.get("picture"))
    w = config.width
    sizes: dict[str, Any] = {"width": w, "double": 2 * w, "quadruple": 4 * w, "blocks": config.blocks}
    return ours, PLAIN.format(
        title=TITLES[name],
        imports="import base64\nimport io\n\n" if uploaded else "",
        body=body(type(request)(**small)),
        end=END.format(side="library"),
        **sizes,
    )


def body(request: Translate | Compare) -> str:
    """What is done with the generators."""
    back = request.direction == "to_twitter"
    names = {"forth": "to_a" if back else "to_b", "back": "to_b" if back else "to_a"}
    if isinstance(request, Compare):
        first, count = 8 * ROWS.index(request.row), 8
    else:
        first, count = request.sample, 1
    first += PAIRS * back
    read = SHEET.format(first=first, last=first + count)
    if isinstance(request, Translate) and request.picture:
        read = UPLOAD.format(data=request.picture.partition(",")[2])
    work = COMPARE if isinstance(request, Compare) else TRANSLATE
    return read + SEEN + work.format(cycle=CYCLE, without=WITHOUT, **names)
