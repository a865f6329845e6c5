"""Reading phenopackets: the inverse of this package's writer, over the same tables.

A Phenopacket of schema 2.0 gives one case; a Family one for the proband and each relative, a Cohort one per member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapter.errors import ReadError
from adapter.formats.base import ReadCase
from adapter.formats.phenopacket.reader import version1
from adapter.formats.phenopacket.reader.carrying import FORMAT
from adapter.formats.phenopacket.reader.packet import read as read_packet
from adapter.formats.phenopacket.reader.reading import VALIDATOR, Packet, objects
from adapter.formats.phenopacket.reader.tidying import camel, tidied
from adapter.formats.phenopacket.schema import Kind, escape, kind_of
from adapter.formats.phenopacket.view import child, text
from adapter.report import Issue, Json, Loss
from adapter.terms import Terms


def _accepted(category: str, path: str, message: str) -> Issue:
    return Issue(validator=VALIDATOR, level="warning", category=category, path=path, message=f"accepted: {message}")


OLD = _accepted(
    "schema-1", "/metaData/phenopacketSchemaVersion", "a phenopacket of schema 1, read in the form of schema 2"
)
LATE = _accepted("schema-1-member", "", "a member of schema 1 in a phenopacket of schema 2, read under its new name")


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The cases of a Phenopacket, Family or Cohort, as a parsed JSON or YAML document.

    What a Family or Cohort says beside its packets is a loss of the first case. Raises ReadError for a document that is
    no object, or that has no MetaData or no packet.
    """
    for n, packet in enumerate(packets(document)):
        found = _placed(read_packet(packet, terms), packet.path)
        kind = kind_of(document)
        losses = tuple(_beside(document, kind)) if n == 0 and kind != "Phenopacket" else ()
        # Of schema 1 the form of schema 2 is read: a pointer into that leads nowhere in the document.
        places = {(f"{FORMAT}-1" if packet.old else FORMAT, ""): packet.path}
        yield replace(found, issues=(*packet.issues, *found.issues), losses=(*losses, *found.losses), places=places)


def packets(document: Any) -> Iterator[Packet]:
    """Every person's packet in the form of schema 2; the MetaData of a Family or Cohort counts where one has none.

    Raises ReadError for a document that is no object, or that has no MetaData or no packet.
    """
    if not isinstance(document, dict):
        raise ReadError("expected an object")
    if "metaData" not in document and "meta_data" not in document:
        raise ReadError("expected a phenopacket, which has metaData", pointer="/metaData")
    kind = kind_of(document)
    old = version1.is_version_1(camel(document) if "meta_data" in document else document)
    given = camel(document) if old else document
    upgrade = version1.upgraded if kind == "Phenopacket" else version1.beside
    late = "" if old else version1.leftover(given)
    tidy, issues = tidied(upgrade(given) if old else version1.modernised(given) if late else given)
    if late:
        issues.insert(0, replace(LATE, path=late))
    if old:  # what only schema 2 demands was not left out
        issues = [OLD, *(one for one in issues if one.category != "missing-enum")]
    sources = dict(_people(given, kind))
    found = list(_people(tidy, kind))
    people = _named(tidy, found)
    for n, (path, packet) in enumerate(found):
        residue = tuple(version1.residue(sources[path])) if old else ()
        yield Packet(path, packet, tuple(issues) if n == 0 else (), old, residue, people)
    if not sources:
        raise ReadError(f"a {kind} without a packet")


def _people(document: Json, kind: Kind) -> Iterator[tuple[str, Json]]:
    if kind == "Phenopacket":
        yield "", document
        return
    proband = document.get("proband")
    people = [("/proband", proband)] if isinstance(proband, dict) else []
    for member in ("relatives", "members"):
        people += [(f"/{member}/{n}", one) for n, one in objects(document, member)]
    for path, packet in people:
        shared = {"metaData": document["metaData"]} if "metaData" in document else {}
        yield path, shared | packet


def _named(document: Json, found: list[tuple[str, Json]]) -> frozenset[str]:
    """The ids of everybody that a document has a packet of, or a place in its pedigree."""
    persons = (one for _, one in objects(document.get("pedigree"), "persons"))
    ids = [text(child(packet, "subject"), "id") for _, packet in found] + [text(one, "individualId") for one in persons]
    return frozenset(ids) - {""}


def _beside(document: Json, kind: Kind) -> Iterator[Loss]:
    """What a Family or Cohort says beside its packets: a case is of one person."""
    for name in document:
        if name not in ("proband", "relatives", "members", "metaData"):
            yield Loss("read", f"/{escape(name)}", "no-place", f"a case has no place for what a {kind} says of several")


def _placed(found: ReadCase, path: str) -> ReadCase:
    """Pointers of a packet within the whole document."""
    return replace(found, issues=tuple(replace(one, path=f"{path}{one.path}") for one in found.issues))
