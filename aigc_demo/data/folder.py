"""Where data sets are kept on this machine."""

import os
from pathlib import Path


def data_folder(name: str) -> Path:
    """Folder of one data set: $AIGC_DATA_DIR, else ~/.cache/aigc_demo, then its name."""
    root = os.environ.get("AIGC_DATA_DIR") or Path.home() / ".cache" / "aigc_demo"
    return Path(root) / name
