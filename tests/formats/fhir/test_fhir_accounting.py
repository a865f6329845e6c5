"""The law of accounting: no leaf of a case vanishes silently, no leaf of a bundle is invented."""

import copy
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent))
from writing import AT, CASES, ROOT, SAMPLES, SETS, counted, read, written

from adapter.errors import CaseError
from adapter.report import leaves
from adapter.terms import load
from tests.strategies import cases

# What a bundle holds that neither the case nor a mapping row says: FHIR's own words, by member.
FIXED = {
    "resourceType": {
        "Bundle", "Patient", "Condition", "Specimen", "Observation", "DiagnosticReport", "MedicationAdministration",
        "Procedure", "Provenance",
    },
    "type": {"collection", "citation"},
    "status": {"generated", "final", "unknown"},
    "use": {"secondary"},
    "role": {"source"},
    "gender": {"unknown"},
    "valueCode": {"masked", "unknown", "A", "B", "C", "D"},
    "url": {
        "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact",
        "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/genomics-artifact",
        "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
        "http://hl7.org/fhir/StructureDefinition/condition-related",
        "https://w3id.org/haem-adapter/fhir/StructureDefinition/as-stated",
        "https://w3id.org/haem-adapter/fhir/StructureDefinition/derivation",
        "grade", "rule",
    },
    "code": {"N", "relapse", "remission", "health-concern"},
    "display": {"Normal", "Relapse", "Remission", "Health Concern"},
    "system": {
        "https://w3id.org/haem-adapter/fhir/identifier/case",
        "https://w3id.org/haem-adapter/fhir/identifier/stated",
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        "http://terminology.hl7.org/CodeSystem/condition-clinical",
        "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
        "urn:ietf:rfc:3986",
    },
    "text": {"diagnosis not stated", "treatment"},
    "timestamp": {AT},
    "recorded": {AT},
}  # fmt: skip
# Ids and references (made of the case id and a role), narrative, and what the conversion says of itself.
STRUCTURE = re.compile(
    r"/id|/entry/\d+/fullUrl|/entry/\d+/resource/id|.*/reference|.*/resource/text/div|.*/resource/identifier/0/value"
    r"|.*/meta/tag/0/code|.*/agent/0/who/display|.*/entity/\d+/what/.*|.*/extension/0/extension/1/valueString"
)


def parent_of(document, pointer):
    steps = [s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:]]
    node = document
    for step in steps[:-1]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node, int(steps[-1]) if isinstance(node, list) else steps[-1]


def without(document, pointer):
    changed = copy.deepcopy(document)
    node, member = parent_of(changed, pointer)
    del node[member]
    return changed


def otherwise(document, pointer):
    """The document with the leaf at ``pointer`` said otherwise, in several ways, most of which a case accepts."""
    node, member = parent_of(document, pointer)
    value = node[member]
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, str):
        words = (
            "present absent somatic unknown alive deceased relapse treatment pathogenic chemotherapy surgery salvage",
            "gain deletion hsr dmin high low positive comorbidity final corrected male other negative follow-up",
        )
        others = [re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), value, count=1), f"{value} x", f"x{value}"]
        others += [*" ".join(words).split(), "de novo", "stable disease"]
    else:
        others = [value + 1]
    for other in others:
        if other != value:
            changed = copy.deepcopy(document)
            node, member = parent_of(changed, pointer)
            node[member] = other
            yield changed


def is_default(document, pointer):
    """Whether a leaf states what leaving it out states too."""
    node, member = parent_of(document, pointer)
    return (member, node[member]) in {("result", "present"), ("status", "final")}


