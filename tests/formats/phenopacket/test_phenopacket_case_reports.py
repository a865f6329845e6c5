"""What case reports say and a packet must not say otherwise; each is read back as it was said."""

import pytest

from adapter import convert
from adapter.case import read_case
from adapter.cli.diff import differences
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import read, rules
from adapter.formats.phenopacket.individual import karyotypic_sex
from adapter.formats.phenopacket.measurement import unit
from adapter.formats.phenopacket.writing import Writing
from adapter.terms import load

AT = "2026-01-01T00:00:00Z"
MARROW = {"id": "bm", "material": "bone marrow"}


def packet_of(**fields):
    """The packet of a case of these fields, which is read back as that case with nothing carried."""
    case = read_case({"case_format": "1", "id": "case"} | fields)
    packet = read_json(dump(convert.write(case, "phenopacket", at=AT, terms=load()).document))
    back = next(read(packet, load())).case
    assert [one for one in differences(case, back) if not one.left.endswith("/id")] == []
    assert not back.carried
    return packet


def losses_of(**fields):
    case = read_case({"case_format": "1", "id": "case"} | fields)
    return {(loss.path, loss.reason) for loss in convert.write(case, "phenopacket", at=AT, terms=load()).losses}


def comments(packet):
    return [update["comment"] for update in packet["metaData"].get("updates", ())]


def test_a_response_to_no_stated_treatment_is_not_given_to_one():
    packet = packet_of(
        treatments=[{"kind": "immunotherapy", "agents": ["mogamulizumab"]}],
        responses=[{"status": "progressive disease"}],
    )
    assert "responseToTreatment" not in packet["medicalActions"][0]
    assert "/subject response.status: progressive disease" in comments(packet)


def test_a_relapse_of_a_disease_listed_by_its_subtype_is_no_second_disease():
    npm1 = {"entity": "AML", "subtype": "AML with mutated NPM1", "age": "47 y"}
    relapse = {"entity": "AML", "phase": "relapse", "date": "2020-02", "said": "relapsed eleven months later"}
    packet = packet_of(diagnoses=[npm1, relapse, {"entity": "breast cancer", "role": "other malignancy"}])
    assert [disease["term"]["label"] for disease in packet["diseases"]] == [
        "acute myeloid leukemia with mutated NPM1",
        "breast cancer",
    ]
    assert "/diseases/0 phase: relapse" in comments(packet)


@pytest.mark.parametrize(
    "later",
    [
        {"entity": "AML", "phase": "relapse", "said": "lineage switch"},  # another disease
        {"entity": "B-ALL", "subtype": "BCR::ABL1-like", "phase": "relapse"},  # classified otherwise
        {"entity": "B-ALL", "role": "antecedent"},  # no later phase
    ],
)
def test_what_may_be_another_disease_is_listed(later):
    packet = packet_of(diagnoses=[{"entity": "B-ALL", "subtype": "B-ALL with iAMP21", "age": "9 y"}, later])
    assert len(packet["diseases"]) == 2


def test_a_relapse_of_one_of_two_diseases_of_an_entity_is_not_given_to_either():
    first = {"entity": "B-ALL", "subtype": "B-ALL with iAMP21"}
    second = {"entity": "B-ALL", "subtype": "BCR::ABL1-like"}
    packet = packet_of(diagnoses=[first, second, {"entity": "B-ALL", "phase": "relapse"}])
    assert len(packet["diseases"]) == 3


def test_a_subtype_without_an_entity_is_read_as_a_subtype():
    packet = packet_of(diagnoses=[{"subtype": "unclassifiable leukaemia"}])
    assert comments(packet) == ["/diseases/0 subtype: unclassifiable leukaemia"]


