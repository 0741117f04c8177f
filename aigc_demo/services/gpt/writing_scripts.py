"""A request as two runnable scripts: with this project, and with transformers (for an LSTM with torch.nn) instead.

Both draw with the same numbers from the same odds, so they write the same text.
"""

import dataclasses
from typing import Any

from aigc_demo.models.gpt import GPTConfig
from aigc_demo.models.lstm import LSTMConfig
from aigc_demo.services.gpt.requests import ENDS, Surgery, Write

OURS = """# {title}, with aigc_demo. Run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.gpt.requests import {name}
from aigc_demo.services.gpt.service import create

service = create(Store(device="cpu"))
request = {name}(
{values}
)
{use}"""

WRITE = """text = ""
for step in service.write(request):  # one step per character
    text = "".join(token.text for token in step.value.tokens)
print(text)
"""
SURGERY = """odds = service.surgery(request)
for candidate in odds.candidates:
    print(repr(candidate.text), f"{candidate.softmax:.4f} {candidate.final:.4f}")
"""

LIBRARY = """# {title}, with {library} and the same weights. Run it in the project's folder.
import torch
{imports}
{model}
prompt = {prompt!r}
tokens = [characters.index(character) for character in prompt]
{body}"""

GPT = """
from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
"""
GPT_MODEL = """ours = Store(device="cpu").load({checkpoint!r})
characters, context = ours.config.characters, ours.config.context
library = to_library(ours)  # a transformers.{kind}


def scores_of(new, state):
    made = library(input_ids=torch.tensor([new]), past_key_values=state, use_cache=True)
    return made.logits[:, -1], made.past_key_values

"""

LSTM = """import json

from safetensors import safe_open
from torch import nn
"""
LSTM_MODEL = """with safe_open("assets/checkpoints/{checkpoint}.safetensors", framework="pt") as file:
    config = json.loads(file.metadata()["config"])
    raw = {{name: file.get_tensor(name) for name in file.keys()}}
# a matrix is kept as a byte per weight, with a scale per row
weights = {{
    name: (value.float() * raw[name + ".scale"].float()[:, None] if name + ".scale" in raw else value.float())
    for name, value in raw.items()
    if not name.endswith(".scale")
}}
weights["head.weight"] = weights["embed.weight"]
characters = config["characters"]


class Model(nn.Module):
    def __init__(self, vocabulary={vocabulary}, embedding={embedding}, width={width}, layers={layers}):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embedding)
        self.layers = nn.LSTM(embedding, width, layers, batch_first=True)
        self.project = nn.Linear(width, embedding)
        self.head = nn.Linear(embedding, vocabulary, bias=False)


library = Model().eval()
library.load_state_dict(weights)


def scores_of(new, state):
    found, state = library.layers(library.embed(torch.tensor([new])), state)
    return library.head(library.project(found[:, -1])), state

"""

CHOICE = """
def odds_of(scores, tokens):
    \"\"\"Scores (1, V) -> what is drawn from, (1, V): penalty, temperature, top-k, top-p, min-p.\"\"\"
{choice}

"""
LOOP = """
generator = torch.Generator().manual_seed({seed})
{recent}text, state, new, held = "", None, tokens, 0
with torch.inference_mode():
    for _ in range({length}):
        scores, state = scores_of(new, state)
        held += len(new)
        shares = odds_of(scores, tokens).double().cumsum(1)
        chance = torch.rand(1, generator=generator).double() * shares[:, -1]
        token = int(torch.searchsorted(shares, chance[:, None], right=True).clamp(max=len(characters) - 1))
        tokens.append(token)
        text += characters[token]
        new = [token]
{renew}{end}print(text)
"""
RENEW = """        if held >= context:  # full: read the last half of it anew
            new, state, held = tokens[-(context // 2) :], None, 0
"""
END = """        if text.endswith({end!r}):
            break
"""
ODDS = """
with torch.inference_mode():
    scores, _ = scores_of(tokens{recent}, None)
softmax, final = scores.softmax(1)[0], odds_of(scores, tokens)[0]
for i in softmax.topk({shown}).indices.tolist():
    print(repr(characters[i]), f"{{softmax[i]:.4f}} {{final[i]:.4f}}")
"""
SHOWN = 12


