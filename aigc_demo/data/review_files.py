"""What is kept of the source archive of vaderSentiment: its film-review snippets, one a line, as they come.

The snippets lie in an archive within the archive, one a line: number, rating, text.
"""

import html
import io
import tarfile
from pathlib import Path

ARCHIVE = "additional_resources/hutto_ICWSM_2014.tar.gz"
TABLE = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"


def contents(archive: tarfile.TarFile, end: str) -> bytes:
    """The bytes of the first file whose path ends so; ValueError where there is none."""
    for member in archive:
        if member.isfile() and member.name.endswith(end):
            file = archive.extractfile(member)
            return file.read() if file else b""
    raise ValueError(f"{end} is not in the package")


def pack_reviews(archive: tarfile.TarFile, target: Path) -> None:
    """Write the snippets of the source archive to reviews.txt in `target`, one per line."""
    with tarfile.open(fileobj=io.BytesIO(contents(archive, ARCHIVE))) as inner:
        table = contents(inner, TABLE).decode("utf-8")
    rows = [row.split("\t", 2)[2] for row in table.splitlines() if row.count("\t") >= 2]
    lines = (" ".join(html.unescape(html.unescape(row)).split()) + "\n" for row in rows)
    (target / "reviews.txt").write_bytes("".join(lines).encode())
