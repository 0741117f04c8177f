"""What the browser plays notes with: a scale by an instrument of the sound font, rendered once and kept as a file."""

import hashlib
import os
import tempfile
import threading
import time
from pathlib import Path

from aigc_demo.core.environment import private_folder
from aigc_demo.core.errors import UnavailableError
from aigc_demo.data import sound_files, sound_font

NAMES = tuple(name for name in sound_font.PROGRAMS if name != sound_font.ORGAN)
AGAIN = 30  # seconds after a failure in which the program is not run again
lock = threading.Lock()
failed: dict[str, float] = {}  # instrument -> when rendering it failed


def available() -> bool:
    """Whether this machine can play them."""
    return sound_font.available()


def scale(name: str) -> bytes:
    """The FLAC file of an instrument, see data/sound_font.py: scale. KeyError for a name that is none of NAMES,
    UnavailableError where it cannot be made."""
    if name not in NAMES:
        raise KeyError(name)
    place = kept(name)
    with lock:  # one after the other: a class asks at once
        if place.is_file():
            return place.read_bytes()
        if time.monotonic() - failed.get(name, -AGAIN) < AGAIN:
            raise UnavailableError("music.font_failed")
        try:
            file = sound_files.encoded(sound_font.scale(name), "flac", rate=sound_font.SCALE_RATE)
        except UnavailableError:
            failed[name] = time.monotonic()
            raise
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as part:
            part.write(file)
        Path(part.name).replace(place)  # processes share the folder: one of them is the last, all files are whole
    return file


def kept(name: str) -> Path:
    """Where its file is: another font is another file. UnavailableError where there is no font."""
    sound_font.needed(name)
    font = sound_font.font()
    if font is None:
        raise sound_font.missing()
    facts = font.stat()
    made = f"{font.resolve()} {facts.st_size} {facts.st_mtime_ns} {sound_font.layout()}"
    folder = Path(os.environ.get("GRADIO_TEMP_DIR") or private_folder())
    return folder / "instruments" / f"{name}-{hashlib.sha256(made.encode()).hexdigest()[:16]}.flac"
