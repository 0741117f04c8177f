"""Open a DDPM or DDIM model that diffusers saved in a folder: a pipeline, or the network alone.

Its weights go into our U-Net; its scheduler's config says how it draws. Nothing runs code from the folder: weights are
read from safetensors, or from the older format with the reader that takes tensors only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel, UNet
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.pairs.unet import from_library, unet_config
from aigc_demo.pipelines.scheduler import SCHEDULERS, Scheduler, read_scheduler

LONGEST = 1_000_000  # bytes of a JSON file
WEIGHTS = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")  # best first


@dataclass(frozen=True)
class FolderModel:
    """Somebody else's weights in our network, with how to draw with them."""

    name: str
    model: DiffusionModel
    scheduler: Scheduler
    classes: tuple[str, ...]  # as in Description


def find_files(name: str, index: Mapping[str, Any], files: Mapping[str, int]) -> tuple[str, ...]:
    """Names of config, weights and scheduler config among `files`; `index` is model_index.json, empty without one."""
    parts = {part: kind for part, kind in index.items() if not part.startswith("_") and isinstance(kind, list)}
    if index and (set(parts) != {"unet", "scheduler"} or parts["unet"][-1] != "UNet2DModel"):
        raise BadRequestError("hub_unsupported", name=name)
    if index and parts["scheduler"][-1] not in SCHEDULERS:
        raise BadRequestError("hub_unsupported", name=f"{name} ({parts['scheduler'][-1]})")
    for folder in ("unet/", ""):  # early models keep everything at the top
        weights = [folder + file for file in WEIGHTS if folder + file in files]
        if weights and folder + "config.json" in files:
            schedules = ("scheduler/scheduler_config.json", "scheduler_config.json")
            return (folder + "config.json", weights[0], *[file for file in schedules if file in files][:1])
    raise BadRequestError("hub_unsupported", name=name)


def read_json(path: Path, name: str) -> dict[str, Any]:
    """The object in a JSON file of the model `name`."""
    try:
        plain = json.loads(path.read_text()) if path.stat().st_size < LONGEST else None
    except ValueError:
        plain = None
    if not isinstance(plain, dict):
        raise BadRequestError("hub_unsupported", name=name)
    return plain


def picture_of(name: str, options: Mapping[str, Any]) -> tuple[int, int, int]:
    """Shape (C, H, W) of the pictures; refuses what is no UNet2DModel of a sensible size."""
    widths, size = options.get("block_out_channels"), options.get("sample_size")
    channels, blocks = options.get("in_channels", 3), options.get("layers_per_block", 2)
    sensible = (
        options.get("_class_name") == "UNet2DModel"
        and isinstance(widths, list)
        and 0 < len(widths) <= 8
        and all(isinstance(n, int) and 0 < n <= 4096 for n in (*widths, size, channels))
        and isinstance(blocks, int)
        and 0 < blocks <= 8
    )
    if not sensible or size is None or size > 512:
        raise BadRequestError("hub_unsupported", name=name)
    return channels, size, size


def class_names(options: Mapping[str, Any], index: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the classes where the model gives them, else their numbers; empty without classes."""
    count = options.get("num_class_embeds")
    if not isinstance(count, int):
        return ()
    names = index.get("id2label")
    named = names if isinstance(names, dict) else {}
    return tuple(str(named.get(str(i), i)) for i in range(min(count, 1000)))


def open_folder(folder: Path, name: str = "") -> FolderModel:
    """A DDPM or DDIM model that diffusers saved in `folder`: a pipeline, or the network alone."""
    name = name or folder.name
    files = {str(path.relative_to(folder)): path.stat().st_size for path in folder.glob("**/*") if path.is_file()}
    index = read_json(folder / "model_index.json", name) if "model_index.json" in files else {}
    found = find_files(name, index, files)
    options = read_json(folder / found[0], name)
    picture_of(name, options)
    plain = read_json(folder / found[2], name) if len(found) > 2 else {}
    scheduler = read_scheduler(plain, name, str((index.get("scheduler") or [""])[-1]))
    if files[found[1]] < 2 * planned(options, name):
        raise UnavailableError("hub_damaged", name=name)
    unet = read_unet((folder / found[0]).parent, name)
    kind = "cosine" if plain.get("beta_schedule") == "squaredcos_cap_v2" else "linear"
    with torch.device("meta"):
        model = DiffusionModel(DiffusionConfig(unet.config, 1, kind, scheduler.prediction, len(scheduler.alpha_bar)))
    model.unet = unet
    return FolderModel(name, model.eval(), scheduler, class_names(options, index))


def unet2d() -> Any:
    """diffusers' UNet2DModel; imported at first use."""
    return diffusers().UNet2DModel


def planned(options: Mapping[str, Any], name: str) -> int:
    """Number of weights of the network that `options` describe; refuses what our U-Net has no form for."""
    network = unet2d()
    try:
        with torch.device("meta"):
            module = network.from_config(options)
        unet_config(module.config)
    except BadRequestError as error:
        raise BadRequestError("hub_unsupported", name=f"{name}, a {error.values['name']},") from error
    except (ValueError, TypeError, KeyError, RuntimeError, AttributeError, ArithmeticError) as error:
        raise BadRequestError("hub_unsupported", name=name) from error
    return sum(tensor.numel() for tensor in module.parameters())


def read_unet(folder: Path, name: str) -> UNet:
    """The network in `folder` as ours."""
    from pickle import UnpicklingError

    from safetensors import SafetensorError

    safe = (folder / WEIGHTS[0]).exists()
    try:
        theirs = unet2d().from_pretrained(folder, local_files_only=True, use_safetensors=safe)
        return from_library(theirs.float())
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, UnpicklingError, SafetensorError) as error:
        raise UnavailableError("hub_damaged", name=name) from error
