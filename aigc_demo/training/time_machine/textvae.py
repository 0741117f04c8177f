"""The time machine of the text autoencoders: what they wrote at moments of their training, and what it cost.

Texts, not weights.
"""

import logging
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.data import corpus
from aigc_demo.data.fetch import present
from aigc_demo.data.sentences import Words
from aigc_demo.models.textvae import TextVAE, TextVAEConfig, counted, shifted, write
from aigc_demo.training.textvae import RECIPES
from aigc_demo.training.time_machine.log import minutes_at, moments, read_log, thin

logger = logging.getLogger(__name__)
IDS = tuple(RECIPES)
MEASURED = 1_000  # held-out sentences that every moment is measured on
SHOWN = 5  # of them, rebuilt; and sentences from the prior
STOPS = 7  # of the way between the first two


@torch.inference_mode()
def look(model: TextVAE, sentences: Tensor) -> dict[str, Any]:
    """What a model costs on sentences (N, T), and what it writes: SHOWN rebuilt, as many drawn, a way between two."""
    words = Words(model.config.tokens, model.config.by)
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(len(sentences), model.config.latent, generator=generator)
    posterior, logits = model(sentences, shifted(sentences), noise)
    kl = float(posterior.kl().sum(1).mean())
    said = -float(model.log_likelihood(sentences, logits).mean())
    written = write(model, posterior.mean)[0]
    right = ((written == sentences) & (counted(sentences) > 0)).sum() / counted(sentences).sum()
    drawn = write(model, torch.randn(SHOWN, model.config.latent, generator=generator))[0]
    t = torch.linspace(0, 1, STOPS)[:, None]
    way = write(model, posterior.mean[0] + t * (posterior.mean[1] - posterior.mean[0]))[0]
    texts = {"rebuilt": written[:SHOWN], "drawn": drawn, "way": way}
    return {
        "reconstruction": round(said, 2),
        "kl": round(kl, 2),
        "right": round(float(right), 4),
        **{name: [words.decode(row) for row in rows.tolist()] for name, rows in texts.items()},
    }


def chosen(sentences: Tensor) -> Tensor:
    """Held-out sentences (N, T) in an order by chance, so that those shown come from all over; MEASURED at most."""
    order = torch.randperm(len(sentences), generator=torch.Generator().manual_seed(3))
    return sentences[order[:MEASURED]]


def render(run: Path, shipped: Path, sentences: Tensor) -> dict[str, Any]:
    """All moments, and the curve of the training with its annealing; sentences (N, T)."""
    lines = read_log(run / "log.jsonl")
    known = []
    for seen, path in moments(run, shipped, lines):
        facts = look(files.read(path, TextVAE, TextVAEConfig), sentences)
        known.append({"sentences": seen, "minutes": minutes_at(seen, lines), **facts})
        logger.info("%d sentences: %.1f + %.1f nats", seen, facts["reconstruction"], facts["kl"])
    config = files.read_config(shipped, TextVAEConfig)
    words = Words(config.tokens, config.by)
    curve = [
        {"sentences": line["pictures"], **{name: round(line[name], 3) for name in ("reconstruction", "kl", "weight")}}
        for line in thin(lines)
    ]
    originals = [words.decode(row) for row in sentences[:SHOWN].tolist()]
    return {"originals": originals, "moments": known, "curve": curve}


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], None]:
    """What the page shows of a training."""
    name = next(name for name, known in corpus.CORPORA.items() if known.data == entry.data)
    tokens = files.read_config(weights, TextVAEConfig).tokens
    return render(run, weights, chosen(corpus.testing(name, present(entry.data), tokens))), None
