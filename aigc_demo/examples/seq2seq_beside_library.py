"""The lines of a beam to an upper line, by transformers with the same weights. Run it in the project's folder."""

import torch
from transformers import MBartForConditionalGeneration

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

REQUEST = {"upper": "落霞与孤鹜齐飞", "beam": 4}

model: MBartForConditionalGeneration = to_library(Store().load("seq2seq-couplets"))
characters = model.config.characters
upper = "".join(REQUEST["upper"].split()).replace(",", "，").rstrip("，。！？；：、.!?;:")
tokens = torch.tensor([[characters.index(character) for character in upper]])

lines = model.generate(
    tokens,
    attention_mask=torch.ones_like(tokens),
    do_sample=False,
    num_beams=REQUEST["beam"],
    num_return_sequences=REQUEST["beam"],
    min_new_tokens=len(upper),
    max_new_tokens=len(upper),
    suppress_tokens=[0, 1, 2],  # the marks
)
print(upper)
for line in lines:
    print("".join(characters[token] for token in line[1:]))
