"""Checks of documents that are not one packet, and of junk; printing; what a reader may carry."""

import copy
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats import form
from adapter.formats.document import dump
from adapter.formats.phenopacket import models, printing, schema
from adapter.formats.phenopacket.extras import percent
from adapter.formats.phenopacket.individual import exact_days
from adapter.formats.phenopacket.measurement import slug
from adapter.formats.phenopacket.plausibility import days, moment
from adapter.nomenclature.intervals import read_duration
from adapter.nomenclature.quantities import Bounds
from adapter.terms import load
from adapter.validate import check

ROOT = Path(__file__).parents[3]
AT = "2026-01-01T00:00:00Z"
PACKET = orjson.loads((ROOT / "tests/golden/fonc-2026-1656404-patient-1.phenopacket.json").read_bytes())


def issues(document, tier="basic"):
    return [(i.category, i.path) for i in check(document, tier=tier, source="phenopacket", terms=load()).issues]


def written(**fields):
    case = read_case({"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]} | fields)
    return convert.write(case, "phenopacket", at=AT, terms=load())


def member(packet):
    return {key: value for key, value in packet.items() if key != "metaData"} | {"metaData": packet["metaData"]}


def family():
    person = {"familyId": "f", "individualId": PACKET["subject"]["id"], "paternalId": "0", "maternalId": "0"}
    return {
        "id": "f",
        "proband": member(PACKET),
        "pedigree": {"persons": [person | {"sex": "MALE", "affectedStatus": "AFFECTED"}]},
        "metaData": PACKET["metaData"],
        "consanguinousParents": False,
    }


def test_a_family_and_a_cohort_of_good_packets_have_no_issue():
    assert issues(family(), "all") == []
    assert issues({"id": "c", "members": [PACKET], "metaData": PACKET["metaData"]}, "all") == []


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"paternalId": "nobody"}, ("pedigree-reference", "/pedigree/persons/0/paternalId")),
        ({"individualId": "other"}, ("pedigree-reference", "/proband/subject/id")),
    ],
)
def test_a_pedigree_names_its_persons(change, issue):
    document = copy.deepcopy(family())
    document["pedigree"]["persons"][0] |= change
    assert issue in issues(document)


def test_a_person_stands_once_in_a_pedigree():
    document = copy.deepcopy(family())
    document["pedigree"]["persons"] *= 2
    assert ("duplicate-id", "/pedigree/persons/1/individualId") in issues(document)


def test_a_member_of_a_cohort_is_judged_by_the_resources_of_the_cohort():
    meta = PACKET["metaData"] | {"resources": PACKET["metaData"]["resources"][:1]}
    found = issues({"id": "c", "members": [PACKET], "metaData": meta})
    assert ("resource-missing", "/members/0/diseases/0/term/id") in found


@pytest.mark.parametrize(
    "junk",
    [
        None,
        [],
        "text",
        3,
        {},
        {"metaData": []},
        {"metaData": {"resources": {}}},
        {"subject": [], "biosamples": [1, None, []], "interpretations": {"id": 1}, "metaData": None},
        {"members": {}, "metaData": {}},
        {"proband": 1, "relatives": [1, {}], "pedigree": {"persons": 3}},
        {
            "diseases": [{"term": 3, "onset": {"ageRange": {"start": 1}}}],
            "files": [{"individualToFileIdentifiers": []}],
        },
    ],
)
def test_junk_is_an_invalid_document_and_no_crash(junk):
    report = check(junk, tier="all", source="phenopacket", terms=load())
    assert not report.valid
    assert {c.validator for c in report.checked} == {"phenopacket-schema", "phenopacket-rules", "phenopackets-protobuf"}


def test_every_leaf_of_a_packet_may_be_junk():
    for junk in (None, 0, "", [], {}, "x:y:z", Decimal("1.5")):
        for key in PACKET:
            check(PACKET | {key: junk}, tier="all", source="phenopacket", terms=load())


def test_protobuf_names_the_place_it_refuses():
    document = copy.deepcopy(PACKET)
    document["biosamples"][0]["surname"] = "x"
    assert ("protobuf", "/biosamples") in issues(document, "all")


def test_a_packet_is_recognised():
    found = form("phenopacket")
    assert found.recognises(PACKET)
    assert not found.recognises({"resourceType": "Bundle", "metaData": {}})