@pytest.mark.parametrize(
    ("karyotype", "sex"),
    [
        ("46,XY", "XY"),
        ("47,XX,+21", "XX"),
        ("45,X", "XO"),
        ("45,X,der(14;21)(q10;q10)", "XO"),
        ("47,XXYc", "XXY"),
        ("47,XX,+X", "XXX"),
        ("47,XY,+21[18]/46,XY[2]", "XY"),
        ("46,Y,fra(X)(q27.3)", "XY"),
        # mosaics, chimaeras and abnormal sex chromosomes are none of the types of the enum
        ("45,X[22]/46,XX[8]", "OTHER_KARYOTYPE"),
        ("mos 45,X[22]/46,XX[8]", "OTHER_KARYOTYPE"),
        ("chi 46,XX[25]/46,XY[10]", "OTHER_KARYOTYPE"),
        ("46,X,i(X)(q10)", "OTHER_KARYOTYPE"),
        ("46,XX,del(X)(q21)", "OTHER_KARYOTYPE"),
        ("46,X,t(X;11)(q22;q23)", "OTHER_KARYOTYPE"),
        # not shown, or not by a number that fits
        ("46,X?", "UNKNOWN_KARYOTYPE"),
        ("46,U", "UNKNOWN_KARYOTYPE"),
        ("46,X", "UNKNOWN_KARYOTYPE"),
        ("normal female karyotype", "UNKNOWN_KARYOTYPE"),
    ],
)
def test_the_karyotypic_sex_is_what_the_constitutional_karyotype_shows(karyotype, sex):
    assert karyotypic_sex(karyotype) == sex
    packet = packet_of(subject={"constitutional_karyotype": karyotype})
    assert packet["subject"]["karyotypicSex"] == sex


@pytest.mark.parametrize(("result", "code"), [("indeterminate", "LOINC:LA11884-6"), ("no call", "LOINC:LA18198-4")])
def test_a_feature_that_could_not_be_told_is_not_there(result, code):
    doubtful = {"term": "pleural effusion", "result": result, "age": "12 y", "site": "left", "said": "equivocal"}
    packet = packet_of(
        features=[{"term": "fever"}, doubtful, {"term": "dyspnoea", "result": "absent"}],
        findings=[{"kind": "measurement", "test": "LDH", "value": "450", "unit": "U/L"}],
    )
    assert [feature["excluded"] for feature in packet["phenotypicFeatures"]] == [False, True]
    measured = packet["measurements"][1]
    assert measured["assay"]["label"] == "pleural effusion"
    assert measured["value"]["ontologyClass"]["id"] == code
    assert "/measurements/1 site: left" in comments(packet)


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("U/mL", "UCUM:U/mL"),
        ("fmol/L", "UCUM:fmol/L"),
        ("{cells}/uL", "UCUM:{cells}/uL"),
        ("%{IS}", "UCUM:%{IS}"),
        ("K/uL", "UCUM:10*3/uL"),
        # no units of UCUM, and none of ours that only look alike
        ("cells/uL", "HAEM:cells-ul"),
        ("fold", "HAEM:fold"),
        ("kU/L", "HAEM:ku-l"),
        ("copies/100 PBMC", "HAEM:copies-100-pbmc"),
    ],
)
def test_a_unit_is_called_ucum_only_where_it_is(text, curie):
    assert unit(Writing(load(), AT, "case"), text).curie == curie
    packet_of(findings=[{"kind": "measurement", "test": "soluble CD25", "value": "12.5", "unit": text}])


def test_copies_of_a_sex_chromosome_are_judged_by_no_autosome():
    packet = packet_of(
        subject={"sex": "male"},
        diagnoses=[{"entity": "B-ALL"}],
        specimens=[MARROW],
        findings=[{"kind": "karyotype", "iscn": "47,XY,+X[11]/46,XY[9]", "specimen": "bm"}],
    )
    gained = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"][1]["variantInterpretation"]
    assert gained["variationDescriptor"]["variation"]["copyNumber"]["number"] == {"value": "2"}
    assert list(rules.issues(packet, load())) == []


