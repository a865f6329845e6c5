"""VRS in the packets of others: an allele as the SPDI it is, and stated identifiers beside the computed ones.

A packet of schema 2.0 holds objects of VRS 1.2.1; the identifiers beside them may be of 1.2, 1.3 or 2.0, and do not say
which. Each is compared with those that can be computed from the object here. One that is none of them is a warning; it
is kept as stated all the same, as it may be right for an object that the packet does not show (ga4gh.md section 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from adapter.formats.phenopacket.agreement import bounds, whole
from adapter.formats.phenopacket.reader.reading import Reading, objects
from adapter.formats.phenopacket.view import child, text, texts
from adapter.nomenclature import refget, vrs
from adapter.report import Json

_NAMED = ("vrs-id", "vrs-2.0-id")
_CHANGE = "copy-number-change"
_ONE: tuple[vrs.Version, ...] = ("1.2.1", "1.3")


def compare(r: Reading, node: Json, where: str) -> None:
    """Warn of every stated identifier of a descriptor that is none of those of its own variation."""
    stated = list(_stated(node))
    if not stated:
        return
    computed = _computed(node)
    for place, identifier in stated:
        kind = identifier.removeprefix("ga4gh:").partition(".")[0]
        alike = {one for one in computed if one.startswith(f"ga4gh:{kind}.")}
        if alike and identifier not in alike:
            r.odd(f"{where}{place}", "vrs-id", "not the id of this variation under VRS 1.2, 1.3 or 2.0; kept as stated")


def spdi_of(node: Json) -> str:
    """The allele of a descriptor as SPDI with the length of what is replaced; "" for what is no such allele."""
    placed = _interval(child(node, "variation", "allele", "sequenceLocation"))
    inserted = _inserted(node)
    if placed is None or inserted is None:
        return ""
    chromosome, start, end = placed
    return f"{chromosome.accession}:{start}:{end - start}:{inserted}"


def _inserted(node: Json) -> str | None:
    allele = child(node, "variation", "allele")
    for name in ("literalSequenceExpression", "sequenceState"):
        sequence = child(allele, name).get("sequence")
        if isinstance(sequence, str) and sequence.isascii() and (sequence.isalpha() or not sequence):
            return sequence.upper()
    return None


def _interval(location: Json) -> tuple[refget.Chromosome, int, int] | None:
    """Chromosome, start and end (interresidue) of an exact place on a chromosome of a known assembly."""
    wanted = text(location, "sequenceId").removeprefix("ga4gh:").removeprefix("refseq:")
    chromosome = _chromosomes().get(wanted)
    interval, simple = child(location, "sequenceInterval"), child(location, "simpleInterval")
    ends = [child(interval, "startNumber").get("value"), child(interval, "endNumber").get("value")]
    start, end = (whole(one) for one in (ends if interval else (simple.get("start"), simple.get("end"))))
    if chromosome is None or start is None or end is None or not start <= end <= chromosome.length:
        return None
    return chromosome, start, end


@cache
def _chromosomes() -> dict[str, refget.Chromosome]:
    """Chromosomes by their refget and their RefSeq accession."""
    known = [one for accession in refget.accessions() if (one := refget.find(accession))]
    return {**{one.refget: one for one in known}, **{one.accession: one for one in known}}


def _stated(node: Json) -> Iterator[tuple[str, str]]:
    """Place and identifier of everything in a descriptor that is a computed identifier of its variation."""
    found: list[tuple[str, Any]] = [("/id", node.get("id"))]
    for name in ("allele", "copyNumber"):
        found += [(f"/variation/{name}/Id", child(node, "variation", name).get("Id"))]
    named = ((n, one) for n, one in objects(node, "extensions") if text(one, "name") in _NAMED)
    found += [(f"/extensions/{n}/value", one.get("value")) for n, one in named]
    found += [(f"/xrefs/{n}", one) for n, one in texts(node, "xrefs")]
    yield from ((place, one) for place, one in found if isinstance(one, str) and one.startswith("ga4gh:"))


def _computed(node: Json) -> set[str]:
    """Identifiers of a descriptor's variation in every version that has one for it."""
    return {*_of_allele(node), *_of_copies(node)}


def _of_allele(node: Json) -> Iterator[str]:
    placed, inserted = _interval(child(node, "variation", "allele", "sequenceLocation")), _inserted(node)
    if placed is None or inserted is None:
        return
    chromosome, start, end = placed
    yield vrs.allele_id(chromosome.refget, start, end, inserted, "1.3")
    yield vrs.allele_id(chromosome.refget, start, end, inserted, "2.0")


def _of_copies(node: Json) -> Iterator[str]:
    """Of copies of a gene or of an interval, and of the change that an extension states beside them."""
    copy_number = child(node, "variation", "copyNumber")
    low, high = bounds(copy_number)
    counted = (low is not None or high is not None) and (low is None or high is None or low <= high)
    change = next((text(e, "value") for _, e in objects(node, "extensions") if text(e, "name") == _CHANGE), "")
    for version, subject in _subjects(copy_number):
        if counted:
            yield vrs.identify(vrs.copy_number_count(subject, low, high, version), version)
        if change and version != "1.2.1":
            try:
                yield vrs.identify(vrs.copy_number_change(subject, change, version), version)
            except ValueError:
                continue  # a class that VRS does not list has no identifier


def _subjects(copy_number: Json) -> Iterator[tuple[vrs.Version, Json]]:
    """The subject of a copy number in each version that allows it."""
    gene = text(child(copy_number, "gene"), "geneId")
    for spelt in dict.fromkeys((gene, gene.lower(), gene.upper())) if gene else ():
        yield from ((version, {"type": "Gene", "gene_id": spelt}) for version in _ONE)
    derived = child(copy_number, "derivedSequenceExpression")
    if placed := _interval(child(derived, "location")):
        chromosome, start, end = placed
        location = vrs.sequence_location(chromosome.refget, start, end, "1.3")
        reverse = derived.get("reverseComplement") is True
        yield "1.2.1", {"type": "DerivedSequenceExpression", "location": location, "reverse_complement": reverse}
        yield "1.3", location
        yield "2.0", vrs.sequence_location(chromosome.refget, start, end, "2.0")
