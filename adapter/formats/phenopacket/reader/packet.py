"""A case from one packet: its parts read, what no case accepts taken out with a warning, the rest carried."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from adapter.case import Case, read_case, refused
from adapter.errors import CaseError
from adapter.formats.base import ReadCase
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket.reader import actions, diseases, measurements, person, samples, variants
from adapter.formats.phenopacket.reader.carrying import carried, rewritten
from adapter.formats.phenopacket.reader.comments import Comments
from adapter.formats.phenopacket.reader.reading import Packet, Reading, objects, stated
from adapter.formats.phenopacket.view import child, text
from adapter.report import Json
from adapter.terms import Terms

_PHASE = re.compile(r"\s*(?:cis|trans)\s+(?:with\s+|to\s+)?(?P<id>\S.*?)\s*")
_ROUNDS = 64


def read(packet: Packet, terms: Terms) -> ReadCase:
    """The case of one Phenopacket, in the form of schema 2.

    What the packet holds and the case cannot state is in ``carried``; what is odd is an issue.
    """
    document = packet.document
    identifier = case_id(text(document, "id") or text(child(document, "subject"), "id"))
    r = Reading(document, terms, identifier, Comments(child(document, "metaData").get("updates")), people=packet.people)
    if identifier != text(document, "id"):
        r.odd("/id", "id", "an id of a case has 1 to 64 letters, digits, dots, underscores and hyphens; it was changed")
    case = _accepted(r, _stated(r))
    return ReadCase(carried(case, packet, terms), issues=tuple(r.issues))


def case_id(identifier: str) -> str:
    """``identifier`` in the letters that a case's id may have.

    >>> case_id("PMID:123 Patient 1")
    'PMID_123_Patient_1'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "_", identifier)[:64] or "phenopacket"


def _stated(r: Reading) -> Json:
    """The case as a document, before its own rules were asked."""
    label = person.label_of(r)
    sources = person.Sources(r)
    ids = samples.identities(r)
    diagnoses = diseases.diagnoses(r)
    treatments, responses = actions.treatments(r)
    findings = _findings(r, ids)
    _publish(r, findings, sources.of_findings())
    _link(r, findings, responses)
    return {"case_format": "1", "id": r.case_id} | stated(
        source=sources.of_case(label),
        subject=person.subject(r, label),
        diagnoses=diagnoses,
        features=diseases.features(r),
        specimens=samples.specimens(r, ids),
        findings=findings,
        treatments=treatments,
        responses=responses,
        outcome=person.outcome(r, diagnoses),
        notes=person.notes(r),
    )


def _findings(r: Reading, ids: dict[str, str]) -> list[Json]:
    """All findings in an order that gives the packet again."""
    calls = list(variants.findings(r, ids))
    complexes: Counter[str] = Counter(
        owner
        for where, finding in calls
        if finding.get("complex") is True and (owner := _owner(r, where)) != r.subject_id
    )
    known = _following(r, ids, [finding for _, finding in calls])
    others = [*samples.markers(r, ids, complexes), *measurements.findings(r, ids, known)]
    for where, finding in others:
        finding |= stated(id=r.comments.first(where, "id"))
    return [finding for _, finding in merged(r, calls, others)]


def _following(r: Reading, ids: dict[str, str], calls: list[Json]) -> dict[str, list[Json]]:
    """Measurements that the writer makes of the calls alone, by the id of the biosample."""
    if not any("iscn" in one or "cells" in one for one in calls):
        return {}
    plain = [{name: value for name, value in one.items() if name not in ("source", "phase")} for one in calls]
    document = {"case_format": "1", "id": r.case_id, "specimens": samples.specimens(r, ids), "findings": plain}
    written = rewritten(_accepted(Reading(r.document, r.terms, r.case_id, r.comments), document), r.terms)
    return {one["id"]: one.get("measurements", []) for one in read_json(dump(written)).get("biosamples", ())}


def merged(r: Reading, calls: list[tuple[str, Json]], others: list[tuple[str, Json]]) -> Iterator[tuple[str, Json]]:
    """Calls and other findings in one order, which lists of measurements and of markers hint at.

    A call has its share of cells among the measurements of its biosample, and "complex" among the markers: what stands
    before those there was stated before the call.
    """
    left = dict(enumerate(others))
    lists: dict[str, deque[int]] = {}
    for n, (where, _) in left.items():
        lists.setdefault(where.rpartition("/")[0], deque()).append(n)
    traces = {kind: _traces(r, kind) for kind in ("measurements", "diagnosticMarkers")}
    derived = _derived(r)
    for where, finding in calls:
        sample = _owner(r, where)
        left_behind = (("measurements", _has_cells(r, where)), ("diagnosticMarkers", finding.get("complex") is True))
        places = [traces[kind][sample].popleft() for kind, so in left_behind if so and traces[kind].get(sample)]
        for path, position in places + derived.get((sample, str(finding.get("id"))), []):
            waiting = lists.get(path, deque())
            while waiting and _position(left[waiting[0]][0]) < position:
                yield left.pop(waiting.popleft())
        yield where, finding
    yield from left.values()


