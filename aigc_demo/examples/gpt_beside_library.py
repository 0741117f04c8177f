"""The likeliest character always, with transformers and the same weights. Run it in the project's folder."""

from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

REQUEST = {"prompt": "ROMEO:\nBut soft, what light", "mistake": "none", "length": 100, "model": "gpt-shakespeare"}

ours = Store(device="cpu").load(REQUEST["model"])
characters = ours.config.characters
library = to_library(ours)  # a transformers model
tokens = torch.tensor([[characters.index(character) for character in REQUEST["prompt"]]])
tokens = tokens[:, -max(1, ours.config.context - REQUEST["length"]) :]  # what is written must fit in, too
length = min(REQUEST["length"], ours.config.context - 1)
settings = {"max_new_tokens": length, "min_new_tokens": length, "do_sample": False, "pad_token_id": 0}
found = library.generate(tokens, attention_mask=torch.ones_like(tokens), **settings)
with torch.inference_mode():
    print("largest difference of the logits", (ours(tokens) - library(tokens).logits).abs().max().item())

text = "".join(characters[token] for token in found[0])
Path("library.txt").write_text(text, encoding="utf-8")
print(text)
