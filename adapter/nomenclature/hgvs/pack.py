"""The container of the embedded transcript data: named sections behind a small header, unpacked one by one when asked.

Layout of a file: ``HAEMPACK``, the length of the header (4 bytes, little-endian), the header (JSON: ``sections`` gives
offset and length of each from the end of the header), then the sections. Packed sections are raw LZMA2. Written by
``scripts/build_transcripts.py``.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

MAGIC = b"HAEMPACK"
FILTERS: list[dict[str, int]] = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 3, "pb": 0, "dict_size": 1 << 20}]
DIRECTORY = Path(__file__).parent / "data"


def pack(data: bytes) -> bytes:
    """Compressed bytes of a section.

    >>> unpack(pack(b"ACGT"))
    b'ACGT'
    """
    return lzma.compress(data, format=lzma.FORMAT_RAW, filters=FILTERS)


def unpack(data: bytes) -> bytes:
    """The bytes that :func:`pack` compressed."""
    return lzma.decompress(data, format=lzma.FORMAT_RAW, filters=FILTERS)


@dataclass(frozen=True)
class Pack:
    """One container file; the bytes are read with the first question."""

    path: Path

    @cached_property
    def _data(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def _head(self) -> int:
        """Where the sections begin."""
        return len(MAGIC) + 4 + int.from_bytes(self._data[len(MAGIC) : len(MAGIC) + 4], "little")

    @cached_property
    def header(self) -> dict[str, Any]:
        """The header: ``sections`` and what the writer said about them."""
        header: dict[str, Any] = json.loads(self._data[len(MAGIC) + 4 : self._head])
        return header

    def raw(self, section: str, start: int = 0, end: int | None = None) -> bytes:
        """Bytes ``start`` to ``end`` of a section as they stand."""
        offset, length = self.header["sections"][section]
        begin = self._head + offset
        return self._data[begin + start : begin + (length if end is None else end)]

    def section(self, name: str) -> bytes:
        """A packed section, unpacked."""
        return unpack(self.raw(name))
