"""A poem as two runnable scripts: with this project, and with transformers (for an LSTM with torch.nn) instead.

Both draw with the same numbers from the same odds, so they write the same poem.
"""

import dataclasses

from aigc_demo.data import verse
from aigc_demo.data.poem_text import FORMS
from aigc_demo.models.gpt import GPTConfig
from aigc_demo.models.lstm import LSTMConfig
from aigc_demo.services.gpt import writing_scripts
from aigc_demo.services.gpt.requests import Compose, Write

USE = """*_, last = service.compose(request)  # one step per character
for line in last.value.lines:
    print("".join(sign.text for sign in line))
"""
RHYMES = """
import json

groups = json.load(open("assets/verse/prosody.json", encoding="utf-8"))["rhymes"]


def rhymes(a, b):
    return any(a in group and b in group for group in groups)

"""
LOOP = """
given = {given!r}  # beginnings of the first lines
generator = torch.Generator().manual_seed({seed})
lines, state, new = [""], None, tokens
with torch.inference_mode():
    for _ in range({longest}):
        scores, state = scores_of(new, state)
        at, place = len(lines) - 1, len(lines[-1])
        start = given[at] if at < len(given) else ""
        if place < len(start):
            token = characters.index(start[place])
        elif at < len(given) - 1 and place == len(start) == {width}:
            token = characters.index("，。"[at % 2])
        else:
            if len(lines) < len(given):  # not yet the end
                scores[0, characters.index({end!r})] = float("-inf")
{rhymed}            shares = odds_of(scores, tokens).double().cumsum(1)
            chance = torch.rand(1, generator=generator).double() * shares[:, -1]
            token = int(torch.searchsorted(shares, chance[:, None], right=True).clamp(max=len(characters) - 1))
        new = [token]
        tokens.append(token)
        if characters[token] == {end!r}:
            break
        if characters[token] in "，。":
            lines.append("")
        else:
            lines[-1] += characters[token]
print("\\n".join(line for line in lines if line))
"""
RHYMED = """            elif at > 1 and at % 2 and place == {last} and lines[1]:
                fitting = torch.tensor([rhymes(character, lines[1][-1]) for character in characters])
                if fitting.any():
                    scores = scores.masked_fill(~fitting, float("-inf"))
"""


def python(request: Compose, config: GPTConfig | LSTMConfig, title: str, given: tuple[str, ...]) -> tuple[str, str]:
    """The two scripts; `title` and `given` as the service reads the words of the request."""
    name = "A poem of regular form"
    values = "\n".join(f"    {field}={value!r}," for field, value in dataclasses.asdict(request).items())
    ours = writing_scripts.OURS.format(title=name, name="Compose", values=values, use=USE)
    alike = Write(prompt=verse.opening(request.form, title), temperature=request.temperature, model=request.model)
    parts = writing_scripts.library(alike, config)
    width = FORMS[request.form][0]
    loop = LOOP.format(
        given=given,
        seed=request.seed,
        longest=verse.ROW - len(alike.prompt),
        width=width,
        end=verse.END,
        rhymed=RHYMED.format(last=width - 1) if request.rhymed else "",
    )
    choice = writing_scripts.CHOICE.format(choice=writing_scripts.choice(alike))
    body = (RHYMES if request.rhymed else "") + choice + loop
    return ours, writing_scripts.LIBRARY.format(title=name, prompt=alike.prompt, **{**parts, "body": body})
