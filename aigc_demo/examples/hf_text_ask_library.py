"""A question that a text answers, by transformers alone, from the hub."""

import torch
from transformers import pipeline

REQUEST = {"query": "Who?", "context": "Ming built it.", "temperature": 0.0, "length": 120, "seed": 7, "name": ""}

torch.manual_seed(REQUEST["seed"])
writer = pipeline(
    "text-generation", model=REQUEST["name"] or "HuggingFaceTB/SmolLM2-135M-Instruct", dtype=torch.float32
)
task = "Answer this question by the text above, in one sentence:"
messages = [{"role": "user", "content": f"{REQUEST['context']}\n\n{task} {REQUEST['query']}"}]

how = {"do_sample": False}
if REQUEST["temperature"] > 0:
    how = {"do_sample": True, "temperature": REQUEST["temperature"], "top_k": 0}
made = writer(messages, max_new_tokens=REQUEST["length"], return_full_text=False, **how)
print(made[0]["generated_text"])
