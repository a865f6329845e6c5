"""Packets that others wrote: read with what they say, the rest carried, odd habits accepted with a warning."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter import convert
from adapter.errors import ReadError
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import read
from adapter.terms import load

DATA = Path(__file__).parents[2] / "data" / "phenopacket_read"
OWN = sorted((DATA.parents[1] / "golden").glob("*.phenopacket.json"))
SMALL = 8_000  # bytes: an element less is a reading more
AT = "2026-01-01T00:00:00Z"
CALLS = "/interpretations/0/diagnosis/genomicInterpretations"


def packet(n=1):
    return read_json((DATA / f"hand-written-{n}.json").read_bytes())


def case_of(document):
    return next(read(document, load())).case


def carried(document):
    return {one.path: one.value for one in case_of(document).carried}


def finding(document, kind):
    return next(one.to_json() for one in case_of(document).findings if one.kind == kind)


def test_copies_of_a_gene_are_a_copy_number():
    found = finding(packet(), "copy-number")

    assert found["gene"] == "KMT2A"
    assert found["copies"] == "6-18"
    assert found["change"] == "amplification"
    assert found["cells"] == "68.5%"
    assert found["origin"] == "somatic"


def test_expressions_are_a_sequence_variant():
    found = finding(packet(), "sequence-variant")

    assert found["gene"] == "TP53"
    assert "NM_000546.6:c.524G>A" in found["hgvs"]
    assert found["significance"] == "pathogenic"


def test_an_iscn_expression_is_a_karyotype():
    assert finding(packet(), "karyotype")["iscn"] == "ISCN-STRING-FROM-SOURCE"


def test_a_structural_variant_of_one_gene_claims_no_partner():
    found = finding(packet(2), "rearrangement")

    assert found["genes"] == ["CRLF2"]
    assert "fusion" not in found


def test_a_term_the_tables_do_not_have_is_kept_as_code_and_words():
    document = packet()
    document["diseases"][0]["term"] = {"id": "ORPHA:519", "label": "Leukemia, acute myeloid"}

    (diagnosis,) = case_of(document).diagnoses

    assert diagnosis.entity == "Leukemia, acute myeloid"
    assert diagnosis.code.code == "ORPHA:519"


def test_what_a_case_has_no_place_for_is_carried_at_its_pointer():
    assert carried(packet())["/biosamples/0/materialSample"] == {"id": "EFO:0009655", "label": "abnormal sample"}
    assert carried(packet())["/interpretations/0/progressStatus"] == "COMPLETED"


def test_a_disease_that_was_ruled_out_is_no_diagnosis():
    document = packet()
    document["diseases"][0]["excluded"] = True

    found = next(read(document, load()))

    assert not found.case.diagnoses
    assert "excluded" in {issue.category for issue in found.issues}
    assert "/diseases" in {one.path for one in found.case.carried}


@pytest.mark.parametrize(
    ("category", "change"),
    [
        ("number", lambda d: call(d, 1)["vcfRecord"].update(pos=7675088)),
        ("snake-case", lambda d: d["subject"].update(alternate_ids=["a"])),
        ("null", lambda d: d["subject"].update(gender=None)),
    ],
)
def test_a_habit_of_real_packets_is_accepted_with_a_warning(category, change):
    document = packet()
    change(document)

    found = next(read(document, load()))

    assert category in {issue.category for issue in found.issues}
    assert len(found.case.findings) == len(case_of(packet()).findings)


def call(document, n):
    return document["interpretations"][0]["diagnosis"]["genomicInterpretations"][n]["variantInterpretation"][
        "variationDescriptor"
    ]


def test_a_family_gives_a_case_for_each_person_and_says_what_has_no_place():
    family = {"id": "f", "proband": packet(1), "relatives": [packet(2)], "pedigree": {"persons": []}, "metaData": {}}

    first, second = read(family, load())

    assert (first.case.id, second.case.id) == ("fonc.2026.1656404-patient-1", "fonc.2026.1656404-patient-2")
    assert {loss.path for loss in first.losses} == {"/id", "/pedigree"}


def test_a_cohort_gives_a_case_for_each_member_with_its_own_warnings():
    odd = packet(2) | {"id": "patient 2"}

    cases = list(read({"id": "c", "members": [packet(1), odd], "metaData": {}}, load()))

    assert [one.case.id for one in cases] == ["fonc.2026.1656404-patient-1", "patient_2"]
    assert "/members/1/id" in {issue.path for issue in cases[1].issues}


@pytest.mark.parametrize(
    "document",
    [
        [],
        "x",
        None,
        {"members": [], "metaData": {}},
        {"members": [], "metaData": {"phenopacketSchemaVersion": "1.0.0"}},
    ],
    ids=["list", "text", "null", "empty cohort", "empty cohort of schema 1"],
)
def test_what_is_no_packet_of_this_schema_is_refused(document):
    with pytest.raises(ReadError):
        list(read(document, load()))


def without(document, pointer):
    changed = copy.deepcopy(document)
    *steps, last = pointer.split("/")[1:]
    node = changed
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    del node[int(last) if isinstance(node, list) else last]
    return changed


def elements(node, path=""):
    """Pointers of every element of a packet but MetaData, which is about the packet."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if path or key != "metaData":
            yield f"{path}/{key}"
            yield from elements(value, f"{path}/{key}")


