"""A text written on from a prompt, with transformers (an LSTM with torch.nn) and the same weights.

Run it in the project's folder.
"""

from pathlib import Path

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines.convert import to_library

REQUEST = {"prompt": "ROMEO:\n", "temperature": 0.8, "length": 300, "model": "gpt-shakespeare", "seed": 7}

asked = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "repetition": 1.0, **REQUEST}

ours = Store(device="cpu").load(asked["model"])
characters = ours.config.characters

if isinstance(ours, GPT):
    library, context = to_library(ours), ours.config.context  # a transformers model

    def scores_of(new, state):
        made = library(input_ids=torch.tensor([new]), past_key_values=state, use_cache=True)
        return made.logits[:, -1], made.past_key_values
else:
    size, context = ours.config, None
    library = torch.nn.LSTM(size.embedding, size.width, size.layers, batch_first=True)
    library.load_state_dict(ours.layers.state_dict())
    embed, project = ours.embed.weight, ours.project.weight
    bias = ours.project.bias

    def scores_of(new, state):
        found, state = library(embed[new][None], state)
        return (found[:, -1] @ project.T + bias) @ embed.T, state


def odds_of(scores, tokens):
    """Scores (1, V) -> what is drawn from, (1, V): penalty, temperature, top-k, top-p, min-p."""
    if asked["repetition"] != 1:
        scores = RepetitionPenaltyLogitsProcessor(asked["repetition"])(torch.tensor([tokens]), scores)
    if asked["temperature"] == 0:
        return torch.zeros_like(scores).scatter(1, scores.argmax(1, keepdim=True), 1.0)  # greedy
    warpers = [TemperatureLogitsWarper(float(asked["temperature"]))]
    if asked["top_k"]:
        warpers.append(TopKLogitsWarper(asked["top_k"]))
    if asked["top_p"] < 1:
        warpers.append(TopPLogitsWarper(float(asked["top_p"])))
    if asked["min_p"] > 0:
        warpers.append(MinPLogitsWarper(float(asked["min_p"])))
    return LogitsProcessorList(warpers)(None, scores).softmax(1)


tokens = [characters.index(character) for character in asked["prompt"]]
tokens = tokens if context is None else tokens[-context:]
prompt = "".join(characters[token] for token in tokens)
generator = torch.Generator().manual_seed(asked["seed"])
text, state, new, held = "", None, tokens, 0
with torch.inference_mode():
    for _ in range(asked["length"]):
        scores, state = scores_of(new, state)
        held += len(new)
        shares = odds_of(scores, tokens).double().cumsum(1)
        chance = torch.rand(1, generator=generator).double() * shares[:, -1]
        token = int(torch.searchsorted(shares, chance[:, None], right=True).clamp(max=len(characters) - 1))
        tokens, new = [*tokens, token], [token]
        text += characters[token]
        if context and held >= context:  # full: read the last half of it anew
            new, state, held = tokens[-(context // 2) :], None, 0
        if text.endswith("\n") and asked["model"].endswith("poems"):  # a poem has an end
            break

Path("library.txt").write_text(prompt + text, encoding="utf-8")
print(text)
