"""An answer in a conversation, by transformers alone, from the hub."""

import json

import torch
from transformers import pipeline

REQUEST = {"message": "hello", "system": "", "history": "", "temperature": 0.2, "length": 200, "seed": 7, "name": ""}

torch.manual_seed(REQUEST["seed"])
writer = pipeline(
    "text-generation", model=REQUEST["name"] or "HuggingFaceTB/SmolLM2-135M-Instruct", dtype=torch.float32
)
messages = [{"role": "system", "content": REQUEST["system"]}] if REQUEST["system"].strip() else []
messages += json.loads(REQUEST["history"] or "[]")
messages.append({"role": "user", "content": REQUEST["message"]})

how = {"do_sample": False}
if REQUEST["temperature"] > 0:
    how = {"do_sample": True, "temperature": REQUEST["temperature"], "top_k": REQUEST.get("top_k", 0)}
    how |= {"top_p": REQUEST.get("top_p", 0.9), "min_p": REQUEST.get("min_p", 0.0) or None}
how["repetition_penalty"] = REQUEST.get("repetition", 1.0)
made = writer(messages, max_new_tokens=REQUEST["length"], return_full_text=False, **how)
print(made[0]["generated_text"])
