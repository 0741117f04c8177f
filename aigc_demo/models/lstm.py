"""A recurrent language model: one vector carries all that was read (Hochreiter & Schmidhuber, 1997).

    i, f, o = sigmoid(...)   input, forget and output gate;   g = tanh(...)   what could be written
    c = f * c + i * g;   h = o * tanh(c)

B batch, T tokens, V vocabulary, D width, L layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LSTMConfig:
    vocabulary: int = 65  # V
    width: int = 512  # D
    embedding: int = 192
    layers: int = 2  # L
    dropout: float = 0.0  # between the layers, and before the head
    characters: str = ""  # what token i is

    @classmethod
    def tiny(cls) -> "LSTMConfig":
        """The smallest config that runs every line; for tests."""
        return cls(vocabulary=11, width=16, embedding=8)


class Memory:
    """What the network carries from token to token: h and c of every layer, (L, B, D) each."""

    def __init__(self, hidden: Tensor, cell: Tensor):
        self.hidden, self.cell = hidden, cell

    def copy(self) -> "Memory":
        """Another one that stands where this one does."""
        return Memory(self.hidden.clone(), self.cell.clone())


def step(x: Tensor, h: Tensor, c: Tensor, weights: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """One token through one layer: x (B, D_in), h and c (B, D) -> h, c and the gates i, f, g, o (B, 4, D).

    What `nn.LSTM`, which runs whole texts at once, does at every token.
    """
    from_input, from_state, bias_input, bias_state = weights
    sums = x @ from_input.T + bias_input + h @ from_state.T + bias_state
    i, f, g, o = sums.chunk(4, dim=1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * c.tanh(), c, torch.stack([i, f, g, o], dim=1)


class LSTM(nn.Module):
    """Tokens in, scores of every possible next token out."""

    def __init__(self, config: LSTMConfig):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocabulary, config.embedding)
        self.layers = nn.LSTM(
            config.embedding,
            config.width,
            config.layers,
            batch_first=True,
            dropout=config.dropout if config.layers > 1 else 0.0,
        )
        self.dropout = nn.Dropout(config.dropout)
        self.project = nn.Linear(config.width, config.embedding)
        self.head = nn.Linear(config.embedding, config.vocabulary, bias=False)
        self.head.weight = self.embed.weight  # tied (arXiv:1608.05859)
        self.init_weights()

    @torch.no_grad()
    def init_weights(self) -> None:
        """Small embeddings; forget gates open, so that a new network remembers (Jozefowicz et al., 2015)."""
        nn.init.normal_(self.embed.weight, std=0.02)
        for name, weight in self.layers.named_parameters():
            if name.startswith("bias_ih"):
                weight.zero_()
                weight[self.config.width : 2 * self.config.width] = 1.0
            elif name.startswith("bias_hh"):
                weight.zero_()

    def state(self, batch: int = 1) -> Memory:
        """The state before the first token: zeros."""
        shape = (self.config.layers, batch, self.config.width)
        return Memory(self.embed.weight.new_zeros(shape), self.embed.weight.new_zeros(shape))

    def forward(self, tokens: Tensor, state: Memory | None = None, last: bool = False) -> Tensor:
        """tokens (B, T) -> logits (B, T, V); with a state, tokens are the next ones after those it has read.

        `last`: only those of the last token, (B, 1, V).
        """
        state = state or self.state(len(tokens))
        found, (state.hidden, state.cell) = self.layers(self.embed(tokens), (state.hidden, state.cell))
        return self.head(self.project(self.dropout(found[:, -1:] if last else found)))

    def side_by_side(self, tokens: Sequence[Tensor], states: Sequence[Memory]) -> Tensor:
        """The next token (1, 1) of each of B texts, each with its own state -> logits (B, V)."""
        together = Memory(*(torch.cat([getattr(one, part) for one in states], 1) for part in ("hidden", "cell")))
        logits: Tensor = self(torch.cat(list(tokens)), together)[:, -1]
        for i, state in enumerate(states):
            state.hidden, state.cell = together.hidden[:, i : i + 1], together.cell[:, i : i + 1]
        return logits

    def remembered(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """tokens (1, T) -> h and c of every layer after every token, (T, L, D) each; token by token, by `step`."""
        state = self.state()
        seen = []
        for token in tokens[0]:
            x = self.embed(token[None])
            for layer in range(self.config.layers):
                weights = tuple(self.layers.all_weights[layer])
                h, c, _ = step(x, state.hidden[layer], state.cell[layer], weights)
                state.hidden[layer], state.cell[layer], x = h, c, h
            seen.append(torch.stack([state.hidden[:, 0], state.cell[:, 0]]).clone())
        found = torch.stack(seen)  # (T, 2, L, D)
        return found[:, 0], found[:, 1]
