"""A request as two runnable scripts: one with this project, one in plain PyTorch with the same weights.

No library has these networks as a class: they are a few linear layers, and the second script shows just that.
"""

from collections.abc import Sequence

from aigc_demo.services import saving
from aigc_demo.services.vae.checkpoints import of_kind
from aigc_demo.services.vae.requests import ANY, Draw, Plane, Rebuild, Walk

OURS = """# {title}, with aigc_demo. Run it in the project's folder.
import numpy as np
from PIL import Image

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.vae.requests import {name}
from aigc_demo.services.vae.service import create

service = create(Store())
request = {name}(
{values}
)
{use}
{end}"""

USE = {
    "Plane": "pictures = service.plane(request)[None]  # one row",
    "Rebuild": "rows = service.rebuild(request).rows\n"
    "pictures = np.array([[row.picture, (row.error + 1) / 2, *row.again] for row in rows])",
    "Walk": "way = service.walk(request)\npictures = np.array([way.straight, way.arc, way.fade])",
    "Draw": "pictures = service.draw(request).reshape(-1, 8, 28, 28)",
}

PLAIN = """# {title}, in plain PyTorch with the same weights. Run it in the project's folder.
{imports}import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn


def network(weights, *names):
    \"\"\"The linear layers of these names, with a ReLU between them.\"\"\"
    layers = []
    for name in names:
        weight, bias = weights[f"{{name}}.weight"].float(), weights[f"{{name}}.bias"].float()
        layers += [nn.Linear(weight.shape[1], weight.shape[0]), nn.ReLU()]
        layers[-2].load_state_dict({{"weight": weight, "bias": bias}})
    return nn.Sequential(*layers[:-1]).requires_grad_(False)


def paint(decoder, *code):
    \"\"\"Codes (N, D), for a CVAE with the class behind them (N, 10) -> pictures (N, 28, 28).\"\"\"
    return decoder(torch.cat(code, 1)).sigmoid().view(-1, 28, 28)

{body}
{end}"""

END = """
height, width = 28 * len(pictures), 28 * len(pictures[0])
sheet = np.asarray(pictures).swapaxes(1, 2).reshape(height, width)
Image.fromarray((sheet * 255).round().astype("uint8")).save("{side}.png")
"""

LOAD = """
weights = load_file("assets/checkpoints/{checkpoint}.safetensors")
"""
ENCODER = """encoder = network(weights, "encoder.0", "encoder.2", "mean")
"""
DECODER = """decoder = network(weights, "decoder.0", "decoder.2", "decoder.4")
"""
HOT = "nn.functional.one_hot(torch.tensor({classes}), 10).float()"

PLANE = """
row = []
for kind in ("ae", "vae", "cvae", "beta4"):
    weights = load_file(f"assets/checkpoints/vae-digits-{{kind}}-2d.safetensors")
    decoder = network(weights, "decoder.0", "decoder.2", "decoder.4")
    code = [torch.tensor([[{x}, {y}]])]
    if kind == "cvae":
        code.append({hot})
    row.append(paint(decoder, *code)[0])
pictures = torch.stack(row)[None]"""

REBUILD = """
{digit}
known = {hot}  # {said}
noise = torch.randn(8, {code}, generator=torch.Generator().manual_seed({seed}))
rows = []
for kind in ("ae", "vae", "cvae", "beta4"):
    weights = load_file(f"assets/checkpoints/vae-digits-{{kind}}{suffix}.safetensors")
    decoder = network(weights, "decoder.0", "decoder.2", "decoder.4")
    label = [known] if kind == "cvae" else []
    seen = torch.cat([x.view(1, 784), *label], 1)
    mean, deviation = network(weights, "encoder.0", "encoder.2", "mean")(seen), 0.0
    if kind != "ae":
        deviation = (network(weights, "encoder.0", "encoder.2", "log_variance")(seen) / 2).exp()
    rebuilt = paint(decoder, mean, *label)
    again = paint(decoder, mean + deviation * noise, *(part.expand(8, 10) for part in label))
    rows.append(torch.cat([rebuilt, (rebuilt - x + 1) / 2, again]))
pictures = torch.stack(rows)"""

WALK = """
{ends}
{classes}shares = torch.linspace(0, 1, {frames})[:, None]
straight = torch.lerp(start, end, shares)
angle = torch.acos(torch.cosine_similarity(start, end).clamp(-1, 1))
arc = straight  # where both codes point the same or the opposite way
if torch.sin(angle) >= 1e-4:
    arc = (torch.sin((1 - shares) * angle) * start + torch.sin(shares * angle) * end) / torch.sin(angle)
rows = [paint(decoder, code{label}) for code in (straight, arc)]
fade = torch.lerp(rows[0][:1], rows[0][-1:], shares[:, None])
pictures = torch.stack([*rows, fade])"""

