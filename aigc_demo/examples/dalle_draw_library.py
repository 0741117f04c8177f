"""A picture written token by token with transformers and the same weights, decoded with diffusers' VQModel.

Run it in the project's folder.
"""

import torch
from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import to_pil
from aigc_demo.data.scene_tokens import encode
from aigc_demo.pipelines.convert import to_library

REQUEST = {"prompt": "two apples on a blue background", "temperature": 1.0, "top_k": 0, "top_p": 0.4, "seed": 9}

asked = {"temperature": 1.0, "top_k": 0, "top_p": 0.4, "kept": "", "seed": 9, **REQUEST}

store = Store(device="cpu")
ours = store.load("dalle-scenes")
config = ours.config
library = to_library(ours.gpt)  # a transformers.GPT2LMHeadModel
vq = to_library(store.load("vqvae-scenes"))  # a diffusers.VQModel

warpers = LogitsProcessorList()
if asked["temperature"] not in (0, 1):
    warpers.append(TemperatureLogitsWarper(float(asked["temperature"])))
if asked["top_k"]:
    warpers.append(TopKLogitsWarper(asked["top_k"]))
if asked["top_p"] < 1:
    warpers.append(TopPLogitsWarper(float(asked["top_p"])))

tokens = [int(word) for word in asked["kept"].replace("，", ",").split(",") if word.strip()]
new = torch.cat([encode([asked["prompt"]], config.text_length)[0], torch.tensor([config.image])])
new = torch.cat([new, torch.tensor(tokens, dtype=torch.long) + config.words])
generator, state = torch.Generator().manual_seed(asked["seed"]), None
chances = [torch.rand(1, generator=generator) for _ in range(config.side**2)]
with torch.inference_mode():
    while len(tokens) < config.side**2:
        made = library(input_ids=new[None], past_key_values=state, use_cache=True)
        state = made.past_key_values
        scores = made.logits[:, -1, config.words : config.image]  # only tokens of pictures
        if asked["temperature"] == 0:
            token = int(scores.argmax())
        else:
            shares = warpers(None, scores).softmax(1).double().cumsum(1)
            place = torch.searchsorted(shares, chances[len(tokens)].double()[:, None] * shares[:, -1:], right=True)
            token = int(place.clamp(max=config.codebook - 1))
        tokens.append(token)
        new = torch.tensor([token + config.words])
    grid = torch.tensor(tokens).view(1, config.side, config.side)
    code = vq.quantize.embedding(grid).permute(0, 3, 1, 2)
    picture = vq.decode(code, force_not_quantize=True).sample

to_pil(picture[0].clamp(-1, 1).numpy(), 6).save("library.png")
print(tokens)
