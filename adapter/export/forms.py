"""What a converted case becomes in each export format: records, each in a named stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from adapter.convert import Converted
from adapter.errors import ReadError, UnknownTerm
from adapter.formats.document import dump
from adapter.report import Json

Record = tuple[str, bytes]
Ending = Literal["files", "zip", "cohort"]
_REFERENCE = re.compile(rb'"reference":"(urn:uuid:[0-9a-f-]{36})"')
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Form:
    """An export format.

    ``to`` and ``bundle`` are options of the conversion, ``records`` splits its document into streams, ``ending`` says
    how streams become files, ``suffix`` and ``media_type`` are those of the files. ``typed`` says that the streams are
    resource types, among which a request may choose; ``changes`` that its lines are changes of cases
    (:func:`adapter.store.moments.changes`).
    """

    to: str
    records: Callable[[Converted], Iterator[Record]]
    suffix: str = "ndjson"
    media_type: str = "application/x-ndjson"
    ending: Ending = "files"
    bundle: str = "collection"
    typed: bool = False
    changes: bool = False


def form(name: str) -> Form:
    """The export format called ``name``; raises UnknownTerm."""
    found = FORMS.get(name) or _OWN.get(name)
    if found is None:
        raise UnknownTerm("export formats", name)
    return found


def _packets(converted: Converted) -> Iterator[Record]:
    yield "Phenopacket", dump(converted.document)


def _delimited(converted: Converted) -> Iterator[Record]:
    """Varint length and message, as protobuf's writeDelimitedTo does."""
    from google.protobuf.json_format import ParseError

    from adapter.formats.phenopacket.models import message

    try:
        data: bytes = message(converted.document).SerializeToString(deterministic=True)
    except ParseError:
        raise ReadError("protobuf refuses the phenopacket") from None
    yield "Phenopacket", varint(len(data)) + data


def varint(number: int) -> bytes:
    """``number`` (>= 0) in the base-128 encoding of protobuf."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _archived(converted: Converted) -> Iterator[Record]:
    """The packet and its row of the archive's table, in two streams of equal length."""
    packet = converted.document
    disease = next((d["term"] for d in packet.get("diseases", [])), {"id": "", "label": ""})
    row = {
        "cohort": slug(disease["label"]) or "diagnosis-not-stated",
        "stem": slug(packet["id"]),
        "patient_id": packet.get("subject", {}).get("id", ""),
        "disease_id": disease["id"],
        "disease": disease["label"],
        "genes": ";".join(_genes(packet)),
        "pmid": f"PMID:{converted.case.source.pmid}" if converted.case.source and converted.case.source.pmid else "",
    }
    yield "index", dump(row)
    yield "Phenopacket", dump(packet)


def slug(text: str) -> str:
    """``text`` as part of a file name: ASCII letters, digits, ``.``, ``_`` and ``-``, never starting with a dot."""
    return _UNSAFE.sub("-", text).strip("-.")[:120]


def _genes(packet: Json) -> list[str]:
    found = (
        g.get("variantInterpretation", {}).get("variationDescriptor", {}).get("geneContext", {}).get("symbol", "")
        for i in packet.get("interpretations", [])
        for g in i.get("diagnosis", {}).get("genomicInterpretations", [])
    )
    return list(dict.fromkeys(symbol for symbol in found if symbol))


def _resources(converted: Converted) -> Iterator[Record]:
    """Each resource in the stream of its type, references as ``Type/id`` in place of the bundle's URNs."""
    entries = converted.document["entry"]
    places = {e["fullUrl"].encode(): f"{e['resource']['resourceType']}/{e['resource']['id']}".encode() for e in entries}
    for entry in entries:
        data = _REFERENCE.sub(lambda m: b'"reference":"' + places.get(m[1], m[1]) + b'"', dump(entry["resource"]))
        yield entry["resource"]["resourceType"], data


def _bundles(converted: Converted) -> Iterator[Record]:
    yield "Bundle", dump(converted.document)


_FHIR = "application/fhir+ndjson"
FORMS = {
    "phenopacket-ndjson": Form("phenopacket", _packets),
    "phenopacket-zip": Form("phenopacket", _archived, "zip", "application/zip", "zip"),
    "phenopacket-cohort": Form("phenopacket", _packets, "json", "application/json", "cohort"),
    "phenopacket-protobuf": Form("phenopacket", _delimited, "pb", "application/vnd.google.protobuf"),
    "fhir-ndjson": Form("fhir", _resources, media_type=_FHIR, typed=True),
    "fhir-transactions": Form("fhir", _bundles, media_type=_FHIR, bundle="transaction"),
}
# Not for callers: what is no longer there, which the service tells beside a FHIR export of what changed.
_OWN = {"fhir-deleted": Form("fhir", _bundles, media_type=_FHIR, changes=True)}
