"""Measure a checkpoint on held-out data, anew from its file.

    python -m aigc_demo.evaluation diffusion-digits --json
    python -m aigc_demo.evaluation diffusion-digits --update --run runs/diffusion-digits

--update writes what was measured (with size, sha256, parameters and, from the training's own state, steps and minutes)
into the catalogue. `--file` measures another file in the place of the shipped one, for a run that is under way.
"""

import argparse
import json
import logging
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.checkpoints.store import Store, named
from aigc_demo.core.errors import UserError
from aigc_demo.data.fetch import present
from aigc_demo.evaluation import autoencoders, colour, couplets, cyclegan, digits, emoji, gan, language, textvae
from aigc_demo.evaluation.digits import Settings
from aigc_demo.models.cyclegan import CycleGAN
from aigc_demo.models.gan import GAN
from aigc_demo.models.gpt import GPT
from aigc_demo.models.judge import Judge
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.lstm import LSTM
from aigc_demo.models.seq2seq import Seq2Seq
from aigc_demo.models.textvae import TextVAE
from aigc_demo.models.vae import VAE

logger = logging.getLogger(__name__)
COLOUR = 768  # held-out emoji: all of both vendors
JUDGES = {"mnist": "judge-digits", "emoji": "judge-emoji"}  # who reads the pictures of which data set


def options(arguments: list[str] | None = None) -> tuple[argparse.Namespace, Settings]:
    """The command line. The catalogue takes only what was measured on the shipped file, with the usual settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", help="id of the checkpoint in the catalogue")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--update", action="store_true", help="write the result into the catalogue")
    parser.add_argument("--file", type=Path, help="measure this file instead of the shipped one")
    parser.add_argument("--run", type=Path, help="folder of the training, for its steps and minutes")
    parser.add_argument("--hardware", help="what it was trained on, for the catalogue")
    for setting in fields(Settings):
        parser.add_argument(f"--{setting.name}", type=type(setting.default), default=setting.default)
    chosen = parser.parse_args(arguments)
    settings = Settings(**{setting.name: getattr(chosen, setting.name) for setting in fields(Settings)})
    if chosen.update and (chosen.file or settings != Settings()):
        parser.error("--update goes with the shipped file and the usual settings only")
    return chosen, settings


def measure(model: nn.Module, data: str, judge: Any, settings: Settings) -> dict[str, Any]:
    """{"metrics", "samples", ...} of a model of the data set `data`."""
    if isinstance(model, VAE):
        return autoencoders.evaluate(model, data, judge, settings)
    if isinstance(model, KLAutoencoder):
        return {"metrics": colour.evaluate(model, present(data), COLOUR), "samples": COLOUR}
    if isinstance(model, GAN):
        return gan.evaluate(model, judge, present(data), settings)
    if isinstance(model, CycleGAN):
        metrics, samples = cyclegan.evaluate(model, judge, present(data))
        return {"metrics": metrics, "samples": samples}
    if isinstance(model, GPT | LSTM):
        metrics, samples = language.evaluate(model, data, present(data), Store().assets)
        return {"metrics": metrics, "samples": samples}
    if isinstance(model, Seq2Seq):
        metrics, samples = couplets.evaluate(model, present(data), Store().assets)
        return {"metrics": metrics, "samples": samples}
    if isinstance(model, Judge) and data == "emoji":
        metrics, samples = emoji.judge_metrics(model, present(data))
        return {"metrics": metrics, "samples": samples}
    if isinstance(model, TextVAE):
        return textvae.measure(model, data)
    return digits.evaluate(model, judge, present(data), settings)


def evaluate(checkpoint: Checkpoint, store: Store, settings: Settings, file: Path | None = None) -> dict[str, Any]:
    """{"checkpoint", "metrics", "samples", "settings", "seconds"} of the shipped file, or of another one."""
    started = time.perf_counter()
    judge = store.load(JUDGES[checkpoint.data]) if checkpoint.data in JUDGES else None
    if file is None:
        model = store.load(checkpoint.id)
    else:
        model = files.read(file, named(checkpoint.model), named(checkpoint.config)).to(store.device)
    found = measure(model, checkpoint.data, judge, settings)
    found["metrics"] = {name: round(value, 5) for name, value in found["metrics"].items()}
    return {"checkpoint": checkpoint.id, **found, "seconds": round(time.perf_counter() - started, 1)}


def training_facts(run: Path | None, hardware: str | None) -> dict[str, Any]:
    """Steps and minutes of a training, from the state it left, and the hardware's name where given."""
    facts: dict[str, Any] = {"hardware": hardware} if hardware else {}
    if run is not None:
        state = torch.load(run / "state.pt", weights_only=True, map_location="cpu", mmap=True)
        facts |= {"steps": state["step"], "minutes": round(state["seconds"] / 60, 1)}
    return facts


def main() -> None:
    chosen, settings = options()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        if chosen.update:
            # the file is about to be measured: what the catalogue says of it must not stand in the way
            catalogue.remeasure(chosen.id, training_facts(chosen.run, chosen.hardware))
            catalogue.shipped.cache_clear()
        result = evaluate(catalogue.checkpoint(chosen.id), Store(), settings, chosen.file)
        if chosen.update:
            catalogue.remeasure(chosen.id, {"metrics": result["metrics"]})
        if chosen.update and "information" in result:
            autoencoders.remember(chosen.id, result)
        if chosen.update and "counts" in result:
            gan.remember(chosen.id, result)
        if chosen.update and "dimensions" in result:
            textvae.remember(chosen.id, result)
    except UserError as error:
        raise SystemExit(str(error)) from error
    if chosen.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for name, value in result["metrics"].items():
            sys.stdout.write(f"{name:24}{value:.5f}\n")
        sys.stdout.write(f"{'samples':24}{result['samples']}\n{'seconds':24}{result['seconds']}\n")


if __name__ == "__main__":
    main()
