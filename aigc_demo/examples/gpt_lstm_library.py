"""An LSTM writes on, with torch.nn and the same weights. Run it in the project's folder."""

from pathlib import Path

import torch
from torch import nn

from aigc_demo.checkpoints.store import Store

REQUEST = {"prompt": "ROMEO:\n", "temperature": 0.8, "length": 160, "text": "shakespeare", "seed": 7}

ours = Store(device="cpu").load(f"lstm-{REQUEST['text']}")
characters, size = ours.config.characters, ours.config
embed = nn.Embedding(size.vocabulary, size.embedding)
lstm = nn.LSTM(size.embedding, size.width, size.layers, batch_first=True)
project = nn.Linear(size.width, size.embedding)
for part, same in ((embed, ours.embed), (lstm, ours.layers), (project, ours.project)):
    part.load_state_dict(same.state_dict())

tokens = torch.tensor([[characters.index(character) for character in REQUEST["prompt"]]])
generator = torch.Generator().manual_seed(REQUEST["seed"])
state, text = None, ""
with torch.inference_mode():
    for _ in range(REQUEST["length"]):
        found, state = lstm(embed(tokens), state)
        scores = project(found[:, -1]) @ embed.weight.T
        odds = (scores / max(REQUEST["temperature"], 1e-3)).softmax(1)
        shares = odds.double().cumsum(1)
        chance = torch.rand(1, generator=generator).double() * shares[:, -1]
        tokens = torch.searchsorted(shares, chance[:, None], right=True).clamp(max=len(characters) - 1)
        text += characters[int(tokens)]

hidden, cell = state  # all that it carries on: (layers, 1, width) each
print(tuple(cell.shape))
Path("library.txt").write_text(REQUEST["prompt"] + text, encoding="utf-8")
print(text)
