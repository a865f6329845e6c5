"""Rules on codes: CURIEs, the vocabularies they come from, their labels, names from closed lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from adapter.errors import UnknownTerm
from adapter.formats.phenopacket.view import Packet, child, issue, text, texts
from adapter.report import Issue, Level
from adapter.terms import Terms

_SPLIT = re.compile(r"[:_]")
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9.-]*):(\S+)")
_IRI = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_IS_2 = re.compile(r"2(?:\.0(?:\.[0-9]+)?)?")
_GENERATED = ("ga4gh",)
# Members that the official schema does not know (its own defect) or closes.
_REFUSED = {
    "biosamples": ("sampleType",),
    "phenotypicFeatures": ("description",),
    "allele": ("Id",),
    "copyNumber": ("Id",),
}


def schema_version(packet: Packet) -> Iterator[Issue]:
    """The version of the schema is written ``2.0``; its later releases, and a bare 2, only depart from that form."""
    version = packet.meta.get("phenopacketSchemaVersion")
    if version is not None and version != "2.0":
        level: Level = "warning" if _IS_2.fullmatch(str(version)) else "error"
        yield issue("schema-version", f"{packet.meta_path}/phenopacketSchemaVersion", "expected 2.0", level)


def curie_form(packet: Packet) -> Iterator[Issue]:
    """The id of a class has a prefix and a local part and no further ``:`` or ``_`` (official metadata rule)."""
    for path, node in packet.classes:
        value = text(node, "id")
        if value and (len(_SPLIT.split(value)) != 2 or not all(_SPLIT.split(value)) or " " in value):
            yield issue("curie-form", f"{path}/id", "expected <prefix>:<local part>")


def class_label(packet: Packet) -> Iterator[Issue]:
    """A class has a label beside its id: the official schema demands one of at least one letter."""
    for path, node in packet.classes:
        if text(node, "id") and not text(node, "label"):
            yield issue("class-label", f"{path}/label", "expected the label of the class")


def resource_missing(packet: Packet) -> Iterator[Issue]:
    """Every prefix has a resource: an error for a class, a warning for other CURIEs, not checked officially."""
    known = {text(resource, "namespacePrefix") for _, resource in packet.resources}
    for path, node in packet.classes:
        prefix = _SPLIT.split(text(node, "id"))[0]
        if prefix and prefix not in known:
            yield issue("resource-missing", f"{path}/id", "no resource in metaData has the prefix")
    for path, curie in _other_curies(packet):
        if not any(curie.startswith(f"{prefix}:") for prefix in known):
            yield issue("resource-missing", path, "no resource in metaData has the prefix", "warning")


def resource_unused(packet: Packet) -> Iterator[Issue]:
    """A resource whose prefix nothing uses says more than is there."""
    if packet.outer:
        return
    used = {_SPLIT.split(text(node, "id"))[0] for _, node in packet.classes}
    used |= {curie.partition(":")[0] for _, curie in _other_curies(packet)}
    for path, resource in packet.resources:
        prefix = text(resource, "namespacePrefix")
        if prefix and prefix not in used:
            yield issue("resource-unused", f"{path}/namespacePrefix", "nothing in the packet has the prefix", "warning")


def _other_curies(packet: Packet) -> Iterator[tuple[str, str]]:
    """CURIEs that are no classes: genes, publications, cross-references, computed ids, coded extensions."""
    for path, gene in packet.named("geneContext", "gene"):
        if text(gene, "valueId"):
            yield f"{path}/valueId", text(gene, "valueId")
    for path, reference in packet.named("externalReferences"):
        if _CURIE.fullmatch(text(reference, "id")):
            yield f"{path}/id", text(reference, "id")
    for path, node in packet.named("variationDescriptor"):
        if text(node, "id").startswith("ga4gh:"):
            yield f"{path}/id", text(node, "id")
        for n, curie in texts(node, "xrefs"):
            yield f"{path}/xrefs/{n}", curie
    yield from _coded_extensions(packet)


def _coded_extensions(packet: Packet) -> Iterator[tuple[str, str]]:
    """Extension values that are CURIEs of a vocabulary the tables know, or computed ids."""
    for path, node in packet.named("extensions"):
        found = _CURIE.match(text(node, "value"))
        if found and found[1] in packet.terms.prefixes():
            yield f"{path}/value", text(node, "value")


def resource_entry(packet: Packet) -> Iterator[Issue]:
    """A resource is entered once, under its lower-case id, with IRIs as url and iriPrefix."""
    seen: set[str] = set()
    for path, resource in packet.resources:
        prefix = text(resource, "namespacePrefix")
        if prefix and prefix in seen:
            yield issue("resource-twice", f"{path}/namespacePrefix", "another resource has this prefix")
        seen.add(prefix)
        if text(resource, "id") != text(resource, "id").lower():
            yield issue("resource-id", f"{path}/id", "expected the lower-case id of the vocabulary")
        for member in ("url", "iriPrefix"):
            if text(resource, member) and not _IRI.fullmatch(text(resource, member)):
                yield issue("resource-iri", f"{path}/{member}", "expected an IRI")


def label_conflict(packet: Packet) -> Iterator[Issue]:
    """One id has one label throughout a packet."""
    labels: dict[str, str] = {}
    for path, node in packet.classes:
        curie, label = text(node, "id"), text(node, "label")
        if curie and label and labels.setdefault(curie, label) != label:
            yield issue("label-conflict", f"{path}/label", "the same id has another label in the packet", "warning")


def label_of_code(packet: Packet) -> Iterator[Issue]:
    """A label is the one our tables have for the code, and no obsolete one."""
    labels = _labels(packet.terms)
    for path, node in packet.classes:
        label, known = text(node, "label"), labels.get(text(node, "id"))
        if known and label and label not in known:
            yield issue("label", f"{path}/label", "the code has another label in the mapping tables", "warning")
        if label.lower().startswith("obsolete"):
            yield issue("obsolete", f"{path}/id", "the label says that the code is obsolete", "warning")


@cache
def _labels(terms: Terms) -> dict[str, set[str]]:
    """Labels of every code of the tables; our own codes are words and have none to compare with."""
    found: dict[str, set[str]] = {}
    for table in terms.tables():
        for row in terms.rows(table):
            if row.object_label and not row.is_alias and row.prefix != "HAEM":
                found.setdefault(row.object_id, set()).add(row.object_label)
    return found


def extension_name(packet: Packet) -> Iterator[Issue]:
    """Extensions have names of the closed list."""
    try:
        names = set(packet.terms.keys("phenopacket-extensions"))
    except UnknownTerm:
        return
    for path, node in packet.named("extensions"):
        if text(node, "name") and text(node, "name") not in names:
            yield issue("extension-name", f"{path}/name", "not a name of the list of extensions", "warning")


def refused_member(packet: Packet) -> Iterator[Issue]:
    """Members of version 2 that the official schema refuses all the same: a reader downstream may, too."""
    for path, member, node in packet.objects:
        for refused in _REFUSED.get(member, ()):
            if refused in node:
                yield issue(
                    "refused-member", f"{path}/{refused}", "the official validator refuses this member", "warning"
                )


def gene_differs(packet: Packet) -> Iterator[Issue]:
    """The gene of a copy number is the one of the descriptor."""
    for path, node in packet.named("variationDescriptor"):
        subject = text(child(node, "variation", "copyNumber", "gene"), "geneId")
        context = text(child(node, "geneContext"), "valueId")
        if subject and context and subject.lower() != context.lower():
            yield issue("gene-differs", f"{path}/geneContext/valueId", "expected the gene of the copy number")
