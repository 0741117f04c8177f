"""A GPT learns a text, with transformers' model and torch's optimiser. Run it in the project's folder."""

import torch
import torch.nn.functional as F

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

REQUEST = {"text": "The king is dead.\n" * 20, "model": "gpt-shakespeare", "rate": 0.0005, "seed": 7}

UPDATES, BATCH, WINDOW = 100, 8, 64  # pieces of an update, and characters of a piece

ours = Store(device="cpu").load(REQUEST["model"])
characters = ours.config.characters
library = to_library(ours)  # a transformers model
library.requires_grad_(True).train()
text = torch.tensor([characters.index(character) for character in REQUEST["text"] if character in characters])
learned, held = text[: -len(text) // 10], text[-len(text) // 10 :]  # the last tenth is not learned from
window = min(WINDOW, ours.config.context, len(held) - 1)
optimiser = torch.optim.AdamW(library.parameters(), lr=REQUEST["rate"], betas=(0.9, 0.99), weight_decay=0.01)
generator = torch.Generator().manual_seed(REQUEST["seed"])


def loss_of(pieces):
    """Mean cost of the next character in nats; pieces (B, T + 1)."""
    return F.cross_entropy(library(pieces[:, :-1]).logits.flatten(0, 1), pieces[:, 1:].flatten())


for update in range(UPDATES):
    starts = torch.randint(len(learned) - window, (BATCH, 1), generator=generator)
    loss = loss_of(learned[starts + torch.arange(window + 1)])
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(library.parameters(), 1.0)
    optimiser.step()
    if update % REQUEST.get("every", 20) == 0:
        print(update, round(loss.item(), 3))
with torch.inference_mode():
    print("held out", round(loss_of(held[None, : window + 1]).item(), 3))
library.save_pretrained("library")
