"""Files that the page fetches, in Gradio's cache under the hash of what they hold."""

import hashlib
import os
import tempfile
from pathlib import Path


def cached_file(content: bytes, name: str, cache: str) -> str:
    """Path of a file `name` with this content in the folder `cache`; it is there at once with all of it.

    Written once: Gradio's `save_bytes_to_cache` (6.31) writes it anew each time, and a browser that fetches it at that
    moment is answered with nothing, which it keeps.
    """
    folder = Path(cache) / hashlib.sha256(content).hexdigest()
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        os.utime(path)  # it is in use: Gradio deletes by age
    except FileNotFoundError:
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(content)
        os.replace(file.name, path)
    return str(path.resolve())