SHEET = """digits = torch.from_numpy(np.array(Image.open("assets/examples/mnist-samples.png").convert("L")))
"""
SAMPLE = "{name} = digits[{top}:{bottom}, {left}:{right}] / 255"
DRAWING = """drawn = Image.open(io.BytesIO(base64.b64decode({data!r})))
{name} = torch.from_numpy(np.array(drawn)[2:-2, 2:-2]) / 255"""

TITLES = {
    "Plane": "A point, decoded by four models",
    "Rebuild": "A digit, rebuilt by four models",
    "Walk": "From one digit to another",
    "Draw": "Codes from the prior, decoded",
}


def python(request: Plane | Rebuild | Walk | Draw, classes: Sequence[int]) -> tuple[str, str]:
    """The two scripts of a request. `classes` are those that a CVAE is told and the request does not say."""
    name = type(request).__name__
    small = saving.values(request)  # drawings as small as the models see them
    request = type(request)(**small)
    values = "\n".join(f"    {key}={value!r}," for key, value in small.items())
    ours = OURS.format(title=TITLES[name], name=name, values=values, use=USE[name], end=END.format(side="ours"))
    drawn = any(value for key, value in small.items() if key.startswith("drawing"))
    imports = "import base64\nimport io\n\n" if drawn else ""
    body = plain(request, list(classes))
    return ours, PLAIN.format(title=TITLES[name], imports=imports, body=body, end=END.format(side="library"))


def plain(request: Plane | Rebuild | Walk | Draw, classes: list[int]) -> str:
    """What is done with the layers, in PyTorch."""
    if isinstance(request, Plane):
        hot = HOT.format(classes=[request.digit])
        return PLANE.format(x=request.x, y=request.y, hot=hot)
    if isinstance(request, Walk):
        return walk(request, classes)
    if isinstance(request, Draw):
        return draw(request)
    said = "the class" if request.digit != ANY else "the class, as judge-digits reads it"
    hot = HOT.format(classes=[request.digit] if request.digit != ANY else classes)
    parts = {"code": request.code, "seed": request.seed, "suffix": "-2d" if request.code == 2 else ""}
    read = sheet(request.drawing) + digit("x", request.sample, request.drawing)
    return REBUILD.format(digit=read, hot=hot, said=said, **parts)


def draw(request: Draw) -> str:
    """Noise through the decoder."""
    noise = f"torch.randn(64, {request.code}, generator=torch.Generator().manual_seed({request.seed}))"
    text = LOAD.format(checkpoint=of_kind(request.kind, request.code)) + DECODER
    text += f"z = {request.temperature} * {noise}\n"
    if request.kind != "cvae":
        return text + "pictures = paint(decoder, z).view(-1, 8, 28, 28)"
    told = "[digit for digit in range(10) for _ in range(8)]" if request.digit == ANY else f"[{request.digit}] * 64"
    text += "z = z[:8].repeat(10, 1)  # a row for every digit\n" if request.digit == ANY else ""
    return text + f"label = {HOT.format(classes=told)}\npictures = paint(decoder, z, label).view(-1, 8, 28, 28)"


def walk(request: Walk, classes: list[int]) -> str:
    """Three ways between two codes."""
    told = request.kind == "cvae"
    text = LOAD.format(checkpoint=of_kind(request.kind, request.code)) + ("" if request.random else ENCODER) + DECODER
    mixed = f"first, last = {HOT.format(classes=classes)}.split(1)\n" if told else ""
    if request.random:
        seeds = (request.seed, (request.seed + 1) % 2**32)
        draws = [f"torch.randn(1, {request.code}, generator=torch.Generator().manual_seed({s}))" for s in seeds]
        ends = f"start = {draws[0]}\nend = {draws[1]}"
    else:
        both = ((request.sample_from, request.drawing_from), (request.sample_to, request.drawing_to))
        seen = [digit(f"digit_{side}", *chosen) for side, chosen in zip(("from", "to"), both, strict=True)]
        inside = "torch.stack([digit_from, digit_to]).view(2, 784)"
        inside = f"torch.cat([{inside}, first_and_last], 1)" if told else inside
        ends = sheet(request.drawing_from, request.drawing_to) + "\n".join(
            [*seen, f"start, end = encoder({inside}).split(1)"]
        )
        if told:
            ends = f"first_and_last = {HOT.format(classes=classes)}  # as judge-digits reads them\n{ends}"
            mixed = "first, last = first_and_last.split(1)\n"
    label = ", torch.lerp(first, last, shares)" if told else ""
    return text + WALK.format(ends=ends, classes=mixed, frames=request.frames, label=label)


def digit(name: str, sample: int, drawing: str) -> str:
    """Lines that read a digit (28, 28) in [0, 1] into a variable."""
    if drawing:
        return DRAWING.format(name=name, data=drawing.partition(",")[2])
    top, left = sample // 20 * 28, sample % 20 * 28  # twenty of every class to a row
    return SAMPLE.format(name=name, top=top, bottom=top + 28, left=left, right=left + 28)


def sheet(*drawings: str) -> str:
    """The line that reads the sheet of real digits, where one of them is needed."""
    return "" if all(drawings) else SHEET
