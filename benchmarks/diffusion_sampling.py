"""Drawing with our network and sampler against diffusers' DDIMPipeline: same weights, steps, noise levels, one process.

Batch 1 in float32; batch 16 in the fastest format in which the judge reads the pictures as before. A pipeline of
diffusers knows no classes, so both sides draw without one: the embedding of the null class is put into the bias of the
peer's time embedding, which leaves the function as it is.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.hf_image import LibraryDraw, scheduler
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from benchmarks.measure import Result, alternate, at_best, compare, stopwatch

STEPS = 20
LARGE = 16  # pictures of the larger batch
JUDGED = 64  # pictures that the judge reads in both formats
AGREEMENT = 0.98  # share of them that it must read alike


def has_bf16_units() -> bool:
    """Whether the CPU multiplies bfloat16 numbers by itself."""
    capable = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(bool(value) for name, value in capable.items() if "amx_bf16" in name or "avx512_bf16" in name)


def pipeline(model: DiffusionModel) -> Any:
    """diffusers' DDIMPipeline with the weights of `model`, without classes."""
    from diffusers import DDIMPipeline

    unet = to_library(model)
    unet.time_embedding.linear_2.bias += unet.class_embedding.weight[-1]
    unet.class_embedding = None
    unet.register_to_config(num_class_embeds=None)
    made: Any = DDIMPipeline(unet, scheduler(model.config, LibraryDraw("ddim", STEPS)))  # type: ignore[no-untyped-call]
    made.set_progress_bar_config(disable=True)
    return made


def draw(
    model: DiffusionModel, x: Tensor, dtype: torch.dtype, label: Tensor | None = None, guidance: float = 1.0
) -> Tensor:
    """Start noise (B, C, H, W), folded -> pictures (B, C, H, W)."""
    config = model.config
    denoise = Denoiser(model, config.prediction, label, config.unet.classes - 1, guidance, dtype)
    *_, last = sample(
        denoise, x, trailing_timesteps(STEPS, config.levels), alpha_bar(config.schedule, config.levels), "ddim"
    )
    return model.unfold(last.x)


def same_verdicts(store: Store, formats: dict[torch.dtype, DiffusionModel]) -> dict[torch.dtype, float]:
    """Share of JUDGED pictures, drawn by class, that the judge reads as it reads the float32 ones."""
    judge: Any = store.load("judge-digits")
    label = torch.arange(JUDGED) % 10
    model = formats[torch.float32]
    read = {}
    with torch.inference_mode():
        for dtype, variant in formats.items():
            x = model.fold(SeededNoise(range(JUDGED)).draw(model.config.picture))
            read[dtype] = judge(draw(variant, x, dtype, label, 1.5)).argmax(1)
    return {dtype: float((seen == read[torch.float32]).double().mean()) for dtype, seen in read.items()}


def batch(name: str, limit: float, size: int, variant: DiffusionModel, peer: Any, rounds: int) -> Result:
    """`size` pictures by us in the variant's format, and by the pipeline in float32."""
    dtype = next(variant.parameters()).dtype

    def ours() -> Tensor:
        noise = torch.randn((size, *picture), generator=torch.Generator().manual_seed(0))
        return draw(variant, noise, dtype)

    def theirs() -> Tensor:
        generator = torch.Generator().manual_seed(0)
        arrays = peer(size, generator, num_inference_steps=STEPS, output_type="np", return_dict=False)[0]
        return variant.unfold(torch.from_numpy(arrays).permute(0, 3, 1, 2) * 2 - 1)

    config = variant.config.unet
    picture = (config.channels, config.image_size, config.image_size)
    works: dict[str, Callable[[], Tensor]] = {"ours": ours, "peer": theirs}
    pictures = {side: work().clamp(-1, 1) for side, work in works.items()}  # also warms both up
    gap = float((pictures["ours"] - pictures["peer"]).abs().max())
    count, works["peer"] = at_best(theirs)
    runs = alternate({side: lambda work=work: per_step(work) for side, work in works.items()}, rounds)  # type: ignore[misc]
    processor = compare(name, "ms", limit, runs, "cpu_ms").ratio
    threads = {"threads": torch.get_num_threads(), "threads_of_peer": count}
    facts = {"batch": size, "format": str(dtype)[6:], **threads, "largest_difference": gap}
    return compare(name, "ms per step", limit, runs, "ms", [{**facts, "ratio_of_processor_time": processor}])


def per_step(work: Callable[[], Tensor]) -> dict[str, float]:
    """Milliseconds per denoising step."""
    taken = stopwatch(work)
    return {"ms": taken["seconds"] / STEPS * 1000, "cpu_ms": taken["cpu_seconds"] / STEPS * 1000}


def run(rounds: int = 9) -> Result:
    torch.set_flush_denormal(True)
    store = Store(Path(__file__).resolve().parent.parent / "assets", device="cpu")
    model: Any = store.load("diffusion-digits")
    peer = pipeline(model)
    formats = {torch.float32: model}
    if has_bf16_units():
        formats[torch.bfloat16] = copy.deepcopy(model).to(torch.bfloat16)
    verdicts = same_verdicts(store, formats)
    small = batch("diffusion_sampling", 1.5, 1, model, peer, rounds)
    large = [
        batch("diffusion_sampling_batch16", 2.0, LARGE, variant, peer, rounds)
        for dtype, variant in formats.items()
        if verdicts[dtype] >= AGREEMENT
    ]
    best = max(large, key=lambda result: result.ratio).to_plain()
    read_alike = {str(dtype)[6:]: share for dtype, share in verdicts.items()}
    more = [*small.more, {**best, "verdicts_as_in_float32": read_alike}]
    return Result(small.name, small.unit, small.ours, small.peer, small.ratio, small.limit, small.runs, more)
