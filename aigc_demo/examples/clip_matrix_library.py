"""The similarity of pictures and sentences with transformers' CLIPModel and the same weights.

Run it in the project's folder.
"""

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import grid, square
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.data.scene_samples import read
from aigc_demo.data.scene_tokens import encode
from aigc_demo.pipelines.convert import to_library

REQUEST = {"sentences": "two apples\n一只猫", "first": 0, "picture": ""}

ours = Store(device="cpu").load("clip-scenes")
library = to_library(ours)  # a transformers.CLIPModel
sentences = [line.strip() for line in REQUEST["sentences"].splitlines() if line.strip()]
pictures = read()[REQUEST["first"] : REQUEST["first"] + 6]
if REQUEST["picture"]:
    pictures = np.concatenate([pictures, square(from_data_url(REQUEST["picture"]), 64, whole=True)[None]])
with torch.inference_mode():
    tokens = encode(sentences, ours.config.text.context)
    found = library(input_ids=tokens, pixel_values=torch.from_numpy(pictures)).logits_per_text
cosines = found / library.logit_scale.exp()

grid(pictures, len(pictures), 3).save("library.png")
for sentence, row in zip(sentences, cosines.tolist(), strict=True):
    print(" ".join(f"{cosine:.4f}" for cosine in row), sentence)
