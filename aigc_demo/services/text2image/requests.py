"""What can be asked of the text-to-image family: one frozen request per use case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text
from aigc_demo.sampling.names import SAMPLERS

CHECKPOINT, AUTOENCODER, JUDGE = "text2image-scenes", "kl-scenes", "judge-scenes"
OWN = f"luoxia/{CHECKPOINT}"  # our own, which opens like a model of the hub but lies here
STUDENT, UPSCALER = "text2image-student", "upscaler-scenes"
LONGEST = 200  # characters of a prompt
COUNTS = (1, 4)  # pictures that are drawn at once
SIZES = (64, 128)  # pixels of a saved picture, each way
ORIGINS = ("rendered", "rebuilt", "drawn", "own")  # of the picture that is enlarged
SAMPLES = 24  # rendered pictures that ship
SCALES = (0, 1, 2, 3, 5, 8, 20)  # guidance of the rows of the grid
REGIONS = ("left", "right", "top", "bottom", "middle", "own")  # to paint again
MISTAKES = (
    "no_guidance_scaling",
    "wrong_latent_scale",
    "no_causal_mask",
    "no_cross_attention",
    "gate_swapped",
    "timestep_off_by_one",
)

Prompt = Annotated[str, Text(LONGEST)]
Seed = Annotated[int, SEED]
Steps = Annotated[int, Range(1, 100)]
Sampler = Annotated[str, Choice(SAMPLERS)]
Guidance = Annotated[float, Range(0, 20, 0.5)]
Picture = Annotated[str, Text(8_000_000)]  # "data:image/...;base64,...", or empty


@dataclass(frozen=True)
class Draw(Request):
    """Draw what a sentence says, in Chinese or English."""

    prompt: Prompt = "two red apples on a blue background"
    negative: Prompt = ""  # to be pushed away from; empty: from no prompt at all
    seed: Seed = 18
    count: Annotated[int, Choice(COUNTS)] = 4
    steps: Steps = 10
    sampler: Sampler = "euler"
    guidance: Guidance = 3.0
    size: Annotated[int, Choice(SIZES)] = 64  # 128: the saved picture goes through super-resolution


@dataclass(frozen=True)
class Type(Request):
    """Draw a sentence while it is typed, by a student in one to four steps."""

    queue: ClassVar[str] = "quick"

    prompt: Prompt = "two red apples on a blue background"
    steps: Annotated[int, Range(1, 4)] = 4
    count: Annotated[int, Choice(COUNTS)] = 1
    seed: Seed = 18


@dataclass(frozen=True)
class Attention(Request):
    """Where each word of the prompt is looked at, step by step."""

    prompt: Prompt = "a dog to the left of a cat, green background"
    seed: Seed = 7
    steps: Annotated[int, Range(2, 50)] = 10
    guidance: Guidance = 3.0


@dataclass(frozen=True)
class Grid(Request):
    """One sentence from several seeds at several strengths of guidance."""

    prompt: Prompt = "a frog on the right, yellow background"
    seed: Seed = 0
    seeds: Annotated[int, Range(1, 8)] = 5
    steps: Annotated[int, Range(1, 50)] = 10
    sampler: Sampler = "euler"


@dataclass(frozen=True)
class Walk(Request):
    """Go from one sentence to another and from one noise to another, and draw every stop."""

    prompt: Prompt = "an apple in the middle, white background"
    prompt_to: Prompt = "a car in the middle, purple background"
    seed_from: Seed = 1
    seed_to: Seed = 1
    frames: Annotated[int, Range(2, 32)] = 12
    steps: Annotated[int, Range(1, 50)] = 10
    sampler: Sampler = "euler"
    guidance: Guidance = 3.0


@dataclass(frozen=True)
class Redraw(Request):
    """Start from a picture, noised part of the way, and draw what the sentence says."""

    picture: Picture = ""  # empty: what `source` says is drawn first
    source: Prompt = "a dog in the middle, pink background"
    prompt: Prompt = "a cat in the middle, pink background"
    strength: Annotated[float, Range(0.05, 1, 0.05)] = 0.75
    seed: Seed = 7
    steps: Steps = 10
    sampler: Sampler = "euler"
    guidance: Guidance = 3.0


@dataclass(frozen=True)
class Inpaint(Request):
    """Keep a picture but for a part of it, and draw that part as the sentence says."""

    picture: Picture = ""  # empty: what `source` says is drawn first
    source: Prompt = "a dog on the left, green background"
    prompt: Prompt = "a dog to the left of an apple, green background"
    region: Annotated[str, Choice(REGIONS)] = "right"
    mask: Picture = ""  # for the region "own": ink where it is to be painted again
    seed: Seed = 0
    steps: Steps = 10
    sampler: Sampler = "euler"
    guidance: Guidance = 3.0


@dataclass(frozen=True)
class Upscale(Request):
    """Super-resolution of a picture of 64x64 pixels to 128x128, beside bicubic interpolation."""

    origin: Annotated[str, Choice(ORIGINS)] = "rendered"
    sample: Annotated[int, Range(0, SAMPLES - 1)] = 4  # rendered, or rebuilt by the autoencoder
    prompt: Prompt = "two red apples on a blue background"  # drawn
    seed: Seed = 9
    steps: Steps = 10
    guidance: Guidance = 3.0
    picture: Picture = ""  # one's own


@dataclass(frozen=True)
class Hub(Request):
    """Draw with a Stable Diffusion model of the hub, through diffusers."""

    name: Annotated[str, Text(200)] = OWN  # the only one that needs no network
    prompt: Annotated[str, Text(1000)] = "two red apples on a blue background"
    negative: Annotated[str, Text(1000)] = ""
    steps: Annotated[int, Range(1, 100)] = 10
    guidance: Guidance = 3.0  # up to 1 the negative prompt is not read; turbo models are made for 0
    seed: Seed = 7


@dataclass(frozen=True)
class Beside(Request):
    """Our models and sampler beside a StableDiffusionPipeline, same weights and noise."""

    prompt: Prompt = "two red apples on a blue background"
    negative: Prompt = ""
    seed: Seed = 7
    steps: Annotated[int, Range(1, 50)] = 10
    guidance: Guidance = 3.0
    mistake: Annotated[str, Choice(("none", *MISTAKES))] = "none"
