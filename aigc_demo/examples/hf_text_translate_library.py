"""A translation, by transformers alone, from the hub."""

import torch
from transformers import pipeline

REQUEST = {"text": "Good night.", "language": "french", "temperature": 0.0, "length": 120, "seed": 7, "name": ""}

SHOWN = {
    "french": "Bonjour, mes amis. La maison est grande.",
    "german": "Guten Morgen, meine Freunde. Das Haus ist groß.",
    "spanish": "Buenos días, mis amigos. La casa es grande.",
    "italian": "Buongiorno, amici miei. La casa è grande.",
    "english": "Good morning, my friends. The house is big.",
    "chinese": "朋友们，早上好。房子很大。",
}

torch.manual_seed(REQUEST["seed"])
writer = pipeline(
    "text-generation", model=REQUEST["name"] or "HuggingFaceTB/SmolLM2-135M-Instruct", dtype=torch.float32
)
task = f"Translate into {REQUEST['language'].capitalize()}:"
messages = [  # an example first: a small model needs one
    {"role": "user", "content": f"{task} Good morning, my friends. The house is big."},
    {"role": "assistant", "content": SHOWN[REQUEST["language"]]},
    {"role": "user", "content": f"{task} {REQUEST['text']}"},
]

how = {"do_sample": False}
if REQUEST["temperature"] > 0:
    how = {"do_sample": True, "temperature": REQUEST["temperature"], "top_k": 0}
made = writer(messages, max_new_tokens=REQUEST["length"], return_full_text=False, **how)
print(made[0]["generated_text"])
