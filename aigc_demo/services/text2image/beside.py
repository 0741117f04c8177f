"""Our models and sampler beside a StableDiffusionPipeline: same weights and noise; where it is there, ONNX Runtime."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.data import scene_tokens
from aigc_demo.data.scenes import SIDE
from aigc_demo.pipelines import parity
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion
from aigc_demo.sampling.guidance import Network, TextDenoiser
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.both_draw import WithOnnx, numbers, page, still, with_onnx
from aigc_demo.services.files import PICTURE
from aigc_demo.services.page_values import each
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from aigc_demo.services.text2image.requests import Beside
from aigc_demo.services.text2image.words import checked, pushed
from aigc_demo.services.use_case import UseCase

PROBE = 600.0  # time at which the layers of the U-Net are compared


class Mistaken:
    """Our side: the models, one of them with a mistake where there is one."""

    def __init__(self, models: Models, mistake: str, guidance: float):
        self.models = models
        model, kl = models.model, models.autoencoder
        self.unet = model.unet
        self.text: nn.Module = model.text
        self.guidance = 1.0 if mistake == "no_guidance_scaling" else guidance
        self.scale = 1.0 if mistake == "wrong_latent_scale" else kl.config.scale
        if mistake == "no_causal_mask":
            self.text = parity.with_mistake(model.text, mistake)
        elif mistake not in ("none", "no_guidance_scaling", "wrong_latent_scale"):
            self.unet = parity.with_mistake(model.unet, mistake)

    def words(self, prompts: Sequence[str]) -> Tensor:
        """Prompts -> what a step needs of them (B, T, K)."""
        tokens = scene_tokens.encode(prompts, self.models.model.config.text.context)
        return self.unet.words(self.text(tokens.to(self.models.device)))

    def network(self, x: Tensor, level: Tensor, words: Tensor) -> Tensor:
        """x (B, C, H, W), level (B,), words (B, T, K) -> velocity (B, C, H, W), as Text2Image.step."""
        return self.unet.step(x, (level + 1) * (1000 / self.models.model.config.levels), words)

    def decode(self, code: Tensor) -> Tensor:
        """Scaled code -> pictures in [-1, 1]."""
        return self.models.autoencoder.decode(code / self.scale).clamp(-1, 1)


@torch.inference_mode()
def beside(store: Store, request: Beside) -> Iterator[Step[WithOnnx | None]]:
    """Draw the same picture with each, then compare results and layers. The value comes last."""
    prompt, negative, models = checked(request.prompt), pushed(request.negative), Models(store)
    ours = Mistaken(models, request.mistake, request.guidance)
    pipeline = to_stable_diffusion(models.model, models.autoencoder, scene_tokens.PATH)
    noise = SeededNoise([request.seed], models.device).draw(models.shape)
    session = models.session(ours.words([prompt])) if request.mistake == "none" else None
    networks: list[Network] = [ours.network] if session is None else [ours.network, session]

    def drawn(network: Network) -> Iterator[Tensor]:
        words, away = ours.words([prompt, negative]).chunk(2)
        denoise = TextDenoiser(network, words, away, ours.guidance)
        moments = models.run(denoise, noise, models.timesteps(request.steps), "euler", SeededNoise([request.seed]))
        for moment in moments:
            last = moment.x
            yield last
        yield ours.decode(last).cpu()

    def theirs() -> Iterator[Tensor]:
        yield library_picture(pipeline, request, prompt, negative, noise)

    done, total, results, times = 0, len(networks) * (request.steps + 2) + 2, [], []
    for run in (*map(drawn, networks), theirs()):
        for x, spent in timed(run):
            last, milliseconds = x, spent
            yield Step(done, total, None)
            done += 1
        results.append(last)
        times.append(milliseconds)
    layers, first = compared(ours, pipeline, [prompt, negative], request.guidance, noise)
    yield Step(total, total, with_onnx(results, results, times, layers, first))


def library_picture(pipeline: Any, request: Beside, prompt: str, negative: str, noise: Tensor) -> Tensor:
    """What the pipeline draws out of noise (1, C, H, W): (1, 3, 64, 64) in [-1, 1]."""
    made: Tensor = pipeline(
        prompt,
        negative_prompt=negative,
        guidance_scale=request.guidance,
        height=SIDE,
        width=SIDE,
        latents=noise,
        sigmas=flow_sigmas(request.steps),
        output_type="pt",
    ).images
    return made.cpu() * 2 - 1


def compared(
    ours: Mistaken, pipeline: Any, prompts: list[str], guidance: float, noise: Tensor
) -> tuple[parity.Figures, int | None]:
    """Every layer of text tower and U-Net on the same input, guidance, and decoding; the first over the tolerance."""
    tokens = scene_tokens.encode(prompts, ours.models.model.config.text.context).to(noise.device)
    time, states = torch.tensor([PROBE], device=noise.device), pipeline.text_encoder(tokens).last_hidden_state
    tables = [
        ("text", "text_encoder", parity.compare(ours.text, pipeline.text_encoder, tokens)),
        ("unet", "unet", parity.compare(ours.unet, pipeline.unet, noise, time, states[:1])),
    ]
    rows = list[tuple[str, str, float, float]]()
    first: int | None = None
    for name, theirs, table in tables:
        if first is None and table.first is not None:
            first = len(rows) + table.first
        rows += [(f"{name}.{row.ours}", f"{theirs}.{row.theirs}", row.maximum, row.mean) for row in table.rows]
    said = [(ours.unet(noise, time, part), pipeline.unet(noise, time, part).sample) for part in states[:, None]]
    (prompt, their_prompt), (away, their_away) = said
    factor = pipeline.vae.config.scaling_factor
    decoded = ours.models.autoencoder.decode(noise / factor), pipeline.vae.decode(noise / factor).sample
    ends = [
        ("guidance", "noise_pred", guided(prompt, away, ours.guidance), guided(their_prompt, their_away, guidance)),
        ("code / scale", "latents / scaling_factor", noise / ours.scale, noise / factor),
        ("decoder", "vae.decode", *decoded),
    ]
    for name, theirs, left, right in ends:
        gap = (left - right).abs()
        if first is None and not gap.max() <= parity.TOLERANCE * max(1.0, float(right.abs().max())):
            first = len(rows)
        rows.append((name, theirs, float(gap.max()), float(gap.mean())))
    return tuple(rows), first


def guided(prompt: Tensor, away: Tensor, guidance: float) -> Tensor:
    """The velocity that a step is taken along."""
    return away + guidance * (prompt - away)


USE_CASE: UseCase[Beside, WithOnnx] = UseCase(
    run=beside,
    page=each(page),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: drawing.ALL,
    first=Beside(),
)