def test_the_schema_file_is_what_the_descriptors_give():
    import importlib.util

    spec = importlib.util.spec_from_file_location("build", ROOT / "scripts" / "build_phenopacket_schema.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.build() == script.TARGET.read_bytes()


def test_members_are_printed_in_field_number_order():
    shuffled = dict(reversed(PACKET.items())) | {"subject": dict(reversed(PACKET["subject"].items())), "extra": 1}
    assert list(printing.ordered(shuffled)) == [*PACKET, "extra"]
    assert list(shuffled["subject"]) == list(PACKET["subject"])


def test_a_message_is_printed_with_its_zeros():
    document = {
        "id": "z",
        "biosamples": [{"id": "b", "measurements": [{"value": {"quantity": {"value": 0}}}]}],
        "files": [{"uri": "file:///x", "fileAttributes": {"b": "2", "a": "1"}}],
        "metaData": {"created": "2026-01-01T01:00:00+01:00"},
    }
    printed = models.round_trip(document)
    assert printed["biosamples"][0]["measurements"][0]["value"]["quantity"]["value"] == 0
    assert list(printed["files"][0]["fileAttributes"]) == ["a", "b"]
    assert printed["metaData"]["created"] == AT


@pytest.mark.parametrize(("value", "number"), [(Decimal("68.50"), 68.5), (68.0, 68), (Decimal("1E+20"), 1e20), (0, 0)])
def test_a_number_is_printed_in_its_shortest_form(value, number):
    assert dump(printing.number(value)) == dump(number)


def test_carried_values_of_this_format_are_written_back():
    taxonomy = {"id": "NCBITaxon:9606", "label": "Homo sapiens"}
    carried = [
        {"format": "phenopacket", "path": "/subject/taxonomy", "value": taxonomy},
        {
            "format": "phenopacket",
            "path": "/diseases/0/diseaseStage",
            "value": [{"id": "NCIT:C27966", "label": "Stage I"}],
        },
        {"format": "phenopacket", "path": "/diseases/1", "value": {"term": taxonomy, "excluded": False}},
        {"format": "phenopacket", "path": "/subject/sex", "value": "FEMALE"},
        {"format": "phenopacket", "path": "/subject/gender", "value": {"id": "NCIT:C16576"}},
        {"format": "phenopacket", "path": "/diseases/7/laterality", "value": taxonomy},
        {"format": "phenopacket", "path": "/diseases/2", "value": {"stage": 1}},
        {"format": "phenopacket", "path": "/nowhere/at/all", "value": 1},
        {"format": "fhir", "path": "/subject/gender", "value": taxonomy},
    ]
    done = written(carried=carried)
    packet = done.document
    assert packet["subject"]["taxonomy"] == taxonomy
    assert packet["diseases"][0]["diseaseStage"][0]["label"] == "Stage I"
    assert packet["diseases"][1]["term"] == taxonomy
    assert packet["subject"]["sex"] == "UNKNOWN_SEX"
    assert [r["namespacePrefix"] for r in packet["metaData"]["resources"]] == ["MONDO", "NCBITaxon", "NCIT"]
    assert {loss.path.split("/")[2] for loss in done.losses if loss.path.startswith("/carried")} == set("345678")
    assert dump(models.round_trip(packet)) == dump(packet)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("<0.01 %", "lt-0-point-01-percent"),
        ("<10^-4", "lt-10-to-minus-4"),
        ("CD19+", "cd19-plus"),
        ("CD19-", "cd19-minus"),
        ("—", "value"),
    ],
)
def test_words_have_a_name_that_keeps_their_signs(words, name):
    assert slug(words) == name


@pytest.mark.parametrize(
    ("low", "high", "more", "written_as"),
    [
        ("68.5", "68.5", {}, "68.5%"),
        ("60", "70", {}, "60-70%"),
        ("90", None, {"low_inclusive": False}, ">90%"),
        ("90", None, {}, ">=90%"),
        (None, "1", {"high_inclusive": False}, "<1%"),
        (None, "1", {}, "<=1%"),
        ("5", "5", {"approximate": True}, "~5%"),
    ],
)
def test_a_share_is_written_as_percent(low, high, more, written_as):
    bounds = Bounds("", *(None if b is None else Decimal(b) for b in (low, high)), **more)
    assert percent(bounds) == written_as


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60 d", 60),
        ("2 weeks", 14),
        ("P4D", 4),
        ("two months", None),
        ("within four days", None),
        ("0 d", None),
        ("about 9 d", None),
    ],
)
def test_days_survived_are_counted_only_where_they_are_exact(text, number):
    assert exact_days(read_duration(text)) == number


def test_survival_is_counted_from_diagnosis_only():
    diagnosis = [{"entity": "B-ALL", "date": "2020-01-01"}]
    dead = {"vital_status": "deceased"}
    since = written(outcome=dead | {"after": "60 d", "since": "treatment"}).document
    dated = written(diagnoses=diagnosis, outcome=dead | {"date": "2020-01-31"}).document
    alive = written(diagnoses=diagnosis, outcome={"vital_status": "alive", "date": "2020-01-31"}).document
    month = written(diagnoses=diagnosis, outcome=dead | {"date": "2020-02"}).document
    assert "survivalTimeInDays" not in since["subject"]["vitalStatus"]
    assert dated["subject"]["vitalStatus"]["survivalTimeInDays"] == 30
    assert alive["subject"]["vitalStatus"] == {"status": "ALIVE"}
    assert alive["subject"]["timeAtLastEncounter"] == {"timestamp": "2020-01-31T00:00:00Z"}
    assert "survivalTimeInDays" not in month["subject"]["vitalStatus"]


