"""Text autoencoders and plain language models, on held-out sentences none of which has an unknown word.

nll_nats             of a sentence with its end: a language model's -log p(x); an autoencoder's, estimated with CODES
                     codes per sentence on the first SENTENCES of them (arXiv:1509.00519, eq. 8)
negative_elbo_nats   the bound, which is what Bowman et al. (arXiv:1511.06349) print as NLL: reconstruction + KL
reconstruction_nats  mean of -log p(x|z), z drawn from the posterior
kl_nats              mean KL(q(z|x) | p(z)), of all dimensions
nats_per_token       nll_nats, or else the bound, per word or character, the end counted
active_units         dimensions whose mean moves between sentences: its variance is over 0.01 (ibid., section 5)
tokens_right         share of words that are in their place when the mean of the posterior is written greedily

The decoder sees all words before each place; none is hidden.
"""

import json
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import corpus
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.textvae import TextVAE, counted, shifted, write
from aigc_demo.models.vae import bound

BATCH = 200
CODES, SENTENCES, AT_ONCE = 32, 1_000, 20  # importance samples, sentences that get them, and how many at once
ACTIVE = 0.01
TABLE = "textvae-dimensions.json"  # in assets/examples


@torch.inference_mode()
def evaluate(model: TextVAE, tokens: Tensor, seed: int = 0) -> tuple[Metrics, list[float]]:
    """All metrics on sentences (N, T), and the mean KL of every dimension in nats, sorted; none without a code."""
    generator = torch.Generator().manual_seed(seed)
    places = float(counted(tokens).sum(1).mean())
    said, kl, means, right = [], [], [], []
    for x in torch.split(tokens, BATCH):
        noise = torch.randn(len(x), model.config.latent, generator=generator)
        posterior, logits = model(x, shifted(x), noise)
        said.append(-model.log_likelihood(x, logits))
        if posterior is not None:
            kl.append(posterior.kl())
            means.append(posterior.mean)
            written, _ = write(model, posterior.mean)
            right.append(((written == x) & (counted(x) > 0)).sum(1))
    error = float(torch.cat(said).mean())
    if not kl:
        return {"nll_nats": error, "nats_per_token": error / places}, []
    per_dimension = torch.cat(kl).mean(0)
    weights = [
        model.log_weights(x, torch.randn(CODES, len(x), model.config.latent, generator=generator))
        for x in torch.split(tokens[:SENTENCES], AT_ONCE)
    ]
    loss = error + float(per_dimension.sum())
    metrics = {
        "nll_nats": -float(bound(torch.cat(weights, dim=1)).mean()),
        "negative_elbo_nats": loss,
        "reconstruction_nats": error,
        "kl_nats": float(per_dimension.sum()),
        "nats_per_token": loss / places,
        "active_units": float((torch.cat(means).var(0) > ACTIVE).sum()),
        "tokens_right": float(torch.cat(right).sum() / counted(tokens).sum()),
    }
    return metrics, per_dimension.sort(descending=True).values.tolist()


def measure(model: TextVAE, task: Task) -> Measured:
    """A text autoencoder, or its decoder alone, on the corpus it was trained on; keeps the KL of every dimension."""
    name = next(name for name, known in corpus.CORPORA.items() if known.data == task.checkpoint.data)
    tokens = corpus.testing(name, task.folder, model.config.tokens)
    metrics, dimensions = evaluate(model, tokens)
    keep = partial(keep_dimensions, task.checkpoint.id, dimensions) if dimensions else None
    return Measured(metrics, len(tokens), keep)


def keep_dimensions(id: str, dimensions: list[float], folder: Path) -> None:
    """Put the KL of every dimension into the table that the page reads in `folder`."""
    path = folder / TABLE
    known = json.loads(path.read_text()) if path.is_file() else {}
    known[id] = [round(nats, 4) for nats in dimensions]
    path.write_text(json.dumps(dict(sorted(known.items()))) + "\n")
