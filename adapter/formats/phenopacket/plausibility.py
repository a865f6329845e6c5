"""Rules on what cannot be so: order of times and ranges, status against facts, copies against their type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from adapter.formats.phenopacket.agreement import bounds, whole
from adapter.formats.phenopacket.view import Packet, child, issue, text
from adapter.nomenclature import refget
from adapter.report import Issue, Json

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([YMWDHS])")
# Days of the calendar units, enough to tell an order; months of a time part are minutes.
_DAYS = {"Y": 365.25, "M": 30.4375, "W": 7.0, "D": 1.0}
_TIMES = {"H": 1 / 24, "M": 1 / 1440, "S": 1 / 86400}
GAINS, LOSSES = ("amplification", "gain"), ("loss", "deletion", "homozygous-deletion")
NORMAL_COPIES = 2


def vital_status(packet: Packet) -> Iterator[Issue]:
    """Time and cause of death, and days survived, are said of the deceased only."""
    path, vital = f"{packet.path}/subject/vitalStatus", child(packet.document, "subject", "vitalStatus")
    if vital and text(vital, "status") != "DECEASED":
        for member in ("timeOfDeath", "causeOfDeath", "survivalTimeInDays"):
            if member in vital:
                yield issue("vital-status", f"{path}/{member}", "expected only where the status is DECEASED")
    death = days(text(child(vital, "timeOfDeath", "age"), "iso8601duration"))
    for where, disease in packet.named("diseases"):
        onset = days(text(child(disease, "onset", "age"), "iso8601duration"))
        if death is not None and onset is not None and onset > death:
            # A warning: a writer says what its source says, and this is the source's contradiction.
            yield issue("death-before-onset", f"{where}/onset", "the disease begins after death", "warning")


_RANGES = ("ageRange", "interval", "referenceRange", "definiteRange", "sequenceInterval", "simpleInterval")


def order(packet: Packet) -> Iterator[Issue]:
    """Intervals and ranges run upwards."""
    for member, (path, node) in ((m, found) for m in _RANGES for found in packet.named(m)):
        low, high = _ends(member, node)
        if low is not None and high is not None and low > high:
            yield issue("order", path, "expected the start before the end, the low bound below the high one")


def _ends(member: str, node: Json) -> tuple[Any, Any]:
    """The two ends of one of the ranges as comparable values; None where one is none."""
    if member == "ageRange":
        start, end = (text(child(node, which), "iso8601duration") for which in ("start", "end"))
        return days(start), days(end)
    if member == "interval":
        return moment(text(node, "start")), moment(text(node, "end"))
    if member == "referenceRange":
        return _number(node.get("low")), _number(node.get("high"))
    if member == "definiteRange":
        return whole(node.get("min")), whole(node.get("max"))
    if member == "sequenceInterval":
        return whole(child(node, "startNumber").get("value")), whole(child(node, "endNumber").get("value"))
    return whole(node.get("start")), whole(node.get("end"))


def days(duration: str) -> float | None:
    """About how many days an ISO 8601 duration is; None for any other text.

    >>> days("P2W")
    14.0
    """
    if not duration.startswith("P"):
        return None
    date, _, time = duration[1:].partition("T")
    parts = [(float(n), _DAYS.get(u, 0.0)) for n, u in _PART.findall(date)]
    parts += [(float(n), _TIMES.get(u, 0.0)) for n, u in _PART.findall(time)]
    return sum(n * factor for n, factor in parts) if parts else None


def moment(stamp: str) -> datetime | None:
    """A timestamp as a moment; None for a text that is none."""
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) or hasattr(value, "as_tuple") else None


def comparator(packet: Packet) -> Iterator[Issue]:
    """VRS knows ``>=`` and ``<=`` only."""
    for path, node in packet.named("indefiniteRange", "startIndefiniteRange", "endIndefiniteRange"):
        if "comparator" in node and node["comparator"] not in (">=", "<="):
            yield issue("comparator", f"{path}/comparator", "expected >= or <=")


_STAMPED = re.compile(r"\d{4}-\d{2}-\d{2}T\S+")
_DATED = frozenset({"timestamp", "start", "end", "created", "dateOfBirth"})


def real_date(packet: Packet) -> Iterator[Issue]:
    """A timestamp names a day that exists."""
    for path, _, node in packet.objects:
        for member in sorted(_DATED & node.keys()):
            stamp = text(node, member)
            if _STAMPED.fullmatch(stamp) and moment(stamp[:10] + "T00:00:00+00:00") is None:
                yield issue("real-date", f"{path}/{member}", "no such day")


def feature_twice(packet: Packet) -> Iterator[Issue]:
    """A feature is listed once, and not as observed and excluded."""
    for owner in ("", *(path for path, _ in packet.biosamples)):
        seen: dict[str, Any] = {}
        for path, node in packet.named("phenotypicFeatures"):
            mine = path.rpartition("/phenotypicFeatures/")[0] == (owner or packet.path)
            curie = text(child(node, "type"), "id")
            if mine and curie and curie in seen and not _told_apart(seen[curie], node):
                yield issue("feature-twice", path, "the same feature is listed before", "warning")
            if mine:
                seen.setdefault(curie, node)


def _told_apart(one: Json, other: Json) -> bool:
    """Two mentions of a feature at two times are two facts."""
    return one.get("excluded") == other.get("excluded") and one.get("onset") != other.get("onset")


def disease_twice(packet: Packet) -> Iterator[Issue]:
    """A disease is listed once: version 2 has no second episode of one disease."""
    seen: set[str] = set()
    for path, node in packet.named("diseases"):
        curie = text(child(node, "term"), "id")
        if curie and curie in seen:
            yield issue("disease-twice", f"{path}/term", "the same disease is listed before", "warning")
        seen.add(curie)


def diagnosis_listed(packet: Packet) -> Iterator[Issue]:
    """The disease of an interpretation is one of the listed diseases, where there are any."""
    listed = {text(child(node, "term"), "id") for _, node in packet.named("diseases")}
    for path, node in packet.named("diagnosis"):
        curie = text(child(node, "disease"), "id")
        if listed and curie and curie not in listed:
            yield issue("diagnosis-listed", f"{path}/disease", "not one of the diseases of the packet", "warning")


_DROPPED = {"quantity": ("value",), "definiteRange": ("min", "max"), "referenceRange": ("low", "high")}


def zero_dropped(packet: Packet) -> Iterator[Issue]:
    """A zero that protobuf printers drop, and that the official reader then misses."""
    for member, names in _DROPPED.items():
        for path, node in packet.named(member):
            for name in names:
                if node.get(name) in (0, "0"):
                    yield issue("zero-dropped", f"{path}/{name}", "official printers drop a zero here", "warning")


def copies_fit_type(packet: Packet) -> Iterator[Issue]:
    """Copies of an autosomal locus agree with the structural type and the relative change stated beside them."""
    for path, node in packet.named("variationDescriptor"):
        if _is_of_sex_chromosome(node):  # what is normal there is the person's
            continue
        low, high = bounds(child(node, "variation", "copyNumber"))
        told = _changes(packet, node)
        if told & set(GAINS) and high is not None and high <= NORMAL_COPIES:
            yield issue("copies-fit-type", f"{path}/variation/copyNumber", "a gain of at most two copies")
        if told & set(LOSSES) and low is not None and low > NORMAL_COPIES:
            yield issue("copies-fit-type", f"{path}/variation/copyNumber", "a loss with more than two copies")


def _is_of_sex_chromosome(node: Json) -> bool:
    """Whether the place of a descriptor is on X or Y, by its extensions or the sequence that its copies are of."""
    location = child(node, "variation", "copyNumber", "derivedSequenceExpression", "location")
    sequence = text(location, "sequenceId").partition(":")[2]
    if sequence in _sex_chromosomes():
        return True
    listed = node.get("extensions")
    return any(
        text(one, "name") in ("chromosome", "cytoband", "interval") and text(one, "value").startswith(("X", "Y"))
        for one in (listed if isinstance(listed, list) else ())
    )


@cache
def _sex_chromosomes() -> frozenset[str]:
    """Sequences of X and Y by refget digest and by accession."""
    known = [found for accession in refget.accessions() if (found := refget.find(accession))]
    return frozenset(name for one in known if one.name in ("X", "Y") for name in (one.refget, one.accession))


def _changes(packet: Packet, node: Json) -> set[str]:
    """Keys of the changes that the structural type and the relative change of a descriptor name, where that is sure."""
    type_keys = set(packet.terms.keys_of("structural-types", text(child(node, "structuralType"), "id")))
    told = type_keys if type_keys <= set(GAINS) or type_keys <= set(LOSSES) else set()
    listed = node.get("extensions")
    for extension in listed if isinstance(listed, list) else ():
        if text(extension, "name") == "copy-number-change":
            told |= set(packet.terms.keys_of("changes", text(extension, "value")))
    return told


def acmg_of_copy_number(packet: Packet) -> Iterator[Issue]:
    """The ACMG classes are not for the copy numbers of a tumour sample."""
    samples = {text(sample, "id") for _, sample in packet.biosamples}
    for path, call in packet.calls:
        variant = child(call, "variantInterpretation")
        somatic = text(call, "subjectOrBiosampleId") in samples
        copies = child(variant, "variationDescriptor", "variation", "copyNumber")
        if somatic and copies and text(variant, "acmgPathogenicityClassification") not in ("", "NOT_PROVIDED"):
            where = f"{path}/variantInterpretation/acmgPathogenicityClassification"
            yield issue("acmg-of-copy-number", where, "expected NOT_PROVIDED for a copy number of a biosample")
