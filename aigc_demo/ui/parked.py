"""What is too large to stand in a page, kept in memory under an address that has a hash of its content.

First values of views are fetched when their view is opened; one whose words depend on the language stays in the page.
Our scripts and styles are named in the head of a page, see head.py. Browsers keep all of it for good.
"""

import hashlib
import json
from typing import Any

PREFIX = "/kept-"  # no folder: a sheet finds pictures that an element names to it where the page finds them
LARGE = 12_000  # bytes of JSON that a page carries for a view
kept: dict[str, bytes] = {}  # path -> content


def parked(value: Any) -> Any:
    """The value itself, or {"at": its address}; `luoxia.fetched` puts it into its place."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return value if len(written) <= LARGE or "⟦".encode() in written else {"at": park(written, "json")}


def park(content: bytes, kind: str) -> str:
    """Keep a file that ends in `kind`; its address, relative to a page's <base>."""
    path = f"{PREFIX}{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
    kept[path] = content
    return f".{path}"