def test_what_was_read_out_of_a_karyotype_is_not_measured_by_itself():
    packet = packet_of(
        specimens=[MARROW],
        findings=[
            {"kind": "rearrangement", "fusion": "ETV6::RUNX1", "result": "absent", "specimen": "bm"},
            {"kind": "karyotype", "iscn": "47,XX,+8[10]/46,XX[10].nuc ish(KMT2Ax2)[200]", "specimen": "bm"},
            {"kind": "sequence-variant", "gene": "NPM1", "result": "absent", "specimen": "bm"},
            {"kind": "copy-number", "gene": "TP53", "change": "loss", "cells": "12 %", "specimen": "bm"},
        ],
    )
    told = [one["description"] for one in packet["biosamples"][0]["measurements"]]
    assert [text.rpartition("; ")[2] for text in told if "karyotype-1" in text] == ["derived-from: karyotype-1"] * 2
    assert len(told) == 5


def test_ages_that_version_2_cannot_say_stand_in_comments():
    fields = {
        "diagnoses": [{"entity": "CLL", "age": ">89 y"}, {"entity": "AML", "age": "about 60 y", "date": "2020"}],
        "features": [{"term": "fever", "age": "<18 y"}],
        "specimens": [MARROW | {"age": "about 90 y"}],
        "findings": [
            {"kind": "immunophenotype", "markers": {"CD19": "positive", "CD5": "dim"}, "age": "about 60 y"},
            {"kind": "sequence-variant", "gene": "NPM1", "result": "absent", "age": ">89 y", "specimen": "bm"},
            {"kind": "copy-number", "gene": "TP53", "change": "loss", "cells": "12 %", "age": "about 60 y"},
        ],
        "outcome": {"vital_status": "alive", "age": ">89 y"},
    }
    packet = packet_of(**fields)
    assert "onset" not in packet["diseases"][0]
    assert packet["diseases"][1]["onset"] == {"age": {"iso8601duration": "P60Y"}}
    assert {
        "/diseases/0 onset: >89 y",
        "/diseases/1 onset: about 60 y",
        "/phenotypicFeatures/0 onset: <18 y",
        "/biosamples/0 timeOfCollection: about 90 y",
        "/biosamples/0/measurements/0 timeObserved: >89 y",
        "/measurements/0 timeObserved: about 60 y",
        "/subject timeAtLastEncounter: >89 y",
    } <= set(comments(packet))
    lost = losses_of(**fields)
    assert {("/diagnoses/0/age", "moved"), ("/diagnoses/1/age", "narrowed"), ("/outcome/age", "moved")} <= lost
    # the extension of the finding has the words, so the time beside its share of cells narrows nothing
    assert not any(path == "/findings/2/age" for path, _ in lost)


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": {"identifiers": [{"system": "urn:study", "value": "T-71"}, {"value": "UPN12"}]}},
        {"subject": {"identifiers": [{"value": "UPN12"}]}, "source": {"label": "Patient 3"}},
        {"source": {"label": "family A | II-3"}},
    ],
)
def test_an_identifier_is_not_the_name_in_the_paper(fields):
    packet_of(**fields)


def test_findings_that_are_named_are_read_back_whatever_their_order():
    packet_of(
        specimens=[MARROW, {"id": "mid", "material": "bone marrow"}, {"id": "relapse", "material": "bone marrow"}],
        findings=[
            {"kind": "immunophenotype", "markers": {"CD19": "bright"}, "specimen": "bm"},
            {"kind": "immunophenotype", "markers": {"CD19": "negative"}, "specimen": "relapse"},
            {"id": "mrd", "kind": "mrd", "level": "negative", "specimen": "mid"},
        ],
        treatments=[{"id": "car-t", "kind": "cell-therapy"}],
        responses=[{"to": "car-t", "status": "complete remission", "mrd": "mrd"}],
    )


