"""The law of accounting (contracts, section 4): no leaf of a case vanishes, none of a packet is invented."""

import copy
import os
import re
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings

from adapter import convert
from adapter.case import read_case
from adapter.errors import CaseError
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import models
from adapter.report import leaves
from adapter.terms import load
from adapter.validate import check
from tests.strategies import cases

ROOT = Path(__file__).parents[3]
EXAMPLES = 1000 if os.environ.get("ADAPTER_NIGHTLY") else 24
AT = "2026-01-01T00:00:00Z"
SAMPLES = sorted(ROOT.glob("samples/*.json")) + sorted(ROOT.glob("samples/kinds/*.json"))
CASES = SAMPLES + sorted(ROOT.glob("tests/homes/cases/*.json"))

# Members whose value is the same in every packet, or an enum's "not stated": no statement about a person.
FIXED = {
    "sex": {"UNKNOWN_SEX"},
    "karyotypicSex": {"UNKNOWN_KARYOTYPE"},
    "progressStatus": {"UNKNOWN_PROGRESS"},
    "interpretationStatus": {"UNKNOWN_STATUS"},
    "acmgPathogenicityClassification": {"NOT_PROVIDED"},
    "therapeuticActionability": {"UNKNOWN_ACTIONABILITY"},
    "moleculeContext": {"genomic", "unspecified_molecule_context"},
    "regimenStatus": {"UNKNOWN_STATUS"},
    "drugType": {"UNKNOWN_DRUG_TYPE"},
    "excluded": {False},
    "reverseComplement": {False},
    "phenopacketSchemaVersion": {"2.0"},
    "createdBy": {"haem-adapter"},
    "updatedBy": {"haem-adapter"},
    "created": {AT},
}
# Made of ids that the case states, or of nothing but the packet's own structure.
STRUCTURE = re.compile(
    r"/subject/id|/biosamples/\d+/(?:id|individualId)|/interpretations/0/id|.*/subjectOrBiosampleId|.*/variationDescriptor/id"
    r"|/metaData/resources/\d+/\w+|/metaData/updates/\d+/timestamp"
)


def packet_of(document):
    return convert.write(read_case(document), "phenopacket", at=AT, terms=load())


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


def variants(document, pointer):
    """The document with the leaf at ``pointer`` said otherwise, in several ways, most of which a case accepts."""
    node, member = parent_of(document, pointer)
    value = node[member]
    others = [not value] if isinstance(value, bool) else []
    if isinstance(value, str):
        others = [re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), value, count=1), f"{value} x", f"x{value}"]
        others += ["present", "absent", "somatic", "unknown", "alive", "relapse", "treatment", "likely pathogenic"]
        others += ["chemotherapy", "surgery", "salvage", "gain", "deletion", "hsr", "dmin", "high", "low", "positive"]
        others += [
            "de novo",
            "comorbidity",
            "final",
            "corrected",
            "male",
            "other",
            "stable disease",
            "negative",
            "follow-up",
        ]
    elif not isinstance(value, bool):
        others = [value + 1]
    for other in others:
        if other != value:
            changed = copy.deepcopy(document)
            node, member = parent_of(changed, pointer)
            node[member] = other
            yield changed


def covered(lost, pointer):
    return any(pointer == path or pointer.startswith(f"{path}/") for path in lost)


def silent(document):
    """Leaves that can be taken away or changed without a trace in the packet, and that are no declared loss."""
    original = packet_of(document)
    before, lost = dump(original.document), {loss.path for loss in original.losses}
    for pointer in original.case.leaves():
        if covered(lost, pointer):
            continue
        changes = [
            without(document, pointer),
            *list(variants(document, pointer))[:6],
            *list(variants(document, pointer))[6:],
        ]
        tried = 0
        for n, changed in enumerate(changes):
            try:
                after = dump(packet_of(changed).document)
            except CaseError:
                continue
            tried += 1
            if after == before:
                yield pointer, "removed" if n == 0 else f"changed to {parent_of(changed, pointer)[0]}"
            if tried == 2:
                break


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_leaf_changes_the_packet_or_is_a_loss(path):
    assert list(silent(read_json(path.read_bytes()))) == []


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_leaf_of_a_packet_has_an_origin(path):
    written = packet_of(read_json(path.read_bytes()))
    explained = {row["output"] for row in written.explain() if row["input"] or row["rule"]}
    unexplained = []
    for pointer in leaves(written.document):
        member = pointer.rpartition("/")[2]
        node, key = parent_of(written.document, pointer)
        above = [pointer[:n] for n in range(len(pointer) + 1) if n == len(pointer) or pointer[n] == "/"]
        known = member in FIXED and node[key] in FIXED[member]
        if not (known or STRUCTURE.fullmatch(pointer) or any(a in explained for a in above[1:])):
            unexplained.append((pointer, node[key]))
    assert unexplained == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_losses_name_leaves_of_the_case_and_places_of_the_packet(path):
    written = packet_of(read_json(path.read_bytes()))
    for loss in written.losses:
        assert loss.path
        if loss.where:
            node, member = parent_of(written.document, loss.where)
            assert member in node if isinstance(node, dict) else member < len(node)
        assert bool(loss.where) == (loss.reason != "no-place")


@settings(max_examples=EXAMPLES // 8, deadline=None, derandomize=True, database=None)
@given(cases())
def test_generated_cases_are_accounted_for(document):
    assert list(silent(document)) == []


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
@given(cases())
def test_generated_cases_give_valid_packets_that_survive_protobuf(document):
    packet = packet_of(document).document
    report = check(orjson.loads(dump(packet)), tier="all", source="phenopacket", terms=load())
    assert [i.to_json() for i in report.issues if i.level == "error"] == []
    assert dump(models.round_trip(packet)) == dump(packet) == dump(packet_of(document).document)
