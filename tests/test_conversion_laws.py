"""Laws of every conversion, over generated cases and every target: valid, accounted for, deterministic, pure."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapter import Case, convert
from adapter.case import read_case
from adapter.convert import Converted
from adapter.formats.document import dump, read_json
from adapter.report import Issue, leaves
from adapter.terms import load
from adapter.validate import check_converted
from tests.strategies import cases

Json = dict[str, Any]

ROOT = Path(__file__).parent.parent
AT = "2026-01-01T00:00:00Z"
TERMS = load()
NIGHTLY = bool(os.environ.get("ADAPTER_NIGHTLY"))
TARGETS = {
    "case": {"to": "case"},
    "phenopacket": {"to": "phenopacket"},
    **{
        f"fhir-{profile_set}-{bundle}": {"to": "fhir", "profile_set": profile_set, "bundle": bundle}
        for profile_set in ("gr3", "mcode4")
        for bundle in ("collection", "transaction")
    },
}


def converted(document: Json, target: str) -> Converted:
    return convert.convert(document, at=AT, terms=TERMS, **TARGETS[target])[0]


def holders(pointer: str) -> set[str]:
    """The pointer and those of all that holds it."""
    steps = pointer.split("/")
    return {"/".join(steps[:n]) for n in range(1, len(steps) + 1)}


@pytest.mark.parametrize("target", TARGETS)
@given(document=cases())
@settings(max_examples=2000 if NIGHTLY else 10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_conversion_keeps_the_laws(target: str, document: Json) -> None:
    before = copy.deepcopy(document)
    first = converted(document, target)
    assert document == before, "the input was changed"
    assert dump(first.document) == dump(converted(before, target).document), "not deterministic"
    assert errors(first, target) == [], "not valid at the basic tier"
    assert unaccounted(first, read_case(document)) == [], "a leaf is neither in the document nor among the losses"
    assert invented(first, document) == [], "an explanation or a loss names a place that the case does not have"


def errors(done: Converted, target: str) -> list[Issue]:
    """Errors of the basic tier; a treatment that ends before it starts is the source's, and written as stated."""
    report = check_converted(done, TARGETS[target]["to"], terms=TERMS)
    return [issue for issue in report.issues if issue.level == "error" and issue.category != "per-1"]


def unaccounted(done: Converted, case: Case) -> list[str]:
    """Leaves that nothing in the document comes from and no loss names."""
    placed = {row["input"] for row in done.explain()} | {loss.path for loss in done.losses}
    return [leaf for leaf in case.leaves() if not holders(leaf) & (placed - {""})]


def test_a_result_said_twice_is_told_where_it_stands_once() -> None:
    """A phenopacket's measurements differ, so that two equal negative results become one of them."""
    twice = [{"kind": "sequence-variant", "gene": "TP53", "result": "absent"}] * 2
    done = converted({"case_format": "1", "id": "twice", "findings": twice}, "phenopacket")
    assert [(loss.path, loss.reason, loss.where) for loss in done.losses] == [
        ("/findings/1", "narrowed", "/biosamples/0/measurements/0")
    ]


def invented(done: Converted, document: Json) -> list[str]:
    known = {""} | {holder for leaf in leaves(document) for holder in holders(leaf)}
    named = [row["input"] for row in done.explain()] + [loss.path for loss in done.losses if loss.stage == "write"]
    return [pointer for pointer in named if pointer not in known]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("sample", ["maximal", "fonc-2026-1656404-patient-1", "kinds/karyotype-complex"])
def test_what_a_caller_does_to_a_document_reaches_no_later_one(target: str, sample: str) -> None:
    text = (ROOT / f"samples/{sample}.json").read_bytes()
    first = converted(read_json(text), target)
    said, lost = dump(first.document), first.losses
    spoil(first.document)
    second = converted(read_json(text), target)
    assert dump(second.document) == said
    assert second.losses == lost
    assert dump(first.case.to_json()) == dump(second.case.to_json()), "the case shares a part with its document"


def spoil(node: Any) -> None:
    """Empty every object and list of a document, the innermost first."""
    for part in list(node.values() if isinstance(node, dict) else node):
        if isinstance(part, dict | list):
            spoil(part)
    node.clear()


DEFAULTS = {"status": "final", "result": "present"}


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "case"])
@pytest.mark.parametrize("field", DEFAULTS)
def test_stated_default_says_what_its_absence_says(target: str, field: str) -> None:
    bare = {
        "case_format": "1",
        "id": "default",
        "findings": [{"kind": "copy-number", "gene": "KMT2A", "change": "gain"}],
    }
    stated = copy.deepcopy(bare)
    stated["findings"][0][field] = DEFAULTS[field]
    assert converted(stated, target).document == converted(bare, target).document
    assert f"/findings/0/{field}" not in read_case(stated).leaves()
    assert [row for row in converted(bare, target).explain() if row["input"].endswith(field)] == []


def test_warning_about_a_case_is_said_once() -> None:
    document = {"case_format": "1", "id": "once", "diagnoses": [{"entity": "no such disease"}]}
    report = check_converted(converted(document, "case"), "case", terms=TERMS)
    assert [i.category for i in report.issues if i.level == "warning"] == ["unknown-term"]


# What a document of the minimal case (an id and a diagnosis) says beside id, diagnosis and the conversion itself.
STATED_BY_MINIMAL = {
    "fhir-gr3": {"Patient": {"identifier"}, "Condition": {"identifier", "code", "subject"}},
    "fhir-mcode4": {
        "Patient": {"identifier", "name", "gender", "_gender"},  # the profile demands both: masked, unknown
        "Condition": {"identifier", "category", "code", "subject"},
    },
}


@pytest.mark.parametrize("target", [name for name in TARGETS if name.startswith("fhir")])
def test_minimal_bundle_states_no_further_fact(target: str) -> None:
    resources = [entry["resource"] for entry in minimal(target)["entry"]]
    common = {"resourceType", "id", "text", "meta"}
    said = {r["resourceType"]: r.keys() - common for r in resources if r["resourceType"] != "Provenance"}
    assert said == STATED_BY_MINIMAL[target.rpartition("-")[0]]
    patient = resources[0]
    assert patient.get("gender", "unknown") == "unknown"
    assert all("family" not in name and "given" not in name for name in patient.get("name", []))


def test_minimal_packet_states_no_further_fact() -> None:
    packet = minimal("phenopacket")
    assert packet.keys() == {"id", "subject", "diseases", "metaData"}
    assert packet["subject"] == {"id": "minimal", "sex": "UNKNOWN_SEX", "karyotypicSex": "UNKNOWN_KARYOTYPE"}
    assert [disease.keys() for disease in packet["diseases"]] == [{"term", "excluded"}]


def minimal(target: str) -> Json:
    return converted(read_json((ROOT / "samples/minimal.json").read_bytes()), target).document
