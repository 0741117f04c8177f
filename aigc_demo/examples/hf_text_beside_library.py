"""The likeliest tokens after a prompt, by transformers alone, from the hub."""

import torch
from transformers import pipeline

REQUEST = {"prompt": "Tell me a short story about a fox and a river.", "length": 32}

writer = pipeline("text-generation", model="HuggingFaceTB/SmolLM2-135M-Instruct", dtype=torch.float32)
made = writer(
    [{"role": "user", "content": REQUEST["prompt"]}],
    max_new_tokens=REQUEST["length"],
    return_full_text=False,
    do_sample=False,
)
print(made[0]["generated_text"])