def python(request: Write | Surgery, config: GPTConfig | LSTMConfig) -> tuple[str, str]:
    """The two scripts of a request."""
    writes = isinstance(request, Write)
    title = "Writing on from a beginning" if writes else "The odds at a place of a text"
    if isinstance(request, Surgery):
        request = dataclasses.replace(request, position=min(request.position, len(request.prompt)))
    values = "\n".join(f"    {name}={value!r}," for name, value in dataclasses.asdict(request).items())
    use = WRITE if writes else SURGERY
    ours = OURS.format(title=title, name=type(request).__name__, values=values, use=use)
    prompt = request.prompt if isinstance(request, Write) else request.prompt[: max(1, request.position)]
    return ours, LIBRARY.format(title=title, prompt=prompt, **library(request, config))


def library(request: Write | Surgery, config: GPTConfig | LSTMConfig) -> dict[str, str]:
    """The parts of the second script that depend on the model and on the settings."""
    gpt = isinstance(config, GPTConfig)
    recent = "[-context:]" if gpt else ""
    body = CHOICE.format(choice=choice(request))
    if isinstance(request, Write):
        end = END.format(end=ENDS[request.model]) if request.model in ENDS else ""
        renew = RENEW if gpt else ""
        cut = "tokens = tokens[-context:]\n" if gpt else ""
        body += LOOP.format(seed=request.seed, length=request.length, recent=cut, renew=renew, end=end)
    else:
        body += ODDS.format(recent=recent, shown=min(SHOWN, config.vocabulary))
    return {
        "library": "transformers" if gpt else "torch.nn",
        "imports": imports(request, gpt),
        "model": model(request.model, config),
        "body": body,
    }


def imports(request: Write | Surgery, gpt: bool) -> str:
    """What the second script imports beside torch."""
    names = [name for name, _ in warpers(request)]
    more = f"from transformers import {', '.join(names)}\n" if names else ""
    return (GPT if gpt else LSTM) + more


def model(checkpoint: str, config: GPTConfig | LSTMConfig) -> str:
    """How the second script comes by its model."""
    if isinstance(config, GPTConfig):
        kind = "GPT2LMHeadModel" if config.form == "gpt2" else "LlamaForCausalLM"
        return GPT_MODEL.format(checkpoint=checkpoint, kind=kind)
    sizes: dict[str, Any] = {name: getattr(config, name) for name in ("vocabulary", "embedding", "width", "layers")}
    return LSTM_MODEL.format(checkpoint=checkpoint, **sizes)


def warpers(request: Write | Surgery) -> list[tuple[str, str]]:
    """The classes of transformers that do the same, with their arguments, in the same order."""
    found = []
    if request.repetition != 1:
        found.append(("RepetitionPenaltyLogitsProcessor", f"{request.repetition!r}"))
    if request.temperature > 0:
        if request.temperature != 1:
            found.append(("TemperatureLogitsWarper", f"{float(request.temperature)!r}"))
        if request.top_k:
            found.append(("TopKLogitsWarper", f"{request.top_k}"))
        if request.top_p < 1:
            found.append(("TopPLogitsWarper", f"{float(request.top_p)!r}"))
        if request.min_p > 0:
            found.append(("MinPLogitsWarper", f"{float(request.min_p)!r}"))
    return found


def choice(request: Write | Surgery) -> str:
    """The body of `odds_of`."""
    lines = [f"scores = {name}({value})(torch.tensor([tokens]), scores)" for name, value in warpers(request)]
    if request.temperature == 0:
        lines.append("return torch.zeros_like(scores).scatter(1, scores.argmax(1, keepdim=True), 1.0)  # greedy")
    else:
        lines.append("return scores.softmax(1)")
    return "\n".join(f"    {line}" for line in lines)
