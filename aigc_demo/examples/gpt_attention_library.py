"""Where every head of every layer looks, with transformers and the same weights. Run it in the project's folder."""

import numpy as np
import torch
from PIL import Image

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

REQUEST = {"prompt": "ROMEO:\nBut soft, what light through yonder window breaks", "model": "gpt-shakespeare"}

SEEN = 72  # of the last characters

ours = Store(device="cpu").load(REQUEST["model"])
characters = ours.config.characters
library = to_library(ours)  # a transformers model
library.set_attn_implementation("eager")  # the only one that shows its weights

tokens = torch.tensor([[characters.index(character) for character in REQUEST["prompt"]]])
tokens = tokens[:, -min(SEEN, ours.config.context) :]
with torch.inference_mode():
    layers = library(tokens, output_attentions=True).attentions  # of each layer (1, heads, T, T)
print(len(layers), layers[0].shape)

maps = np.concatenate([np.concatenate(list(layer[0].numpy()), axis=1) for layer in layers])  # a row per layer
Image.fromarray((255 * (1 - maps)).round().astype(np.uint8)).save("library.png")
