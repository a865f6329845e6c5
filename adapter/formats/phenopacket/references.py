"""Rules on ids: what must exist, what must be unique, who belongs to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapter.formats.phenopacket.view import Packet, child, issue, text
from adapter.report import Issue, Json


def subject_missing(packet: Packet) -> Iterator[Issue]:
    """A packet is about an individual; without one nothing in it can be attributed."""
    if not child(packet.document, "subject"):
        yield issue("subject-missing", f"{packet.path}/subject", "expected the individual the packet is about")


def individual_reference(packet: Packet) -> Iterator[Issue]:
    """``individualId`` of a biosample is the subject's id."""
    for path, sample in packet.biosamples:
        if "individualId" in sample and packet.subject and text(sample, "individualId") != packet.subject:
            yield issue("individual-reference", f"{path}/individualId", "expected the id of the subject")


def call_reference(packet: Packet) -> Iterator[Issue]:
    """``subjectOrBiosampleId`` is the subject's id or that of a biosample of the packet."""
    known = {packet.subject, *(text(sample, "id") for _, sample in packet.biosamples)}
    for path, call in packet.calls:
        if "subjectOrBiosampleId" in call and text(call, "subjectOrBiosampleId") not in known - {""}:
            yield issue(
                "call-reference", f"{path}/subjectOrBiosampleId", "expected the id of the subject or of a biosample"
            )


def derived_from_reference(packet: Packet) -> Iterator[Issue]:
    """``derivedFromId`` is another biosample of the packet."""
    known = {text(sample, "id") for _, sample in packet.biosamples}
    for path, sample in packet.biosamples:
        parent = text(sample, "derivedFromId")
        if parent and (parent not in known or parent == text(sample, "id")):
            yield issue("derived-from-reference", f"{path}/derivedFromId", "expected the id of another biosample")


def file_reference(packet: Packet) -> Iterator[Issue]:
    """Keys of ``individualToFileIdentifiers`` are ids of the subject or of biosamples."""
    known = {packet.subject, *(text(sample, "id") for _, sample in packet.biosamples)}
    for path, file in packet.named("files"):
        for key in child(file, "individualToFileIdentifiers"):
            if key not in known:
                yield issue(
                    "file-reference", f"{path}/individualToFileIdentifiers", "a key is no id of a subject or biosample"
                )


def duplicate_id(packet: Packet) -> Iterator[Issue]:
    """Ids of biosamples, interpretations and variation descriptors are unique in a packet."""
    for member in ("biosamples", "interpretations", "variationDescriptor"):
        yield from _twice(packet.named(member), "id", "another one has this id")


def _twice(nodes: Iterable[tuple[str, Json]], member: str, message: str) -> Iterator[Issue]:
    seen: set[str] = set()
    for path, node in nodes:
        value = text(node, member)
        if value and value in seen:
            yield issue("duplicate-id", f"{path}/{member}", message)
        seen.add(value)


def pedigree(family: Json) -> Iterator[Issue]:
    """Persons of a pedigree are unique and one family; parents are listed or "0"; the proband is one of them."""
    persons = child(family, "pedigree").get("persons")
    listed = [(f"/pedigree/persons/{n}", one) for n, one in enumerate(_list(persons)) if isinstance(one, dict)]
    yield from _twice(listed, "individualId", "another person has this id")
    known = {text(one, "individualId") for _, one in listed}
    for path, one in listed:
        for parent in ("paternalId", "maternalId"):
            if text(one, parent) and text(one, parent) not in known | {"0"}:
                yield issue(
                    "pedigree-reference", f"{path}/{parent}", 'expected the id of a person of the pedigree, or "0"'
                )
    proband = text(child(family, "proband", "subject"), "id")
    if listed and proband and proband not in known:
        yield issue("pedigree-reference", "/proband/subject/id", "expected a person of the pedigree")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
