"""A variational autoencoder for sentences, and the plain language model to compare it with.

Bowman et al., "Generating Sentences from a Continuous Space", 2015 (arXiv:1511.06349): one LSTM reads a sentence and
gives a normal distribution over codes z; another one, told z, writes the sentence again. The decoder sees the words
before each place, some of them hidden (word dropout), or, inputless, none of them. Without the encoder what is left is
a recurrent language model.

Where the paper puts z into the first state only, here it also stands beside every word that goes in.

B batch, K codes per sentence, T places (the last one is the end), D latent dimensions, V vocabulary.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.vae import Posterior, log_normal

START, END, UNKNOWN = 0, 1, 2  # the first tokens of every vocabulary; END also fills up what follows it


@dataclass(frozen=True)
class TextVAEConfig:
    tokens: tuple[str, ...] = ("<start>", "<end>", "<unknown>")  # what token i is
    by: str = "characters"  # a token is a character, or a word ("words")
    longest: int = 7  # tokens of a sentence, without its end
    embedding: int = 128
    reader: int = 256  # width of the encoder
    writer: int = 320  # width of the decoder
    latent: int = 32  # D, numbers in the code
    variational: bool = True  # False: no code and no encoder, a plain language model
    inputless: bool = False  # the decoder is shown none of the words before
    dropout: float = 0.0  # of embeddings and of what the decoder says, while training

    @classmethod
    def tiny(cls) -> "TextVAEConfig":
        """The smallest config that runs every line; for tests."""
        tokens = ("<start>", "<end>", "<unknown>", *"abcdefgh")
        return cls(tokens, longest=5, embedding=8, reader=12, writer=12, latent=3)


class TextVAE(nn.Module):
    def __init__(self, config: TextVAEConfig):
        super().__init__()
        self.config = config
        latent = config.latent if config.variational else 0
        self.embed = nn.Embedding(len(config.tokens), config.embedding)
        if config.variational:
            self.reader = nn.LSTM(config.embedding, config.reader, batch_first=True)
            self.mean = nn.Linear(config.reader, latent)
            self.log_variance = nn.Linear(config.reader, latent)
            self.begin = nn.Linear(latent, 2 * config.writer)  # h and c of the decoder before the first word
        self.writer = nn.LSTM(config.embedding + latent, config.writer, batch_first=True)
        self.project = nn.Linear(config.writer, config.embedding)
        self.head = nn.Linear(config.embedding, len(config.tokens))
        self.head.weight = self.embed.weight  # tied (arXiv:1608.05859)
        self.dropout = nn.Dropout(config.dropout)
        nn.init.normal_(self.embed.weight, std=0.1)
        nn.init.zeros_(self.head.bias)

    def encode(self, tokens: Tensor) -> Posterior:
        """tokens (B, T), each row up to an END or filled with them -> q(z|x)."""
        read, _ = self.reader(self.dropout(self.embed(tokens)))
        end = (lengths(tokens) - 1)[:, None, None].expand(-1, 1, read.shape[2])
        last = read.gather(1, end)[:, 0].float()  # (B, reader), after the END
        return Posterior(self.mean(last), self.log_variance(last))

    def state(self, z: Tensor | None, batch: int) -> tuple[Tensor, Tensor]:
        """h and c of the decoder before the first word, (1, B, writer) each; z (B, D), None for a language model."""
        if z is None:
            zero = self.embed.weight.new_zeros(1, batch, self.config.writer)
            return zero, zero
        h, c = self.begin(z).chunk(2, dim=1)
        return h.tanh()[None], c[None].contiguous()

    def step(
        self, before: Tensor, z: Tensor | None, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Words before each place (B, T), z (B, D) -> logits of the word at each place (B, T, V), the new state."""
        if self.config.inputless:
            before = torch.full_like(before, UNKNOWN)
        x = self.dropout(self.embed(before))
        if z is not None:
            x = torch.cat([x, z[:, None].expand(-1, x.shape[1], -1).to(x.dtype)], dim=2)  # (B, T, E + D)
        said, state = self.writer(x, state)
        return self.head(self.dropout(self.project(said))), state

    def decode(self, z: Tensor | None, before: Tensor) -> Tensor:
        """z (B, D), or None for a language model; words before each place (B, T), START first -> logits (B, T, V)."""
        return self.step(before, z, self.state(z, len(before)))[0]

    def log_likelihood(self, tokens: Tensor, logits: Tensor) -> Tensor:
        """log p(x|z) in nats, up to and with the END; unknown words are not counted. (B, T), (B, T, V) -> (B,)."""
        chance = -F.cross_entropy(logits.float().flatten(0, 1), tokens.flatten(), reduction="none").view(tokens.shape)
        return (chance * counted(tokens)).sum(1)

    def forward(self, tokens: Tensor, before: Tensor, noise: Tensor) -> tuple[Posterior | None, Tensor]:
        """tokens (B, T), the words before each place as the decoder sees them (B, T), noise (B, D)
        -> q(z|x), None for a language model; logits (B, T, V).
        """
        if not self.config.variational:
            return None, self.decode(None, before)
        posterior = self.encode(tokens)
        return posterior, self.decode(posterior.sample(noise), before)

    def log_weights(self, tokens: Tensor, noise: Tensor) -> Tensor:
        """log p(x, z) / q(z|x) for codes drawn with noise (K, B, D) -> (K, B) (arXiv:1509.00519, eq. 8)."""
        posterior = self.encode(tokens)
        z = posterior.sample(noise)  # (K, B, D)
        many = tokens.expand(len(noise), -1, -1).flatten(0, 1)  # (K * B, T)
        said = self.log_likelihood(many, self.decode(z.flatten(0, 1), shifted(many))).view(len(noise), -1)
        return said + log_normal(z, torch.zeros_like(z), torch.zeros_like(z)) - posterior.log_density(z)