def test_an_interpretation_without_a_diagnosis_says_so():
    finding = {"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": 9}
    packet = written(diagnoses=[], findings=[finding]).document
    assert packet["interpretations"][0]["diagnosis"]["disease"]["id"] == "HAEM:diagnosis-not-stated"
    assert "diseases" not in packet


def test_the_same_copies_twice_have_one_computed_id_and_two_descriptors():
    finding = {"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": 9}
    specimens = [{"id": "bm", "material": "bone marrow"}, {"id": "pb", "material": "blood"}]
    findings = [finding | {"specimen": one["id"]} for one in specimens]
    calls = written(specimens=specimens, findings=findings).document["interpretations"][0]["diagnosis"]
    first, second = (c["variantInterpretation"]["variationDescriptor"] for c in calls["genomicInterpretations"])
    assert first["id"].startswith("ga4gh:VCN.")
    assert {"name": "vrs-id", "value": first["id"]} in second["extensions"]


def test_a_specimen_called_like_the_unstated_one_is_another():
    specimens = [{"id": "specimen-not-stated", "material": "blood"}]
    packet = written(specimens=specimens, findings=[{"kind": "karyotype", "complex": True}]).document
    assert [b["id"] for b in packet["biosamples"]] == ["one-specimen-not-stated", "one-specimen-not-stated-"]


def test_a_relapse_sample_is_a_recurrent_neoplasm():
    packet = written(specimens=[{"id": "r", "material": "bone marrow", "at": "relapse"}]).document
    assert packet["biosamples"][0]["tumorProgression"]["id"] == "NCIT:C4813"


@pytest.mark.parametrize(
    ("finding", "value"),
    [
        ({"kind": "mrd", "value": "0 %"}, {"ontologyClass": {"id": "NCIT:C38757", "label": "Negative Finding"}}),
        ({"kind": "mrd", "level": "positive"}, {"ontologyClass": {"id": "LOINC:LA9633-4", "label": "Present"}}),
        (
            {"kind": "measurement", "test": "blasts in blood", "value": "0", "unit": "%"},
            {"ontologyClass": {"id": "HAEM:0-percent", "label": "0 %"}},
        ),
        (
            {"kind": "measurement", "test": "LOINC:2532-0", "value": "normal"},
            {"ontologyClass": {"id": "HAEM:normal", "label": "normal"}},
        ),
    ],
)
def test_a_value_that_is_no_number_is_a_class(finding, value):
    assert written(findings=[finding]).document["measurements"][0]["value"] == value


@pytest.mark.parametrize(
    ("unit", "written_as"),
    [
        ("%", {"id": "UCUM:%", "label": "percent"}),
        ("fmol/L", {"id": "UCUM:fmol/L", "label": "fmol/L"}),
        ("cells per field", {"id": "HAEM:cells-per-field", "label": "cells per field"}),
    ],
)
def test_a_unit_is_a_class(unit, written_as):
    finding = {"kind": "measurement", "test": "LDH", "value": "7", "unit": unit}
    assert written(findings=[finding]).document["measurements"][0]["value"]["quantity"]["unit"] == written_as


@pytest.mark.parametrize("result", ["indeterminate", "no call"])
def test_a_result_that_is_none_is_a_measurement(result):
    packet = written(findings=[{"kind": "rearrangement", "genes": ["CRLF2"], "result": result}]).document
    assert packet["biosamples"][0]["measurements"][0]["value"]["ontologyClass"]["id"].startswith("LOINC:LA")
    assert "interpretations" not in packet


def test_complex_false_alone_is_a_negative_measurement():
    packet = written(findings=[{"kind": "karyotype", "complex": False}]).document
    measured = packet["biosamples"][0]["measurements"][0]
    assert measured["value"]["ontologyClass"]["id"] == "NCIT:C38757"
    assert "complex-karyotype: false" in measured["description"]


def test_a_treatment_in_words_only_is_described():
    packet = written(treatments=[{"said": "treated elsewhere"}, {"agents": ["dasatinib"], "start": "2020"}]).document
    first, second = packet["medicalActions"]
    assert first["therapeuticRegimen"]["externalReference"] == {"description": "treated elsewhere"}
    assert set(second) == {"treatment"}


@pytest.mark.parametrize(("duration", "number"), [("P1Y", 365.25), ("PT24H", 1.0), ("58 years", None), ("P", None)])
def test_a_duration_is_about_so_many_days(duration, number):
    assert days(duration) == number


def test_a_moment_has_a_zone():
    assert moment("2026-01-01T00:00:00") is None
    assert moment("no") is None


def test_the_schema_is_of_the_three_messages():
    assert schema.kind_of({"proband": {}}) == "Family"
    assert schema.kind_of([]) == "Phenopacket"
