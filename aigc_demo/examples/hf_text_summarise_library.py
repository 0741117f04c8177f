"""A summary, by transformers alone, from the hub."""

import torch
from transformers import pipeline

REQUEST = {"text": "The Great Wall is long.", "sentences": 1, "temperature": 0.0, "length": 120, "seed": 7, "name": ""}

torch.manual_seed(REQUEST["seed"])
writer = pipeline(
    "text-generation", model=REQUEST["name"] or "HuggingFaceTB/SmolLM2-135M-Instruct", dtype=torch.float32
)
count = "one sentence" if REQUEST["sentences"] == 1 else f"{REQUEST['sentences']} sentences"
task = f"Summarize the following text in {count}. Answer with the summary only."
messages = [{"role": "user", "content": f"{task}\n\n{REQUEST['text']}"}]

how = {"do_sample": False}
if REQUEST["temperature"] > 0:
    how = {"do_sample": True, "temperature": REQUEST["temperature"], "top_k": 0}
made = writer(messages, max_new_tokens=REQUEST["length"], return_full_text=False, **how)
print(made[0]["generated_text"])
