"""Packet to case to packet: what comes back, judged by protobuf.

Source and result are compared as protobuf messages, so that only what a packet says counts: not the order of members,
not a zero that is written or left out, not the form of a number or of a timestamp.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.errors import ReadError
from adapter.formats.base import Options
from adapter.formats.phenopacket.models import message
from adapter.formats.phenopacket.packet import write
from adapter.formats.phenopacket.printing import printed
from adapter.formats.phenopacket.reader import packets
from adapter.formats.phenopacket.reader.carrying import steps
from adapter.formats.phenopacket.reader.packet import read
from adapter.formats.phenopacket.view import child, text
from adapter.normalise import normalise
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.terms import Terms


@dataclass(frozen=True, slots=True)
class Compared:
    """One packet of a document: its pointer there, the pointers within it that differ, and the reader's warnings."""

    path: str
    differences: tuple[str, ...]
    habits: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether the packet came back as it was."""
        return not self.differences


def compared(document: Any, terms: Terms) -> Iterator[Compared]:
    """Every packet of a parsed ``document`` read as a case, written again and compared with itself.

    The clock is that of the packet: a packet of ours is written at the time at which it was. Raises ReadError for what
    is no packet, also where protobuf cannot read the source as it stands.
    """
    for packet in packets(document):
        source, found = packet.document, read(packet, terms)
        at = text(child(source, "metaData"), "created")
        written = write(normalise(found.case, terms), terms, Options(at=at)).document
        habits = tuple(dict.fromkeys(issue.category for issue in (*packet.issues, *found.issues)))
        yield Compared(packet.path, tuple(_differences(source, written)), habits)


def _differences(source: Json, written: Json) -> Iterator[str]:
    from google.protobuf.json_format import ParseError

    try:
        was = message(source, "Phenopacket")
    except (ParseError, TypeError, AttributeError, ValueError):
        raise ReadError("protobuf cannot read the packet, so nothing can be compared") from None
    now = message(written, "Phenopacket")
    if was != now:
        yield from dict(steps(printed(was), printed(now)))
