"""One text with the KV cache and without, with transformers and the same weights. Run it in the project's folder."""

import time
from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

REQUEST = {"prompt": "ROMEO:\n", "length": 200, "temperature": 0.8, "model": "gpt-shakespeare", "seed": 7}

ours = Store(device="cpu").load(REQUEST["model"])
characters = ours.config.characters
library = to_library(ours)  # a transformers model
tokens = torch.tensor([[characters.index(character) for character in REQUEST["prompt"]]])
tokens = tokens[:, -max(1, ours.config.context - REQUEST["length"]) :]  # what is written must fit in, too
length = min(REQUEST["length"], ours.config.context - 1)
settings = {"max_new_tokens": length, "min_new_tokens": length, "do_sample": REQUEST["temperature"] > 0, "top_k": 0}
settings |= {"temperature": REQUEST["temperature"]} if REQUEST["temperature"] > 0 else {}
for use_cache in (True, False):
    torch.manual_seed(REQUEST["seed"])
    began = time.perf_counter()
    mask = torch.ones_like(tokens)
    found = library.generate(tokens, attention_mask=mask, use_cache=use_cache, pad_token_id=0, **settings)
    spent = time.perf_counter() - began
    print("cache" if use_cache else "no cache", round(length / spent), "tokens a second")

text = "".join(characters[token] for token in found[0])
Path("library.txt").write_text(text, encoding="utf-8")
print(text)
