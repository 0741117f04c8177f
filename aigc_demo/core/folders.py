"""Folders that this program makes for itself."""

import errno
import os
from pathlib import Path

from aigc_demo.core.errors import UnavailableError

FULL = (errno.ENOSPC, errno.EDQUOT)  # why a file cannot grow
NOT_TO_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.ENOTDIR)  # why a file cannot be made


def made(folder: Path) -> Path:
    """`folder`, made where it is not there yet; UnavailableError, with what to do, where this user cannot write."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError("unwritable") from error
    if not os.access(folder, os.W_OK):
        raise UnavailableError("unwritable")
    return folder