def _derived(r: Reading) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Where what was read out of a finding stands first among the measurements, by biosample and finding."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for n, node in objects(r.document, "biosamples"):
        path = f"/biosamples/{n}/measurements"
        for m, one in objects(node, "measurements"):
            if source := _source(one):
                found.setdefault((text(node, "id"), source), [(path, m)])
    return found


def _source(measurement: Json) -> str:
    """Id of the finding that a measurement was read out of."""
    return next(iter(measurements.told_in(text(measurement, "description")).get("derived-from", ())), "")


def _position(where: str) -> int:
    return int(where.rpartition("/")[2])


def _traces(r: Reading, kind: str) -> dict[str, deque[tuple[str, int]]]:
    """Where calls left a trace in a list of their biosample, by the biosample's id."""
    found: dict[str, deque[tuple[str, int]]] = {}
    for n, node in objects(r.document, "biosamples"):
        path = f"/biosamples/{n}/{kind}"
        wanted = "abnormal-cell-fraction" if kind == "measurements" else "complex-karyotype"
        for m, one in objects(node, kind):
            curie = text(child(one, "assay"), "id") if kind == "measurements" else text(one, "id")
            table = "kmt2a-amplification" if kind == "measurements" else "phenopackets"
            alone = kind != "measurements" and r.comments.at(f"{path}/{m}")  # a marker that says more is no trace
            if wanted in r.terms.keys_of(table, curie) and not alone and not _source(one):
                found.setdefault(text(node, "id"), deque()).append((path, m))
    return found


def _call(r: Reading, where: str) -> Any:
    node: Any = r.document
    for step in where.split("/")[1:]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node


def _owner(r: Reading, where: str) -> str:
    return text(_call(r, where), "subjectOrBiosampleId")


def _has_cells(r: Reading, where: str) -> bool:
    """Whether a call tells the share of cells, stated or read out of its string, which then is measured too."""
    described = child(_call(r, where), "variantInterpretation", "variationDescriptor")
    return any(text(one, "name") == "mosaicism" for _, one in objects(described, "extensions"))


def _publish(r: Reading, findings: list[Json], sources: dict[str, Json]) -> None:
    """Give findings the sources that name them by id."""
    known = {one["id"]: one for one in findings if "id" in one}
    for owner, source in sources.items():
        if (finding := known.get(owner.removeprefix("finding "))) is None:
            r.odd("/metaData/externalReferences", "source", "the finding that a source belongs to cannot be told")
        else:
            finding["source"] = source


def _link(r: Reading, findings: list[Json], responses: list[Json]) -> None:
    """Take out, to be carried, what refers to a finding that is not there: a phase, a residual disease result."""
    known = {one.get("id") for one in findings}
    for one in findings:
        found = _PHASE.fullmatch(str(one.get("phase", "")))
        if found and (found["id"] not in known or found["id"] == one.get("id")):
            r.odd("", "reference", "the finding that a phase names cannot be told; the phase is carried")
            del one["phase"]
    residual = {one.get("id") for one in findings if one["kind"] == "mrd"}
    for one in responses:
        if "mrd" in one and one["mrd"] not in residual:
            r.odd("", "reference", "the residual disease result that a response names cannot be told")
            del one["mrd"]


def _accepted(r: Reading, document: Json) -> Case:
    """The case; what its rules refuse is taken out, each with a warning, and so ends in ``carried``."""
    for _ in range(_ROUNDS):
        try:
            return read_case(document)
        except CaseError as error:
            for fault in reversed(error.faults):
                r.odd("", "refused", f"{fault.pointer}: {fault.message}; it is carried, not stated")
            for steps in refused(error.faults, document):
                _remove(document, steps)
    return read_case({"case_format": "1", "id": document["id"]})


def _remove(document: Json, steps: tuple[str, ...]) -> None:
    node: Any = document
    for step in steps[:-1]:
        node = node[int(step) if isinstance(node, list) else step]
    del node[int(steps[-1]) if isinstance(node, list) else steps[-1]]
