"""A lower line to an upper one, by transformers with the same weights; it knows neither tones nor repeats.

Run it in the project's folder.
"""

import torch
from transformers import MBartForConditionalGeneration, set_seed

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

REQUEST = {"upper": "落霞与孤鹜齐飞", "way": "beam", "lines": 6, "beam": 64, "temperature": 0.8, "seed": 7}

model: MBartForConditionalGeneration = to_library(Store().load("seq2seq-couplets"))
characters = model.config.characters
upper = "".join(REQUEST["upper"].split()).replace(",", "，").rstrip("，。！？；：、.!?;:")
tokens = torch.tensor([[characters.index(character) for character in upper]])

if REQUEST["way"] == "beam":
    how = {"do_sample": False, "num_beams": REQUEST["beam"]}
    how["num_return_sequences"] = min(REQUEST["lines"], REQUEST["beam"])
elif REQUEST["temperature"] == 0:
    how = {"do_sample": False}
else:
    how = {"do_sample": True, "top_k": 0, "temperature": REQUEST["temperature"]}
    how["num_return_sequences"] = REQUEST["lines"]
    set_seed(REQUEST["seed"])

lines = model.generate(
    tokens,
    attention_mask=torch.ones_like(tokens),
    min_new_tokens=len(upper),
    max_new_tokens=len(upper),
    suppress_tokens=[0, 1, 2],  # the marks
    **how,
)
print(upper)
for line in lines:
    print("".join(characters[token] for token in line[1:]))