@pytest.mark.parametrize(
    ("reference", "unit_said", "low_high", "told"),
    [
        ("4-10", "10*9/L", (4, 10), False),
        ("4.0-10.0", "10*9/L", (4, 10), True),
        ("4-10 G/L", "G/L", (4, 10), True),
        # one-sided, from zero, in another unit: no range of version 2
        ("<10", "10*9/L", None, True),
        ("0-10", "10*9/L", None, True),
        ("4000-10000 /uL", "10*9/L", None, True),
    ],
)
def test_a_reference_range_of_two_numbers_is_one(reference, unit_said, low_high, told):
    count = {"kind": "measurement", "test": "WBC", "value": "112.4", "unit": unit_said, "reference": reference}
    (measured,) = packet_of(findings=[count])["measurements"]
    given = measured["value"]["quantity"].get("referenceRange")
    assert (given and (given["low"], given["high"])) == low_high
    assert (f"reference: {reference}" in measured["description"]) is told


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        ("sepsis", "SNOMED:91302008"),
        ("GVHD", "SNOMED:234646005"),
        ("acute myeloid leukemia", "MONDO:0018874"),
        ("complications", "NCIT:C2959"),
        ("septic shock", None),
        ("unknown", None),
    ],
)
def test_a_cause_of_death_is_coded_where_a_table_has_it(cause, code):
    packet = packet_of(outcome={"vital_status": "deceased", "cause": cause})
    assert packet["subject"]["vitalStatus"].get("causeOfDeath", {}).get("id") == code


def test_days_between_two_dates_are_marked_as_derived():
    packet = packet_of(
        diagnoses=[{"entity": "AML", "date": "2022-05-02"}], outcome={"vital_status": "deceased", "date": "2022-09-01"}
    )
    assert packet["subject"]["vitalStatus"]["survivalTimeInDays"] == 122
    derived = "/subject/vitalStatus survivalTimeInDays: derived from the dates of diagnosis and death"
    assert derived in comments(packet)


def test_a_germline_result_without_a_specimen_is_of_the_subject():
    packet = packet_of(
        findings=[
            {"kind": "sequence-variant", "gene": "ANKRD26", "result": "absent", "origin": "germline"},
            {"kind": "sequence-variant", "gene": "NPM1", "result": "absent"},
        ]
    )
    assert packet["measurements"][0]["description"].startswith("gene: ANKRD26;")
    assert [sample["description"] for sample in packet["biosamples"]] == ["specimen not stated"]


def test_a_fusion_of_a_gene_that_no_table_knows_is_read_back():
    packet_of(specimens=[MARROW], findings=[{"kind": "rearrangement", "fusion": "FLT3::NEWGENE", "specimen": "bm"}])


def test_the_vrs_version_of_an_id_is_that_of_its_vocabulary():
    packet = packet_of(findings=[{"kind": "copy-number", "gene": "KMT2A", "change": "amplification", "copies": "6~18"}])
    (vrs,) = [one for one in packet["metaData"]["resources"] if one["namespacePrefix"] == "ga4gh"]
    call = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["variantInterpretation"]
    assert {"name": "vrs-version", "value": vrs["version"]} in call["variationDescriptor"]["extensions"]


@pytest.mark.parametrize(
    ("zygosity", "state"),
    [
        ("heterozygous", "GENO:0000135"),
        ("het", "GENO:0000135"),
        ("biallelic", "HAEM:biallelic"),
        ("compound heterozygous", "HAEM:compound-heterozygous"),
    ],
)
def test_a_zygosity_is_the_allelic_state(zygosity, state):
    variant = {"kind": "sequence-variant", "gene": "TP53", "hgvs": "c.524G>A", "zygosity": zygosity}
    packet = packet_of(findings=[variant, variant | {"hgvs": "c.743G>A", "result": "absent"}])
    call = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["variantInterpretation"]
    assert call["variationDescriptor"]["allelicState"]["id"] == state