def lengths(tokens: Tensor) -> Tensor:
    """Places of each row up to and with its first END. (B, T) -> (B,)."""
    return (tokens != END).long().cumprod(1).sum(1).add(1).clamp_max(tokens.shape[1])


def counted(tokens: Tensor) -> Tensor:
    """1.0 at the places that a sentence is judged by: up to and with the END, but unknown words. (B, T) -> (B, T)."""
    places = torch.arange(tokens.shape[1], device=tokens.device)
    return ((places < lengths(tokens)[:, None]) & (tokens != UNKNOWN)).float()


def shifted(tokens: Tensor) -> Tensor:
    """The word before each place, START before the first. (B, T) -> (B, T)."""
    return torch.cat([torch.full_like(tokens[:, :1], START), tokens[:, :-1]], dim=1)


def hide(before: Tensor, chance: Tensor, share: float) -> Tensor:
    """Word dropout: words whose chance in [0, 1) is below `share` become UNKNOWN, but never the START (section 3.1)."""
    return before.masked_fill((chance < share) & (before != START), UNKNOWN)


@torch.inference_mode()
def write(
    model: TextVAE, z: Tensor, temperature: float = 0.0, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Sentences of the codes z (B, D), word by word, and how likely each word was.

    -> tokens (B, T), END filled up; chances (B, T). Temperature 0 always takes the likeliest word. START and UNKNOWN
    are never written.
    """
    state = model.state(z, len(z))
    word = torch.full((len(z), 1), START, device=z.device)
    tokens, chances = [], []
    for _ in range(model.config.longest + 1):
        logits, state = model.step(word, z, state)
        logits = logits[:, -1].float()  # (B, V)
        logits[:, [START, UNKNOWN]] = -torch.inf
        chance = logits.softmax(1)
        if temperature == 0:
            found = logits.argmax(1, keepdim=True)
        else:
            weighed = (logits / temperature).softmax(1).cpu()
            found = torch.multinomial(weighed, 1, generator=generator).to(z.device)
        found = torch.where(word == END, END, found)
        tokens.append(found)
        chances.append(chance.gather(1, found))
        word = found
    written = torch.cat(tokens, dim=1)
    written[:, -1] = END
    return written, torch.cat(chances, dim=1)
