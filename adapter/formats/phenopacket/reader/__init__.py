"""Reading phenopackets: the inverse of this package's writer, over the same tables.

A Phenopacket of schema 2.0 gives one case; a Family one for the proband and each relative, a Cohort one per member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapter.errors import ReadError
from adapter.formats.base import ReadCase
from adapter.formats.phenopacket.reader.packet import read as read_packet
from adapter.formats.phenopacket.reader.reading import objects
from adapter.formats.phenopacket.reader.tidying import tidied
from adapter.formats.phenopacket.schema import Kind, escape, kind_of
from adapter.formats.phenopacket.view import child, text
from adapter.report import Issue, Json, Loss
from adapter.terms import Terms

_OLD = ("1.0", "1.0.0")


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The cases of a Phenopacket, Family or Cohort, as a parsed JSON or YAML document.

    What a Family or Cohort says beside its packets is a loss of the first case. Raises ReadError for a document that is
    no object or that has no packet.
    """
    for n, (path, packet, issues) in enumerate(packets(document)):
        found = _placed(read_packet(packet, terms), path)
        losses = tuple(_beside(document, kind_of(document))) if n == 0 else ()
        yield replace(found, issues=(*issues, *found.issues), losses=(*losses, *found.losses))


def packets(document: Any) -> Iterator[tuple[str, Json, tuple[Issue, ...]]]:
    """Pointer of every person's packet, the packet in the form of schema 2.0, and what was odd about the document.

    The warnings are those of the whole document and come with the first packet; the MetaData of a Family or Cohort
    counts where a packet has none. Raises ReadError.
    """
    if not isinstance(document, dict):
        raise ReadError("expected an object")
    if text(child(document, "metaData"), "phenopacketSchemaVersion") in _OLD:
        raise ReadError("a phenopacket of schema 1 cannot be read", pointer="/metaData/phenopacketSchemaVersion")
    tidy, issues = tidied(document)
    kind = kind_of(tidy)
    found = [("", tidy)] if kind == "Phenopacket" else list(_people(tidy))
    if not found:
        raise ReadError(f"a {kind} without a packet")
    for n, (path, packet) in enumerate(found):
        yield path, packet, tuple(issues) if n == 0 else ()


def _people(document: Json) -> Iterator[tuple[str, Json]]:
    proband = document.get("proband")
    people = [("/proband", proband)] if isinstance(proband, dict) else []
    for member in ("relatives", "members"):
        people += [(f"/{member}/{n}", one) for n, one in objects(document, member)]
    for path, packet in people:
        shared = {"metaData": document["metaData"]} if "metaData" in document else {}
        yield path, shared | packet


def _beside(document: Json, kind: Kind) -> Iterator[Loss]:
    """What a Family or Cohort says beside its packets: a case is of one person."""
    for name in document:
        if name not in ("proband", "relatives", "members", "metaData"):
            yield Loss("read", f"/{escape(name)}", "no-place", f"a case has no place for what a {kind} says of several")


def _placed(found: ReadCase, path: str) -> ReadCase:
    """Pointers of a packet within the whole document."""
    return replace(found, issues=tuple(replace(one, path=f"{path}{one.path}") for one in found.issues))
