"""A request as two runnable scripts: one with this project, one in plain PyTorch with the same weights.

No library has a text autoencoder as a class; the second script is the paper's network in torch.nn.
"""

from dataclasses import asdict

from aigc_demo.models.textvae import TextVAEConfig
from aigc_demo.services.textvae import checkpoints, reading
from aigc_demo.services.textvae.requests import EXAMPLES, Compare, Draw, Morph

OURS = """# {title}.
# With aigc_demo; run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.textvae.requests import {name}
from aigc_demo.services.textvae.service import create

request = {name}(
{values}
)
result = create(Store()).{method}(request)
{end}"""

PLAIN = """# {title}.
# In plain PyTorch with the same weights; run it in the project's folder.
import json

import torch
from safetensors import safe_open
from torch import nn

with safe_open("assets/checkpoints/{checkpoint}.safetensors", framework="pt") as file:
    tokens = json.loads(file.metadata()["config"])["tokens"]
    stored = {{name: file.get_tensor(name).float() for name in file.keys()}}
weights = {{}}
for name, value in stored.items():  # a matrix is kept as bytes, with a scale for each of its rows
    scale = stored.get(name + ".scale")
    if not name.endswith(".scale"):
        weights[name] = value if scale is None else value * scale[:, None]


def part(layer, name):
    head = name + "."
    layer.load_state_dict({{key[len(head) :]: value for key, value in weights.items() if key.startswith(head)}})
    return layer.requires_grad_(False)


embed = part(nn.Embedding(len(tokens), {embedding}), "embed")
reader = part(nn.LSTM({embedding}, {reader}, batch_first=True), "reader")
mean = part(nn.Linear({reader}, {latent}), "mean")
log_variance = part(nn.Linear({reader}, {latent}), "log_variance")
begin = part(nn.Linear({latent}, 2 * {writer}), "begin")
writer = part(nn.LSTM({embedding} + {latent}, {writer}, batch_first=True), "writer")
project = part(nn.Linear({writer}, {embedding}), "project")
START, END, UNKNOWN = 0, 1, 2


def encode(sentence):
    found, _ = reader(embed(torch.tensor([[*sentence, END]])))
    return mean(found[:, -1]), (0.5 * log_variance(found[:, -1])).exp()


def step(word, z, state):
    found, state = writer(torch.cat([embed(word), z[:, None]], dim=2), state)
    return project(found[:, -1]) @ embed.weight.T + weights["head.bias"], state


def write(z):
    h, c = begin(z).chunk(2, dim=1)
    state, word, found = (h.tanh()[None], c[None].contiguous()), torch.full((len(z), 1), START), []
    for _ in range({longest}):
        logits, state = step(word, z, state)
        logits[:, [START, UNKNOWN]] = -torch.inf
        {choose}
        found.append(word)
    rows = torch.cat(found, dim=1).tolist()
    return [{gap!r}.join(tokens[word] for word in (row + [END])[: (row + [END]).index(END)]) for row in rows]


{body}"""

GREEDY = "word = logits.argmax(1, keepdim=True)"
CHANCE = "word = torch.multinomial((logits / {temperature:g}).softmax(1), 1)"

MORPH = """a, _ = encode({first})  # {first_text}
b, _ = encode({last})  # {last_text}
t = torch.linspace(0, 1, {steps})[:, None]
print("\\n".join(write(a + t * (b - a))))
"""
PRIOR = """noise = torch.randn({count}, {latent}, generator=torch.Generator().manual_seed({seed}))
print("\\n".join(write({spread:g} * noise)))
"""
AROUND = """middle, deviation = encode({around})  # {around_text}
noise = torch.randn({count}, {latent}, generator=torch.Generator().manual_seed({seed}))
print("\\n".join(write(middle + deviation * {spread:g} * noise)))
"""
COMPARE = """sentence = {sentence}  # {sentence_text}
z, deviation = encode(sentence)
kl = 0.5 * (z.square() + deviation.square() - 1 - deviation.square().log())
h, c = begin(z).chunk(2, dim=1)
state, nats = (h.tanh()[None], c[None].contiguous()), 0.0
for before, word in zip([START, *sentence], [*sentence, END]):
    logits, state = step(torch.tensor([[before]]), z, state)
    nats -= float(logits.log_softmax(1)[0, word])
print(f"with the middle of the code the words cost {{nats:.2f}} nats, the code {{float(kl.sum()):.2f}}")
"""
TITLES = {
    "Morph": "From one sentence to another through the text VAE",
    "Draw": "Sentences of codes drawn by chance",
    "Compare": "What a line of verse costs",
}
ENDS = {
    "Morph": 'print("\\n".join(step.text for step in result.steps))\n',
    "Draw": 'print("\\n".join(found.text for found in result.sentences))\n',
    "Compare": "for cost in result.costs:\n    print(cost.model, cost.total, cost.kl)\n",
}


def python(request: Morph | Draw | Compare, config: TextVAEConfig) -> tuple[str, str]:
    """The two scripts of a request, with a network of this config."""
    name = type(request).__name__
    values = "\n".join(f"    {key}={value!r}," for key, value in asdict(request).items())
    ours = OURS.format(title=TITLES[name], name=name, values=values, method=name.lower(), end=ENDS[name])
    temperature = getattr(request, "temperature", 0.0)
    plain = PLAIN.format(
        title=TITLES[name],
        checkpoint=checkpoints.used(request)[-1],
        embedding=config.embedding,
        reader=config.reader,
        writer=config.writer,
        latent=config.latent,
        longest=config.longest,
        gap="" if config.by == "characters" else " ",
        choose=CHANCE.format(temperature=temperature) if temperature else GREEDY,
        body=body(request, config),
    )
    return ours, plain


def body(request: Morph | Draw | Compare, config: TextVAEConfig) -> str:
    """What is done with the network."""
    if isinstance(request, Morph):
        given = [
            text or example
            for text, example in zip((request.first, request.last), EXAMPLES[request.corpus], strict=True)
        ]
        first, last = (reading.read(text, config) for text in given)
        ends = {
            "first": list(first.tokens),
            "first_text": first.text,
            "last": list(last.tokens),
            "last_text": last.text,
        }
        return MORPH.format(**ends, steps=request.stops)
    if isinstance(request, Compare):
        line = reading.read(request.sentence or EXAMPLES["verse"][0], config)
        return COMPARE.format(sentence=list(line.tokens), sentence_text=line.text)
    chance = {"count": request.count, "latent": config.latent, "seed": request.seed, "spread": request.spread}
    if not request.around:
        return PRIOR.format(**chance)
    around = reading.read(request.around, config)
    return AROUND.format(around=list(around.tokens), around_text=around.text, **chance)
