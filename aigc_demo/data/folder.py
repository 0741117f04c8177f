"""Where data sets are kept on this machine."""

import os
import tempfile
from pathlib import Path


def data_folder(name: str) -> Path:
    """Folder of one data set: $AIGC_DATA_DIR, else ~/.cache/aigc_demo, then its name."""
    named = os.environ.get("AIGC_DATA_DIR")
    return (Path(named) if named else home() / ".cache" / "aigc_demo") / name


def home() -> Path:
    """The home folder of this user, else, for a user without one, that of temporary files."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir())
