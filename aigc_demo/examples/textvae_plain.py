"""The text VAE of the page in plain PyTorch, with the same weights. Run it in the project's folder."""

import json

import torch
from safetensors import safe_open
from torch import nn

REQUEST = {"corpus": "verse", "first": "", "last": "", "stops": 11, "temperature": 0.0, "seed": 7}

EXAMPLES = {  # what an empty box stands for
    "verse": ("春风吹又生", "独钓寒江雪"),
    "reviews": ("a beautiful film about love and loss", "the plot makes no sense at all"),
}
START, END, UNKNOWN = 0, 1, 2

corpus = REQUEST.get("corpus", "verse")
with safe_open(f"assets/checkpoints/textvae-{corpus}.safetensors", framework="pt") as file:
    config = json.loads(file.metadata()["config"])
    stored = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
tokens, longest = config["tokens"], config["longest"]
gap = " " if corpus == "reviews" else ""
weights = {}
for name, value in stored.items():  # a matrix is kept as bytes, with a scale for each of its rows
    scale = stored.get(name + ".scale")
    if not name.endswith(".scale"):
        weights[name] = value if scale is None else value * scale[:, None]


def part(layer, name):
    """The layer with the weights that the file has under this name."""
    head = name + "."
    layer.load_state_dict({key[len(head) :]: value for key, value in weights.items() if key.startswith(head)})
    return layer.requires_grad_(False)


embedding, latent = config["embedding"], config["latent"]
embed = part(nn.Embedding(len(tokens), embedding), "embed")
reader = part(nn.LSTM(embedding, config["reader"], batch_first=True), "reader")
mean = part(nn.Linear(config["reader"], latent), "mean")
log_variance = part(nn.Linear(config["reader"], latent), "log_variance")
begin = part(nn.Linear(latent, 2 * config["writer"]), "begin")
writer = part(nn.LSTM(embedding + latent, config["writer"], batch_first=True), "writer")
project = part(nn.Linear(config["writer"], embedding), "project")


def read(sentence):
    """Its tokens; what is not known becomes UNKNOWN."""
    words = sentence.split() if gap else list(sentence)
    return [tokens.index(word) if word in tokens else UNKNOWN for word in words][:longest]


def encode(sentence):
    """Mean and deviation of q(z|x), each of shape (1, D)."""
    found, _ = reader(embed(torch.tensor([[*sentence, END]])))
    return mean(found[:, -1]), (0.5 * log_variance(found[:, -1])).exp()


def step(word, z, state):
    """Logits (B, V) of the next word, and the next state."""
    found, state = writer(torch.cat([embed(word), z[:, None]], dim=2), state)
    return project(found[:, -1]) @ embed.weight.T + weights["head.bias"], state


def opened(z):
    """The decoder's first state for codes (B, D): h and c, each (1, B, W)."""
    h, c = begin(z).chunk(2, dim=1)
    return h.tanh()[None], c[None].contiguous()


def write(z, temperature):
    """The sentences of codes (B, D)."""
    state, word, found = opened(z), torch.full((len(z), 1), START), []
    for _ in range(longest):
        logits, state = step(word, z, state)
        logits[:, [START, UNKNOWN]] = -torch.inf
        word = (
            torch.multinomial((logits / temperature).softmax(1), 1) if temperature else logits.argmax(1, keepdim=True)
        )
        found.append(word)
    rows = torch.cat(found, dim=1).tolist()
    return [gap.join(tokens[word] for word in (row + [END])[: (row + [END]).index(END)]) for row in rows]


if "stops" in REQUEST:  # from one sentence to another
    first, last = (REQUEST[end] or example for end, example in zip(("first", "last"), EXAMPLES[corpus], strict=True))
    (a, _), (b, _) = encode(read(first)), encode(read(last))
    t = torch.linspace(0, 1, REQUEST["stops"])[:, None]
    print("\n".join(write(a + t * (b - a), REQUEST["temperature"])))
elif "spread" in REQUEST:  # sentences of codes drawn from the prior, or around a sentence
    noise = torch.randn(REQUEST["count"], latent, generator=torch.Generator().manual_seed(REQUEST["seed"]))
    middle, deviation = encode(read(REQUEST["around"])) if REQUEST["around"] else (0.0, 1.0)
    print("\n".join(write(middle + deviation * REQUEST["spread"] * noise, REQUEST["temperature"])))
else:  # what a line of verse costs
    sentence = read(REQUEST["sentence"] or EXAMPLES["verse"][0])
    z, deviation = encode(sentence)
    kl = 0.5 * (z.square() + deviation.square() - 1 - deviation.square().log())
    state, nats = opened(z), 0.0
    for before, word in zip([START, *sentence], [*sentence, END], strict=True):
        logits, state = step(torch.tensor([[before]]), z, state)
        nats -= float(logits.log_softmax(1)[0, word])
    print(f"with the middle of the code the words cost {nats:.2f} nats, the code {float(kl.sum()):.2f}")
