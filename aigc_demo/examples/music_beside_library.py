"""The likeliest tokens always, with transformers and the same weights. Run it in the project's folder."""

from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.music.beside import beginning

REQUEST = {"melody": "67 - 69 - 71 - 67 -", "length": 200}

ours = Store(device="cpu").load("gpt-chorales")
library = to_library(ours)  # a transformers model
tokens = beginning(REQUEST["melody"])  # key, metre and the first bar of the melody
length = REQUEST["length"]
settings = {"max_new_tokens": length, "min_new_tokens": length, "do_sample": False, "pad_token_id": 0}
found = library.generate(tokens, attention_mask=torch.ones_like(tokens), **settings)
with torch.inference_mode():
    print("largest difference of the logits", (ours(found) - library(found).logits).abs().max().item())

text = " ".join(str(int(token)) for token in found[0, tokens.shape[1] :])
Path("library.txt").write_text(text, encoding="utf-8")
print(text)
