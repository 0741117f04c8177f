"""A small diffusion model learns emoji for a minute, with the U-Net and the scheduler of diffusers.

Run it in the project's folder.
"""

import time

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, UNet2DModel
from PIL import Image

REQUEST = {"minutes": 1.0, "batch": 32, "width": 24, "seed": 7}

SIDE, SHOWN, STEPS = 32, 8, 12
batch, width, seed = (REQUEST.get(name, default) for name, default in (("batch", 32), ("width", 24), ("seed", 7)))
torch.manual_seed(seed)
sheet = np.asarray(Image.open("assets/examples/emoji-portraits.png").convert("RGB"))
tiles = sheet.reshape(-1, 64, 8, 64, 3).swapaxes(1, 2).reshape(-1, 64, 64, 3)
x = torch.from_numpy(tiles.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
x = F.pixel_unshuffle(F.avg_pool2d(x, 2), 2)  # (N, 12, 16, 16): the same numbers at fewer places
network = UNet2DModel(
    sample_size=SIDE // 2,
    in_channels=12,
    out_channels=12,
    block_out_channels=(width, 2 * width),
    down_block_types=("DownBlock2D", "AttnDownBlock2D"),
    up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    layers_per_block=1,
    norm_num_groups=8,
)
scheduler = DDIMScheduler(1000, beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction")
optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3 * REQUEST.get("rate", 1.0))
until, update = time.monotonic() + 60 * REQUEST.get("minutes", 1.0), 0
while time.monotonic() < until:
    x0 = x[torch.randint(len(x), (batch,))]
    t, noise = torch.randint(1000, (len(x0),)), torch.randn_like(x0)
    found = network(scheduler.add_noise(x0, noise, t), t).sample
    loss = F.mse_loss(found, scheduler.get_velocity(x0, noise, t))
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    update += 1
    if update % 20 == 0:
        print(update, round(loss.item(), 3))
scheduler.set_timesteps(STEPS)
drawn = torch.randn(SHOWN, *x.shape[1:])
with torch.inference_mode():
    for t in scheduler.timesteps:
        drawn = scheduler.step(network(drawn, t).sample, t, drawn).prev_sample
pixels = ((F.pixel_shuffle(drawn, 2).clamp(-1, 1) + 1) * 127.5).byte().permute(0, 2, 3, 1)
Image.fromarray(torch.cat(list(pixels), 1).numpy()).save("library.png")
network.save_pretrained("library")