def at(document, path):
    """What stands at a pointer, None where nothing does."""
    node = document
    for step in path.split("/")[1:]:
        if isinstance(node, list):
            node = node[int(step)] if int(step) < len(node) else None
        else:
            node = node.get(step) if isinstance(node, dict) else None
    return node


def within(part, whole):
    """Whether all that ``part`` says is in ``whole``."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(within(v, whole.get(k)) for k, v in part.items())
    return all(one in whole for one in part) if isinstance(part, list) else part == whole


def untraced(document):
    """Elements that can be taken away without a trace in the case, and that the writer does not make of the rest."""
    case = case_of(document)
    whole = dump(case.to_json())
    again = convert.write(case, "phenopacket", at=AT, terms=load()).document
    silent = [path for path in elements(document) if dump(case_of(without(document, path)).to_json()) == whole]
    return [path for path in silent if not within(at(document, path), at(again, path))]


@pytest.mark.parametrize("n", [1, 2])
def test_an_element_taken_away_leaves_a_trace_unless_the_rest_says_it_too(n):
    # Codes of a label, VRS of an expression, enums that say "not stated": the writer makes them of what is left.
    made = ("/unit/label", "/expressions/3", "/extensions/0", "/syntax", "/value")
    assert [path for path in untraced(packet(n)) if not path.endswith(made)] == []


@pytest.mark.parametrize("path", [p for p in OWN if p.stat().st_size < SMALL], ids=lambda p: p.name)
def test_an_element_taken_out_of_our_own_packet_leaves_a_trace(path):
    assert untraced(read_json(path.read_bytes())) == []


@pytest.mark.nightly
@pytest.mark.parametrize("path", [p for p in OWN if p.stat().st_size >= SMALL], ids=lambda p: p.name)
def test_an_element_taken_out_of_our_own_large_packet_leaves_a_trace(path):
    assert untraced(read_json(path.read_bytes())) == []


JUNK = st.sampled_from(
    [True, 0, -1, 3.5, "", "x", [], {}, [[]], [{}], {"id": 1}, {"low": 1, "high": "x"}, 10**30, "P1Y", "/a b: c"]
)


@given(st.sampled_from([1, 2]), st.lists(st.tuples(st.integers(0, 10**6), JUNK), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_packet_with_wrong_types_anywhere_is_read(n, changes):
    document = json.loads(dump(packet(n)))
    for position, junk in changes:
        paths = list(elements(document))
        if not paths:
            break
        *steps, last = paths[position % len(paths)].split("/")[1:]
        node = document
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[int(last) if isinstance(node, list) else last] = copy.deepcopy(junk)

    for found in read(document, load()):
        assert convert.write(found, "phenopacket", at=AT, terms=load()).document["id"] == found.case.id


def test_a_disease_of_omim_is_coded_in_fhir_and_comes_back():
    document = packet()
    document["diseases"][0]["term"] = {"id": "OMIM:601626", "label": "Leukemia, acute myeloid"}

    (bundle,) = convert.convert(document, "fhir", at=AT, terms=load())
    conditions = [e["resource"] for e in bundle.document["entry"] if e["resource"]["resourceType"] == "Condition"]
    (back,) = convert.convert(bundle.document, "phenopacket", at=AT, terms=load())

    # The URI of terminologies-systems.html of FHIR R4, where a code is the bare MIM number.
    assert {"system": "http://www.omim.org", "code": "601626", "display": "Leukemia, acute myeloid"} in conditions[0][
        "code"
    ]["coding"]
    assert back.document["diseases"][0]["term"] == {"id": "OMIM:601626", "label": "Leukemia, acute myeloid"}
