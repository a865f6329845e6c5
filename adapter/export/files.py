"""Files that are whole or absent: written beside their place, synced, renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Published:
    """Size in bytes and SHA-256 of a file that is in its place."""

    bytes: int
    sha256: str


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose bytes become ``path`` when the block ends well, and nothing when it does not.

    The temporary name holds host and process id: two processes that write the same file do not meet in it.
    """
    temporary = path.with_name(f".{path.name}.{os.uname().nodename}-{os.getpid()}.tmp")
    try:
        with temporary.open("w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def publish(path: Path, blocks: Iterable[bytes]) -> Published:
    """Write ``blocks`` as ``path``, whole or not at all. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with replacing(path) as stream:
        for block in blocks:
            stream.write(block)
            digest.update(block)
            size += len(block)
    return Published(size, digest.hexdigest())


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a block at a time."""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def measure(path: Path) -> Published:
    """Size and hash of the file at ``path``; raises OSError."""
    digest, size = hashlib.sha256(), 0
    for block in blocks(path):
        digest.update(block)
        size += len(block)
    return Published(size, digest.hexdigest())


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
