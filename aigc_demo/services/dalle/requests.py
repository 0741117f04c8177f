"""What can be asked of DALL-E: one frozen request per use case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

CHECKPOINT = "dalle-scenes"
CODES = "vqvae-scenes"  # the autoencoder whose tokens are written
JUDGE = "judge-scenes"  # the detector that reads pictures
CLIP = "clip-scenes"
SAMPLES = 24  # pictures that ship
MISTAKES = ("untied_head", "positions_shifted", "no_causal_mask", "wrong_scaling")

Prompt = Annotated[str, Text(2000)]
Picture = Annotated[str, Text(8_000_000)]  # "data:image/...;base64,...", or empty for one that ships
Sample = Annotated[int, Range(0, SAMPLES - 1)]
Temperature = Annotated[float, Range(0, 2, 0.05)]
TopK = Annotated[int, Range(0, 1024)]
TopP = Annotated[float, Range(0, 1, 0.01)]
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Draw(Request):
    """Write the tokens of a picture one by one, or go on from some that are kept."""

    prompt: Prompt = "two apples on a blue background"
    temperature: Temperature = 1.0
    top_k: TopK = 0
    top_p: TopP = 0.4
    kept: Annotated[str, Text(1000)] = ""  # tokens that the picture begins with, numbers with commas between them
    seed: Seed = 9


@dataclass(frozen=True)
class Candidates(Request):
    """Draw several pictures and rank them by CLIP."""

    prompt: Prompt = "a dog above a cat on a green background"
    rank: Prompt = ""  # the sentence that CLIP ranks by; empty: the prompt. Another one ranks the same pictures anew
    count: Annotated[int, Range(2, 16)] = 8
    temperature: Temperature = 1.0
    top_k: TopK = 0
    top_p: TopP = 0.95
    seed: Seed = 3


@dataclass(frozen=True)
class Both(Request):
    """Draw one sentence by DALL-E and by diffusion, as often by each."""

    prompt: Prompt = "three pigs on a green background"
    count: Annotated[int, Range(1, 8)] = 4
    steps: Annotated[int, Range(1, 50)] = 10  # of diffusion
    guidance: Annotated[float, Range(0, 20, 0.5)] = 3.0  # of diffusion
    temperature: Temperature = 1.0  # of DALL-E
    top_p: TopP = 0.4  # of DALL-E
    seed: Seed = 7


@dataclass(frozen=True)
class Rebuild(Request):
    """Make tokens of a picture, and a picture of the tokens."""

    queue: ClassVar[str] = "quick"

    sample: Sample = 0
    picture: Picture = ""


@dataclass(frozen=True)
class Describe(Request):
    """Sentences about a picture in both languages, ranked by how likely the model finds them."""

    sample: Sample = 5
    picture: Picture = ""
    drawn: Annotated[int, Range(1, 32)] = 16  # sentences that are drawn in each language; equal ones are one
    temperature: Temperature = 1.0
    seed: Seed = 7


@dataclass(frozen=True)
class Beside(Request):
    """Our network and transformers' generate(), same weights, the likeliest token always."""

    prompt: Prompt = "two apples on a blue background"
    mistake: Annotated[str, Choice(("none", *MISTAKES))] = "none"