def silent(document, profile_set, tries=2):
    """Leaves that can be taken away or changed without a trace in the bundle, and that are no declared loss."""
    original = written(document, profile_set)
    before = counted(original.document)
    lost = {loss.path for loss in original.losses}
    for pointer in original.case.leaves():
        if pointer in lost or any(pointer.startswith(f"{path}/") for path in lost):
            continue
        removed = [] if is_default(document, pointer) else [without(document, pointer)]
        tried = 0
        for changed in (*removed, *otherwise(document, pointer)):
            try:
                after = counted(written(changed, profile_set).document)
            except CaseError:
                continue
            tried += 1
            if after == before:
                yield pointer, parent_of(document, pointer)[0]
            if tried == tries:
                break


@pytest.mark.parametrize("profile_set", SETS)
@pytest.mark.parametrize("path", [p for p in SAMPLES + CASES if p.stem != "maximal"], ids=lambda p: p.stem)
def test_every_leaf_changes_the_bundle_or_is_a_loss(path, profile_set):
    assert list(silent(read(path), profile_set)) == []


@pytest.mark.nightly
@pytest.mark.parametrize("profile_set", SETS)
def test_every_leaf_of_the_largest_sample_changes_the_bundle_or_is_a_loss(profile_set):
    assert list(silent(read(ROOT / "samples" / "maximal.json"), profile_set)) == []


@pytest.mark.parametrize("profile_set", SETS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=cases())
def test_every_leaf_of_any_case_changes_the_bundle_or_is_a_loss(profile_set, document):
    assert list(silent(document, profile_set)) == []


@pytest.mark.nightly
@pytest.mark.parametrize("profile_set", SETS)
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=cases())
def test_a_thousand_cases_keep_the_law(profile_set, document):
    assert list(silent(document, profile_set)) == []


@pytest.fixture(scope="module")
def table_values():
    """Everything that a mapping row can put into a Coding."""
    terms = load()
    codings = [
        terms.coded(row.object_id, row.object_label).coding
        for table in terms.tables()
        for row in terms.rows(table)
        if not row.is_alias and row.object_id != "sssom:NoTermFound"
    ]
    profiles = {p for ps in SETS for role in ROLES for p in terms.profiles(ps, role)}
    return {v for coding in codings for v in coding.values()} | profiles | terms.other_systems().keys()


ROLES = (
    "patient", "primary-condition", "specimen", "variant", "molecular-consequence", "diagnostic-implication", "report",
    "medication-administration", "disease-status", "risk-assessment", "bundle",
)  # fmt: skip


def invented(document, profile_set, table_values):
    """Leaves of a bundle that come from no input leaf, no mapping row, no fixed value and not the clock."""
    made = written(document, profile_set)
    explained = {row["output"] for row in made.explain() if row["input"] or row["rule"]}
    unknown, said = [], set()
    for pointer in leaves(made.document):
        node, member = parent_of(made.document, pointer)
        above = [pointer[:n] for n in range(1, len(pointer) + 1) if n == len(pointer) or pointer[n] == "/"]
        known = node[member] in FIXED.get(str(member), ()) or node[member] in table_values
        if any(a in explained for a in above):
            said.add(node[member])
        elif not (known or STRUCTURE.fullmatch(pointer)):
            unknown.append((pointer, node[member]))
    said |= {loss.path and parent_value(made.document, loss.where) for loss in made.losses if loss.where}
    return [one for one in unknown if one[1] not in said]  # a citation is said once and stands on every resource


def parent_value(document, pointer):
    node, member = parent_of(document, pointer)
    return node[member] if isinstance(node[member], str) else ""


@pytest.mark.parametrize("profile_set", SETS)
@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_every_leaf_of_a_bundle_has_an_origin(path, profile_set, table_values):
    assert list(invented(read(path), profile_set, table_values)) == []


@pytest.mark.parametrize("profile_set", SETS)
@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_losses_name_leaves_of_the_case_and_places_of_the_bundle(path, profile_set):
    made = written(read(path), profile_set)
    for loss in made.losses:
        assert loss.path
        if loss.where:
            node, member = parent_of(made.document, loss.where)
            assert member in node if isinstance(node, dict) else member < len(node)
        assert bool(loss.where) == (loss.reason != "no-place")
