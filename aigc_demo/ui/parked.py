"""First values of views that are too large to stand in a page: kept in memory, and fetched when their view is opened.

A value whose words depend on the language stays in the page.
"""

import hashlib
import json
from typing import Any

PREFIX = "/values/"
LARGE = 12_000  # bytes of JSON that a page carries for a view
kept: dict[str, bytes] = {}  # path -> JSON


def parked(value: Any) -> Any:
    """The value itself, or {"at": its address}; `luoxia.fetched` puts it into its place."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    if len(written) <= LARGE or "⟦".encode() in written:
        return value
    path = f"{PREFIX}{hashlib.sha256(written).hexdigest()[:16]}.json"
    kept[path] = written
    return {"at": f".{path}"}
