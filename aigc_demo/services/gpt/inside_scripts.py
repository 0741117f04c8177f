"""Requests of the tabs that look inside, as two runnable scripts: with this project, and with the library."""

import dataclasses
from typing import Any

OURS = """# {title}.
# With aigc_demo; run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.gpt.requests import {name}
from aigc_demo.services.gpt.service import create

request = {name}(
{values}
)
{use}
"""
USES = {
    "Attend": "made = create(Store()).attend(request)\n"
    "print(made.text, made.weights.shape)  # layers, heads, T (T + 1) / 2 shares in 255ths, row by row",
    "Remember": "*_, last = create(Store()).remember(request)\nmade = last.value\n"
    'print("GPT:", made.gpt.text)\nprint("LSTM:", made.lstm.text)\nprint(made.gpt.nats, made.lstm.nats)',
    "Race": "*_, last = create(Store()).race(request)\nmade = last.value\nprint(made.text)\n"
    "for times in (made.with_cache, made.without):\n    print(sum(times) / len(times), 'ms per token')",
    "Beside": "*_, last = create(Store()).beside(request)\nmade = last.value\nprint(made.ours)\n"
    "print(made.same, 'of', len(made.ours), 'agree; largest difference of the logits', made.maximum)",
    "Tune": "for step in create(Store()).tune(request):\n    made = step.value\n"
    "print(made.held)\nprint(made.samples[-1].text)",
}

BEGIN = """# {title}.
# With {library} and the same weights; run it in the project's folder.
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

ours = Store(device="cpu").load({model!r})
letters = ours.config.characters
theirs = to_library(ours)  # a transformers model
{rest}
"""
TOKENS = """tokens = torch.tensor([[letters.index(letter) for letter in {prompt!r}]])
tokens = tokens[:, -max(1, ours.config.context - {length}) :]  # what is written must fit in, too
"""
ATTEND = """theirs.set_attn_implementation("eager")  # the only one that shows its weights
with torch.inference_mode():
    attention = theirs(tokens[:, -{seen}:], output_attentions=True).attentions
print(len(attention), attention[0].shape)  # layers, (1, heads, T, T)"""
RACE = """import time

settings = dict(max_new_tokens={length}, do_sample={sample}, pad_token_id=0{heat})
for use_cache in (True, False):
    torch.manual_seed({seed})
    began = time.perf_counter()
    found = theirs.generate(tokens, attention_mask=torch.ones_like(tokens), use_cache=use_cache, **settings)
    spent = time.perf_counter() - began
    print("cache" if use_cache else "no cache", round({length} / spent), "tokens a second")
print("".join(letters[token] for token in found[0]))"""
BESIDE = """settings = dict(max_new_tokens={length}, do_sample=False, pad_token_id=0)
found = theirs.generate(tokens, attention_mask=torch.ones_like(tokens), **settings)
print("".join(letters[token] for token in found[0]))
with torch.inference_mode():
    print("largest difference of the logits", (ours(tokens) - theirs(tokens).logits).abs().max().item())"""
TUNE = """text = {text!r}
known = torch.tensor([letters.index(letter) for letter in text if letter in letters])
train, held = known[: -len(known) // 10], known[-len(known) // 10 :]
theirs.requires_grad_(True).train()
optimiser = torch.optim.AdamW(theirs.parameters(), lr={rate}, betas=(0.9, 0.99), weight_decay=0.01)
generator = torch.Generator().manual_seed({seed})
width = min(64, len(held) - 1)
for step in range(100):
    starts = torch.randint(len(train) - width, (8, 1), generator=generator)
    pieces = train[starts + torch.arange(width + 1)]
    loss = torch.nn.functional.cross_entropy(theirs(pieces[:, :-1]).logits.flatten(0, 1), pieces[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
    optimiser.step()
    if step % {every} == 0:
        print(step, loss.item())"""
LSTM = """# {title}.
# The LSTM as torch.nn has it, with the same weights; run it in the project's folder.
import torch
from torch import nn

from aigc_demo.checkpoints.store import Store

ours = Store(device="cpu").load({model!r})
letters, config = ours.config.characters, ours.config
embed = nn.Embedding(config.vocabulary, config.embedding)
lstm = nn.LSTM(config.embedding, config.width, config.layers, batch_first=True)
project = nn.Linear(config.width, config.embedding)
for part, same in ((embed, ours.embed), (lstm, ours.layers), (project, ours.project)):
    part.load_state_dict(same.state_dict())

tokens = torch.tensor([[letters.index(letter) for letter in {prompt!r}]])
generator = torch.Generator().manual_seed({seed})
state, written = None, []
with torch.inference_mode():
    for _ in range({length}):
        found, state = lstm(embed(tokens), state)
        logits = project(found[:, -1]) @ embed.weight.T
        odds = (logits / {heat}).softmax(1)
        chance = torch.rand(1, generator=generator)
        tokens = torch.searchsorted(odds.double().cumsum(1), chance.double()[:, None])
        written.append(letters[int(tokens)])
hidden, cell = state  # all that it carries on: (layers, 1, width) each
print("".join(written), tuple(cell.shape))"""

TITLES = {
    "Attend": "Where every head of every layer looks",
    "Remember": "A GPT and an LSTM write on from the same beginning",
    "Race": "The same text with the KV cache and without",
    "Beside": "Ours and the library's, the likeliest token always",
    "Tune": "A GPT learns a text of somebody's own",
}
SEEN = 72  # characters of a map of attention


def python(request: Any) -> tuple[str, str]:
    """Both scripts of a request."""
    name, values = type(request).__name__, dataclasses.asdict(request)
    lines = "\n".join(f"    {key}={value!r}," for key, value in values.items())
    ours = OURS.format(title=TITLES[name], name=name, values=lines, use=USES[name])
    return ours, library(name, values)


def library(name: str, values: dict[str, Any]) -> str:
    """The second script."""
    if name == "Remember":
        heat = max(values["temperature"], 1e-3)
        return LSTM.format(**{**values, "title": TITLES[name], "model": f"lstm-{values['text']}", "heat": heat})
    rest = {"Attend": ATTEND, "Race": RACE, "Beside": BESIDE, "Tune": TUNE}[name]
    heat = values.get("temperature", 0)
    more = {"seen": SEEN, "sample": heat > 0, "heat": f", temperature={heat}" if heat > 0 else ""}
    tokens = "" if name == "Tune" else TOKENS
    body = (tokens + rest).format(**{"length": 0, **values, **more})
    return BEGIN.format(title=TITLES[name], library="transformers", model=values["model"], rest=body)
