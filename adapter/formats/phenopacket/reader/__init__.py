"""Reading phenopackets: the inverse of this package's writer, over the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.errors import ReadError
from adapter.formats.base import ReadCase
from adapter.formats.phenopacket.reader.packet import read as read_packet
from adapter.terms import Terms


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The case of a Phenopacket. Raises ReadError for a document that is no object."""
    if not isinstance(document, dict):
        raise ReadError("expected an object")
    yield read_packet(document, terms)
