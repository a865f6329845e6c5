"""Who works in a folder: a lock of the operating system, gone with the process however that ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import BinaryIO


def lock_folder(place: Path) -> BinaryIO | None:
    """The lock of a job's folder; None when another holds it or there is no such folder."""
    try:
        file = (place / "lock").open("wb")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
