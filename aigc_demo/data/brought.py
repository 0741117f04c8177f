"""Pictures that a person brings, files or a ZIP of them: judged by content, made small and alike, or refused with a
reason.

Nothing of an archive is ever written to the disk, so a name in it can do no harm; a name that points out of the archive
is refused all the same, as are links, archives inside, and what would expand to more than is taken.
"""

import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from aigc_demo.core.errors import BadFileError, UserError
from aigc_demo.core.params import short
from aigc_demo.data.images import square, to_bytes
from aigc_demo.data.picture_files import open_picture

SIDE = 32  # pixels of a side, after the middle of a picture was made small
GREY = 8  # largest difference of two channels, of 255, in a picture without colour
ARCHIVE = b"PK"
END, END_SIZE = b"PK\x05\x06", 22  # record that ends a ZIP; it is the last thing in it, but for a comment
COMMENT = 65_535  # longest comment, bytes
LISTED = 300  # bytes that a file takes in the list of a ZIP, at most, on average
UPWARDS = ("/", "\\", "~")  # what a name begins with that is no place inside an archive
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db")  # what systems put into a ZIP by themselves; left out in silence
REASONS = ("path", "link", "locked", "archive", "large", "picture", "empty", "same", "damaged")


@dataclass(frozen=True)
class Limits:
    """What is taken of one person."""

    size: int = 50_000_000  # bytes of all files together
    files: int = 5_000
    expanded: int = 200_000_000  # bytes of all files of a ZIP together
    file: int = 20_000_000  # bytes of one of them


@dataclass(frozen=True)
class Brought:
    """Pictures as they are trained on, in the order in which they were given, no two alike."""

    pictures: np.ndarray  # (N, 3, 32, 32) uint8
    refused: tuple[tuple[str, str], ...]  # name and one of REASONS

    @property
    def grey(self) -> bool:
        """Whether no picture has any colour."""
        found = self.pictures.astype(np.int16)
        return bool(np.ptp(found, axis=1).max(initial=0) <= GREY)

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> how many files, the most frequent first."""
        return dict(Counter(reason for _, reason in self.refused).most_common())


class RefusedError(Exception):
    """A file is not taken; the message is one of REASONS."""


def take(paths: Sequence[Path], limits: Limits | None = None) -> Brought:
    """The pictures in files and ZIPs; BadFileError where there is none, or more than the limits allow."""
    limits = limits or Limits()
    if sum(path.stat().st_size for path in paths) > limits.size:
        raise BadFileError("training.too_much", megabytes=limits.size // 10**6)
    pictures: list[np.ndarray] = []
    refused: list[tuple[str, str]] = []
    known: set[bytes] = set()
    seen = 0
    for name, content in contents(paths, limits):
        seen += 1
        if seen > limits.files:
            raise BadFileError("training.too_many", most=limits.files)
        try:
            picture = small(content)
            if picture.tobytes() in known:
                raise RefusedError("same")
        except RefusedError as reason:
            refused.append((short(name), str(reason)))
            continue
        known.add(picture.tobytes())
        pictures.append(picture)
    if not pictures:
        raise BadFileError("training.no_pictures", count=len(refused))
    return Brought(np.stack(pictures), tuple(refused))


def contents(paths: Sequence[Path], limits: Limits) -> Iterator[tuple[str, bytes | RefusedError]]:
    """Name and bytes of every file, those in ZIPs among them; instead of its bytes, why a file is refused."""
    for path in paths:
        with path.open("rb") as file:
            begin = file.read(2)
        if begin == ARCHIVE:
            yield from unpacked(path, limits)
        elif path.stat().st_size > limits.file:
            yield path.name, RefusedError("large")
        else:
            yield path.name, path.read_bytes()


def unpacked(path: Path, limits: Limits) -> Iterator[tuple[str, bytes | RefusedError]]:
    """The same of a ZIP, read one by one; BadFileError when it is none, or expands to too much."""
    if listed(path) > LISTED * limits.files:
        raise BadFileError("training.too_many", most=limits.files)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not junk(entry.filename)]
            if len(entries) > limits.files:
                raise BadFileError("training.too_many", most=limits.files)
            if sum(entry.file_size for entry in entries) > limits.expanded:
                raise BadFileError("training.bomb", megabytes=limits.expanded // 10**6)
            for entry in entries:
                yield entry.filename, entry_content(archive, entry, limits)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFileError("training.broken_zip") from error


def entry_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes | RefusedError:
    """The bytes of a file in a ZIP, or why it is refused; never more of it is expanded than its entry says."""
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if entry.filename.startswith(UPWARDS) or ".." in name.parts or ":" in name.parts[0]:
        return RefusedError("path")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return RefusedError("link")
    if entry.flag_bits & 1:
        return RefusedError("locked")
    if entry.file_size > limits.file:
        return RefusedError("large")
    try:
        return archive.read(entry)
    except Exception:  # zlib, lzma and bz2 have errors of their own
        return RefusedError("damaged")


def listed(path: Path) -> int:
    """Bytes of the list of files in a ZIP, as its last record says; BadFileError where there is none."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END_SIZE - COMMENT))
        tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_SIZE:
        raise BadFileError("training.broken_zip")
    size: int = struct.unpack("<I", tail[at + 12 : at + 16])[0]
    return size


def junk(name: str) -> bool:
    """Whether a system made the file and no person did."""
    return any(part in JUNK or part.startswith("._") for part in PurePosixPath(name).parts)


def small(content: bytes | RefusedError) -> np.ndarray:
    """(3, 32, 32) uint8 of a picture file: upright, its middle, on white. RefusedError with the reason."""
    if isinstance(content, RefusedError):
        raise content
    if content[:2] == ARCHIVE:
        raise RefusedError("archive")
    try:
        return to_bytes(square(open_picture(content), SIDE))
    except UserError as error:
        raise RefusedError({"too_large": "large", "empty_picture": "empty"}.get(error.key, "picture")) from None