def test_the_significance_of_an_unclear_result_is_not_lost():
    unclear = {"result": "indeterminate", "significance": "uncertain", "significance_by": "AMP/ASCO/CAP"}
    fields = {"findings": [{"kind": "rearrangement", "genes": ["IGH", "MYC"]} | unclear]}
    packet_of(**fields)
    assert losses_of(**fields) == set()


def test_a_probe_of_a_dna_segment_is_no_gene_and_its_cells_are_marked_as_derived():
    packet = packet_of(
        specimens=[MARROW],
        findings=[
            {"kind": "copy-number", "iscn": "nuc ish(D7Z1,D7S486)x1[80/200]", "specimen": "bm"},
            {"kind": "sequence-variant", "gene": "NPM1", "result": "absent", "specimen": "bm"},
            {"kind": "copy-number", "gene": "TP53", "change": "loss", "cells": "12 %", "specimen": "bm"},
        ],
    )
    call = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["variantInterpretation"]
    assert "geneContext" not in call["variationDescriptor"]
    assert packet["biosamples"][0]["measurements"][0]["description"].endswith("; derived: cells: iscn")


def test_responses_are_read_back_whatever_their_order():
    packet_of(
        treatments=[{"id": "induction", "kind": "chemotherapy"}, {"id": "tki", "agents": ["dasatinib"]}],
        responses=[
            {"to": "tki", "status": "complete remission", "date": "2021"},
            {"status": "relapse", "sites": ["CNS"]},
            {"to": "induction", "status": "relapse"},
        ],
    )


def test_refractory_disease_is_not_called_primary_refractory():
    packet = packet_of(
        treatments=[{"id": "salvage", "kind": "chemotherapy", "phase": "salvage"}],
        responses=[{"to": "salvage", "status": "refractory"}],
    )
    assert packet["medicalActions"][0]["responseToTreatment"]["id"] == "HAEM:refractory"


def test_a_primary_refractory_disease_of_another_is_read_as_refractory():
    packet = packet_of(treatments=[{"id": "induction", "kind": "chemotherapy", "phase": "induction"}])
    packet["medicalActions"][0]["responseToTreatment"] = {"id": "NCIT:C70604", "label": "Primary Refractory"}
    back = next(read(packet, load())).case
    assert [response.status for response in back.responses] == ["refractory"]
    again = convert.write(back, "phenopacket", at=AT, terms=load()).document
    assert again["medicalActions"][0]["responseToTreatment"]["id"] == "NCIT:C70604"


@pytest.mark.parametrize(
    "finding",
    [
        {"kind": "copy-number", "iscn": "nuc ish(KMT2Ax2)[200]", "result": "absent"},
        {"kind": "copy-number", "iscn": "nuc ish(KMT2Ax2)[200]"},
        {"kind": "copy-number", "iscn": "nuc ish(D7Z1,D7S486)x1[80/200]"},
        {"kind": "copy-number", "gene": "KMT2A", "iscn": "nuc ish(KMT2Ax6~18)[137/200]"},
        {"kind": "rearrangement", "genes": ["KMT2A"], "iscn": "nuc ish(KMT2Ax2)[200]", "result": "absent"},
        {"kind": "rearrangement", "iscn": "nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[150/200]"},
        {"kind": "karyotype", "iscn": "46,XX[20].nuc ish(KMT2Ax2)[200]"},
    ],
)
def test_a_string_alone_does_not_make_a_result_a_karyotype(finding):
    packet_of(specimens=[MARROW], findings=[finding | {"specimen": "bm"}])


@pytest.mark.parametrize(
    ("feature", "label"),
    [
        ({"said": "coarse face"}, "coarse face"),
        ({"term": "coarse face", "said": "coarse face"}, "coarse face"),
        ({"age": "3 y"}, "feature"),
        ({"said": "no murmur", "result": "absent"}, "no murmur"),
    ],
)
def test_a_feature_without_a_term_has_a_label_and_no_term_is_made_of_it(feature, label):
    (node,) = packet_of(features=[feature])["phenotypicFeatures"]
    assert node["type"]["label"] == label
