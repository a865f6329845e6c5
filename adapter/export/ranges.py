"""An NDJSON file as ranges of bytes, each with the lines that start in it and the number of its first line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from adapter.errors import ReadError


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes [start, end) of a file; ``first_line`` is the number (from 1) of the first line that starts in it."""

    n: int
    start: int
    end: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Source:
    """An input file as it was when the export began: size and SHA-256 of its bytes."""

    path: str
    bytes: int
    sha256: str


def plan(path: Path, chunk_bytes: int) -> tuple[Source, list[Range]]:
    """The file's identity and its ranges of ``chunk_bytes``, in one pass; raises OSError.

    A range may hold no line start at all (a line longer than the range): it is then an empty chunk.
    """
    digest, newlines, start, last = hashlib.sha256(), 0, 0, b"\n"
    ranges: list[Range] = []
    with path.open("rb") as stream:
        while block := stream.read(chunk_bytes):
            # Lines that start before this block: one after each newline but one at the very end of the block before.
            first = newlines + 1 if last == b"\n" else newlines + 2
            ranges.append(Range(len(ranges), start, start + len(block), first))
            digest.update(block)
            newlines += block.count(b"\n")
            start += len(block)
            last = block[-1:]
    return Source(str(path.absolute()), start, digest.hexdigest()), ranges


def lines(stream: BinaryIO, part: Range, limit: int) -> Iterator[tuple[int, bytes | ReadError]]:
    """Number and bytes of every non-blank line that starts in ``part``.

    A line of more than ``limit`` bytes is a ReadError in its place, without having been held in memory.
    """
    stream.seek(max(0, part.start - 1))
    if part.start:
        _skip(stream, limit)
    number = part.first_line - 1
    while stream.tell() < part.end and (line := stream.readline(limit + 2)):
        number += 1
        body = line.rstrip(b"\r\n")
        if len(body) > limit:
            if not line.endswith(b"\n"):
                _skip(stream, limit)
            yield number, ReadError(f"the line is longer than {limit} bytes", line=1, column=limit + 1)
        elif body.strip():
            yield number, body


def _skip(stream: BinaryIO, step: int) -> None:
    """Read to the end of the line."""
    while (part := stream.readline(step)) and not part.endswith(b"\n"):
        pass
