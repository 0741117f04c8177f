"""A clip of one or two moving digits out of noise, in plain PyTorch (nn.Conv3d) and with the same weights.

No class of diffusers is this network, see pipelines/plain_video.py. Run it in the project's folder.
"""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import grid, to_pil
from aigc_demo.pipelines.plain_video import plain

REQUEST = {"digit": 3, "second": 7, "seed": 37, "steps": 10, "guidance": 7.0}

NULL = 10  # the class that means "no class"

model = Store(device="cpu").load("video-digits")
network = plain(model)  # nn.Conv3d, nn.GroupNorm, nn.TransformerEncoderLayer
guidance, seeded = REQUEST["guidance"], torch.Generator().manual_seed(REQUEST["seed"])
digits = [REQUEST["digit"]] if REQUEST["second"] < 0 else [REQUEST["digit"], REQUEST["second"]]

steps = REQUEST["steps"]
even = [1 - i / steps for i in range(steps)]
levels = [round(3000 * s / (1 + 2 * s)) for s in even]  # of noise, from 1000 down, closer together where there is much
clips = []
for digit in digits:  # they do not meet, so that each has a clip of its own
    labels = torch.tensor([NULL, NULL if digit < 0 else digit])
    x = torch.randn(1, *model.config.shape, generator=seeded)
    with torch.inference_mode():
        for level, after in zip(levels, [*levels[1:], 0], strict=True):  # Euler's method along the flow
            null, told = network(x.expand(2, -1, -1, -1), torch.tensor([level - 1, level - 1]), labels).chunk(2)
            x = x + (after - level) / 1000 * (null + (guidance if digit >= 0 else 0) * (told - null))
    clips.append(model.unfold(x)[0])

clip = torch.stack(clips).amax(0).numpy()  # (T, H, W), one laid over the other
grid(clip[:, None], 4, 4).save("library.png")
first, *others = (to_pil(frame, 10) for frame in clip)
first.save("library.gif", save_all=True, append_images=others, duration=80, loop=0)
