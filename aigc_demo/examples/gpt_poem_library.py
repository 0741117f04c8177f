"""A poem of regular form, with transformers (an LSTM with torch.nn) and the same weights.

Run it in the project's folder.
"""

from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import verse
from aigc_demo.data.prosody import Prosody
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.gpt.poem import plan
from aigc_demo.services.gpt.requests import Poem

REQUEST = {"words": "春夏秋冬", "form": "jueju7", "model": "gpt-poems", "temperature": 0.8, "seed": 7}

request = Poem(**REQUEST)

ours = Store(device="cpu").load(request.model)
characters = ours.config.characters

if isinstance(ours, GPT):
    library = to_library(ours)  # a transformers model

    def scores_of(new, state):
        made = library(input_ids=torch.tensor([new]), past_key_values=state, use_cache=True)
        return made.logits[:, -1], made.past_key_values
else:
    size = ours.config
    library = torch.nn.LSTM(size.embedding, size.width, size.layers, batch_first=True)
    library.load_state_dict(ours.layers.state_dict())
    embed, project = ours.embed.weight, ours.project.weight
    bias = ours.project.bias

    def scores_of(new, state):
        found, state = library(embed[new][None], state)
        return (found[:, -1] @ project.T + bias) @ embed.T, state


prosody = Prosody.read(Path("assets"))
asked = plan(request, characters, prosody)  # what the words ask for: title, beginnings of lines
opening = verse.opening(request.form, asked.title)
generator = torch.Generator().manual_seed(request.seed)
lines, state, new = [""], None, [characters.index(character) for character in opening]
with torch.inference_mode():
    for _ in range(verse.ROW - len(opening)):
        scores, state = scores_of(new, state)
        at, place = len(lines) - 1, len(lines[-1])
        start = asked.given[at] if at < len(asked.given) else ""
        if place < len(start):
            token = characters.index(start[place])
        elif at < len(asked.given) - 1 and place == len(start) == asked.width:
            token = characters.index("，。"[at % 2])
        else:
            if len(lines) < len(asked.given):  # not yet the end
                scores[0, characters.index(verse.END)] = float("-inf")
            elif request.rhymed and at > 1 and at % 2 and place == asked.width - 1 and lines[1]:
                fitting = torch.tensor([prosody.rhyme(character, lines[1][-1]) is True for character in characters])
                scores = scores.masked_fill(~fitting, float("-inf")) if fitting.any() else scores
            if request.temperature == 0:
                odds = torch.zeros_like(scores).scatter(1, scores.argmax(1, keepdim=True), 1.0)
            else:
                odds = (scores / request.temperature).softmax(1)
            shares = odds.double().cumsum(1)
            chance = torch.rand(1, generator=generator).double() * shares[:, -1]
            token = int(torch.searchsorted(shares, chance[:, None], right=True).clamp(max=len(characters) - 1))
        new = [token]
        if characters[token] == verse.END:
            break
        if characters[token] in "，。":
            lines.append("")
        else:
            lines[-1] += characters[token]

poem = "\n".join(line for line in lines if line)
Path("library.txt").write_text(poem, encoding="utf-8")
print(poem)
