"""Stable Diffusion models of the hub: looked up, brought here, and opened as diffusers' StableDiffusionPipeline.

What may travel: weights as safetensors, in one file for each network (those in half precision where all networks have
them), and the small files of config and tokenizer. Classes are those of PARTS only, so nothing that could run code is
fetched. The model's own safety checker comes with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.core.steps import Step
from aigc_demo.pipelines.folder import read_json
from aigc_demo.pipelines.hub import MEGABYTE, Hub
from aigc_demo.pipelines.library import diffusers

INDEX = "model_index.json"
PIPELINE = "StableDiffusionPipeline"
PARTS = {  # of the pipeline -> the classes that it may be of
    "unet": ("UNet2DConditionModel",),
    "vae": ("AutoencoderKL",),
    "text_encoder": ("CLIPTextModel",),
    "safety_checker": ("StableDiffusionSafetyChecker",),
    "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
    "scheduler": (),  # any of diffusers, see below
    "feature_extractor": ("CLIPImageProcessor", "CLIPFeatureExtractor"),
}
NEEDED = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")
WEIGHTS = {  # stem of the file of weights
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "safety_checker": "model",
}
HALF = ".fp16"
SMALL_FILES = (
    *("config.json", "scheduler_config.json", "preprocessor_config.json"),
    *("vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
)
SMALL = 10 * MEGABYTE  # bytes of a file that is not weights
LIMIT = 3500  # megabytes of weights
KEPT = 7000  # megabytes of downloads that stay on this machine
LARGEST = 1024  # pixels of a picture, each way
BROKEN = (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError, ImportError)  # what opening raises


@dataclass(frozen=True)
class StableAbout:
    """What a model is, before its weights travel."""

    name: str  # hub id
    megabytes: float  # of everything that would travel
    scheduler: str  # class
    side: int  # pixels of a picture, each way
    filtered: bool  # whether a safety checker of its own looks at what it draws
    licence: str  # as the hub has it; empty where none is given
    revision: str  # commit
    files: tuple[str, ...]  # model_index.json first


def parts_of(name: str, index: Mapping[str, Any]) -> dict[str, str]:
    """Part -> class, of what a pipeline consists of; BadRequestError where that is no StableDiffusionPipeline."""
    if index.get("_class_name") != PIPELINE:
        raise BadRequestError("hub_no_stable", name=name, kind=str(index.get("_class_name"))[:80])
    found = {}
    for part, kind in index.items():
        if part.startswith("_") or not isinstance(kind, list) or kind == [None, None]:
            continue
        library, made = (str(entry) for entry in (*kind, "", "")[:2])
        known = PARTS.get(part)
        scheduler = part == "scheduler" and library == "diffusers" and made.endswith("Scheduler")
        if known is None or not (scheduler or made in known):
            raise BadRequestError("hub_no_stable", name=name, kind=f"{PIPELINE} ({part}: {made[:80]})")
        found[part] = made
    if not set(NEEDED) <= set(found):
        raise BadRequestError("hub_no_stable", name=name, kind=f"{PIPELINE} (-{', -'.join(set(NEEDED) - set(found))})")
    return found


def files_of(name: str, parts: Mapping[str, str], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """What has to travel, model_index.json first; BadRequestError where weights are not there as safetensors."""
    networks = [part for part in parts if part in WEIGHTS]
    for variant in (HALF, ""):
        weights = {part: f"{part}/{WEIGHTS[part]}{variant}.safetensors" for part in networks}
        if all(sizes.get(file) for file in weights.values()):
            small = [f"{part}/{file}" for part in parts for file in SMALL_FILES]
            return (INDEX, *(file for file in small if 0 < sizes.get(file, 0) <= SMALL), *weights.values())
    missing = next(part for part in networks if not sizes.get(f"{part}/{WEIGHTS[part]}.safetensors"))
    raise BadRequestError("hub_no_safetensors", name=name, part=missing)


class StableHub(Hub):
    """Hub for Stable Diffusion."""

    def about(self, name: str) -> StableAbout:
        """Ask the hub what the model `owner/name` is. UserError with the reason where it cannot be opened here."""
        found = self.information(name)
        revision = found.sha or "main"
        sizes = {file.rfilename: file.size or 0 for file in found.siblings or []}
        if not 0 < sizes.get(INDEX, 0) <= SMALL:
            raise BadRequestError("hub_no_pipeline", name=name)
        parts = parts_of(name, self.json(name, INDEX, revision))
        files = files_of(name, parts, sizes)
        return StableAbout(
            name=name,
            megabytes=round(sum(sizes[file] for file in files) / MEGABYTE, 1),
            scheduler=parts["scheduler"],
            side=side_of(
                name, self.json(name, "unet/config.json", revision), self.json(name, "vae/config.json", revision)
            ),
            filtered="safety_checker" in parts,
            licence=str(found.card_data.get("license") or "") if found.card_data else "",
            revision=revision,
            files=files,
        )

    def bring(self, name: str, limit: float = LIMIT) -> Iterator[Step[Path | None]]:
        """Yield megabytes as they arrive (value None), last the folder. Nothing travels when it is too large."""
        yield from self.arrive(self.about(name), limit, KEPT)


def side_of(name: str, unet: Mapping[str, Any], vae: Mapping[str, Any]) -> int:
    """Pixels of a picture, each way; BadRequestError for what is no such network or draws too large."""
    size, widths = unet.get("sample_size"), vae.get("block_out_channels")
    side = 0
    if isinstance(size, int) and isinstance(widths, list) and 0 < len(widths) <= 8:
        side = size * 2 ** (len(widths) - 1)
    if not 0 < side <= LARGEST:
        raise BadRequestError("hub_no_stable", name=name, kind=f"{PIPELINE} (sample_size: {str(size)[:80]})")
    return side


def open_stable(folder: Path, name: str) -> Any:
    """The StableDiffusionPipeline in `folder`, in float32; UnavailableError where it cannot be read."""
    import torch

    parts = parts_of(name, read_json(folder / INDEX, name))
    half = (folder / f"unet/{WEIGHTS['unet']}{HALF}.safetensors").is_file()
    absent = {part: None for part in ("safety_checker", "feature_extractor") if part not in parts}
    try:
        pipeline = diffusers().StableDiffusionPipeline.from_pretrained(
            folder,
            variant=HALF[1:] if half else None,
            torch_dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            requires_safety_checker="safety_checker" in parts,
            **absent,
        )
    except BROKEN as error:
        raise UnavailableError("hub_damaged", name=name) from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
