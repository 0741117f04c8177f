"""What can be asked of the training room: one frozen request per use case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Request

EVERY = "every"
PAIRED = (  # ids of the checkpoints with a network that a library has, too
    "diffusion-digits",
    "text2image-scenes",
    "kl-emoji",
    "kl-scenes",
    "vqvae-scenes",
    "clip-scenes",
    "gpt-shakespeare",
    "gpt-poems",
    "gpt-chorales",
    "dalle-scenes",
    "seq2seq-couplets",
)
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Parity(Request):
    """Every network that a library has too, beside it."""

    queue: ClassVar[str] = "device"

    model: Annotated[str, Choice((EVERY, *PAIRED))] = EVERY
    seed: Seed = 7
