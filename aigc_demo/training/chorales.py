"""Train the models that write chorales, a Transformer and an LSTM of as many weights, on Bach's.

    python -m aigc_demo.data fetch chorales
    python -m aigc_demo.training gpt-chorales --minutes 39

The loss is that of the language models of characters (training/language.py), over the tokens of
data/chorale_tokens.py that could have been others: in each of many keys, so that none is learned by heart.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import chorale_tokens, chorales
from aigc_demo.data.fetch import present
from aigc_demo.models.gpt import GPTConfig
from aigc_demo.models.lstm import LSTMConfig
from aigc_demo.training.language import Recipe, train
from aigc_demo.training.loop import Metrics

# 1.0 M weights each
GPT = GPTConfig(
    "llama",
    vocabulary=chorale_tokens.VOCABULARY,
    context=chorale_tokens.CONTEXT,
    width=128,
    n_layer=5,
    n_head=4,
    n_kv_head=4,
    hidden=344,
)
LSTM = LSTMConfig(chorale_tokens.VOCABULARY, width=264, embedding=128, dropout=0.1)
RECIPES: dict[str, Recipe] = {
    "gpt-chorales": Recipe(GPT, "chorales", steps=4_000, batch=2_048),
    # as many tokens: a step of the LSTM takes as long for twice as many rows
    "lstm-chorales": Recipe(LSTM, "chorales", steps=1_600, batch=4_096, snapshots=12),
}


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the chorales that are not held out."""
    torch.set_num_threads(1)  # products are small: a second thread waits for the first more than it helps
    learned = chorales.load(present(recipe.data), "train")

    def batches(first: int) -> Iterator[tuple[Tensor, Tensor]]:
        return chorale_tokens.batches(learned, recipe.batch, recipe.seed, first)

    return train(recipe, batches, out, run, minutes)
