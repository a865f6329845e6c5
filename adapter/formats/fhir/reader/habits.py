"""Known bad habits of documents, official examples among them, that are read nonetheless, with a warning each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.formats.fhir.reader.node import obj, objects, text
from adapter.formats.fhir.reader.values import is_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Scene


def warned(s: Scene, entry: Entry) -> None:
    """Warn of the bad habits in an Observation of a variant."""
    resource = entry.resource
    if not any("genetics" in s.words.names(category) for _, category in objects(resource, "category")):
        s.warn(entry, "category", "a genomic Observation has the category genetics (v2-0074 GE)")
    if "subject" not in resource:
        s.warn(entry, "subject", "no subject: read as about the person of what it is linked to, or the only one")
    for part in s.parts(resource):
        if "iscn" in part.names and "valueString" in part.node:
            s.warn(entry, "iscn", "an ISCN string is a CodeableConcept, not a string")
        if "vaf" in part.names and is_percent(obj(part.node, "valueQuantity")):
            s.warn(entry, "vaf", "an allele fraction is a number of 0 to 1, not a percentage")
        if any(text(c, "system") == "http://www.sequenceontology.org/" for c in _codings(part.node)):
            s.warn(entry, "system", "the system of the Sequence Ontology has no slash at its end")


def _codings(node: Any) -> Iterator[Any]:
    for _, coding in objects(obj(node, "valueCodeableConcept"), "coding"):
        yield coding
