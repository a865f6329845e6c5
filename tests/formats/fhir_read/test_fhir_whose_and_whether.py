"""Whose a fact of another's document is, and whether it is one: answers, states, plans, donors, versions."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from rereading import reread
from writing import AT

from adapter import convert
from adapter.case import read_case
from adapter.terms import load

LOINC, SCT = "http://loinc.org", "http://snomed.info/sct"
VER = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
GENES = {"TP53": "HGNC:11998", "KRAS": "HGNC:6407", "NRAS": "HGNC:7989", "KMT2A": "HGNC:7132", "MLLT3": "HGNC:7136"}


def concept(system, code, display=None):
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def component(code, value, kind="CodeableConcept"):
    return {"code": concept(LOINC, code), f"value{kind}": value}


def gene(symbol):
    return component("48018-6", concept("http://www.genenames.org", GENES[symbol], symbol))


def observation(name, code=None, subject="Patient/p", **more):
    made = {"resourceType": "Observation", "id": name, "status": "final", "code": code or concept(LOINC, "718-7")}
    return made | ({"subject": {"reference": subject}} if subject else {}) | more


def variant(name="v", *genes, **more):
    return observation(name, concept(LOINC, "69548-6"), component=[gene(one) for one in genes or ("TP53",)], **more)


def haemoglobin(name, value, **more):
    return observation(name, **{"valueQuantity": {"value": value, "unit": "g/dL"}, **more})


def patient(name="p"):
    return {"resourceType": "Patient", "id": name, "gender": "female"}


def condition(name, code, **more):
    return {"resourceType": "Condition", "id": name, "code": code, "subject": {"reference": "Patient/p"}, **more}


AML = concept(
    "http://hl7.org/fhir/sid/icd-10-cm", "C92.00", "Acute myeloblastic leukemia, not having achieved remission"
)
HYPERTENSION = concept(SCT, "38341003", "Hypertensive disorder")


def cases(*resources):
    return [(one.case.to_json(), [issue.category for issue in one.issues]) for one in reread(list(resources))]


def only(*resources):
    (found,) = cases(*resources)
    return found


def is_carried(case, path):
    return path in [one["path"] for one in case.get("carried", ())]


def twice(*resources):
    """The case, and the case that is read of the FHIR document written of it."""
    (first,) = reread(list(resources))
    (second,) = reread(convert.write(first, "fhir", at=AT, terms=load()).document)
    return first.case.to_json(), second.case.to_json()


# answers


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({"valueCodeableConcept": concept(SCT, "260415000", "Not detected")}, "absent"),
        ({"valueCodeableConcept": {"text": "Not Detected"}}, "absent"),
        ({"valueCodeableConcept": {"text": "NEGATIVE"}}, "absent"),
        ({"valueCodeableConcept": concept(LOINC, "LA6577-6", "Negative")}, "absent"),
        ({"valueString": "Wild type"}, "absent"),
        ({"valueBoolean": False}, "absent"),
        ({"interpretation": [concept(INTERPRETATION, "NEG", "Negative")]}, "absent"),
        ({"interpretation": [concept(INTERPRETATION, "ND")]}, "absent"),
        ({"valueCodeableConcept": {"text": "Equivocal"}}, "indeterminate"),
        ({"valueCodeableConcept": concept(LOINC, "LA9634-2")}, "absent"),
        ({"valueCodeableConcept": concept(SCT, "260373001", "Detected")}, "present"),
        ({"valueBoolean": True}, "present"),
        ({"valueCodeableConcept": {"text": "Heterozygous"}}, "present"),
        ({"valueCodeableConcept": {"text": "Test failed"}}, "no call"),
        ({}, "present"),
    ],
)
def test_the_answer_of_a_laboratory_is_the_result(answer, result):
    first, second = twice(patient(), variant(**answer))

    assert [one["findings"][0].get("result", "present") for one in (first, second)] == [result, result]


def test_an_answer_that_is_a_state_of_the_allele_is_the_zygosity():
    assert only(variant(valueCodeableConcept={"text": "Heterozygous"}))[0]["findings"][0]["zygosity"] == "Heterozygous"


@pytest.mark.parametrize(
    "answer",
    [
        {"valueCodeableConcept": {"text": "siehe Befund"}},
        {"valueCodeableConcept": concept("urn:lab", "77")},
        {"dataAbsentReason": {"text": "insufficient material"}},
        {"valueCodeableConcept": {"coding": concept(LOINC, "LA9633-4")["coding"], "text": "Not detected"}},
        {"valueCodeableConcept": concept(LOINC, "LA9633-4"), "interpretation": [concept(INTERPRETATION, "NEG")]},
    ],
    ids=["words", "code", "no value", "words against the code", "interpretation against the value"],
)
def test_an_answer_that_is_not_understood_is_no_finding(answer):
    case, warnings = only(variant(**answer))

    assert "findings" not in case
    assert is_carried(case, "Observation/v")
    assert "answer" in warnings


def test_several_genes_in_which_nothing_was_found_are_all_negative():
    first, second = twice(
        patient(), variant("v", "TP53", "KRAS", "NRAS", valueCodeableConcept=concept(LOINC, "LA9634-2"))
    )

    for case in (first, second):
        assert case["findings"] == [{"id": "v", "kind": "normal", "genes": ["TP53", "KRAS", "NRAS"]}]


def test_partners_without_an_order_get_none_when_they_are_read_again():
    fusion = component("48019-4", concept("http://www.sequenceontology.org", "SO:0001565", "gene_fusion"))
    resource = variant("v", "KMT2A", "MLLT3")
    resource["component"].append(fusion)

    for case in twice(patient(), resource):
        assert case["findings"][0]["genes"] == ["KMT2A"]
        assert case["findings"][0]["said"] == "KMT2A and MLLT3"


@pytest.mark.parametrize("share", [{"value": 12.4, "unit": "%"}, {"value": 12.4, "unit": "%", "code": "%"}])
def test_an_allele_fraction_in_percent_is_told_by_unit_or_code(share):
    resource = variant()
    resource["component"].append(component("81258-6", share, "Quantity"))

    assert only(resource)[0]["findings"][0]["vaf"] == "12.4 %"


# states


def implication(name, *derived, **more):
    significance = component("53037-8", concept(LOINC, "LA6668-3", "Pathogenic"))
    links = [{"reference": one} for one in derived]
    return observation(
        name, concept(TBD, "diagnostic-implication"), derivedFrom=links, component=[significance], **more
    )


def test_an_implication_that_was_entered_in_error_says_nothing_of_the_variant():
    case, _ = only(variant(), implication("i", "Observation/v", status="entered-in-error"))

    assert "significance" not in case["findings"][0]
    assert is_carried(case, "Observation/i")


def test_what_is_said_of_two_variants_together_is_said_of_neither_alone():
    case, _ = only(variant("v"), variant("w", "KRAS"), implication("i", "Observation/v", "Observation/w"))

    assert not any("significance" in one for one in case["findings"])
    assert is_carried(case, "Observation/i")


def test_an_implication_keeps_its_links_to_what_is_no_finding():
    sequence = {"resourceType": "MolecularSequence", "id": "s", "patient": {"reference": "Patient/p"}}
    case, _ = only(variant(), sequence, implication("i", "Observation/v", "MolecularSequence/s"))

    assert case["findings"][0]["significance"] == "pathogenic"
    assert is_carried(case, "Observation/i/derivedFrom/1")


@pytest.mark.parametrize("code", ["97509-4", "69453-9"], ids=["disease status", "cause of death"])
def test_a_withdrawn_observation_about_the_course_is_no_fact(code):
    worse = {"valueCodeableConcept": concept(SCT, "271299001", "Patient's condition worsened")}
    case, _ = only(patient(), observation("o", concept(LOINC, code), status="entered-in-error", **worse))

    assert not case.keys() & {"responses", "outcome"}
    assert is_carried(case, "Observation/o")


def test_a_disease_status_without_a_value_is_no_response():
    case, _ = only(patient(), observation("o", concept(LOINC, "97509-4"), dataAbsentReason={"text": "not yet"}))

    assert "responses" not in case


@pytest.mark.parametrize("status", ["unconfirmed", "provisional", "differential"])
def test_a_condition_that_is_not_confirmed_is_no_diagnosis(status):
    case, warnings = only(condition("c", AML, verificationStatus=concept(VER, status)))

    assert "diagnoses" not in case
    assert is_carried(case, "Condition/c")
    assert "unconfirmed" in warnings


@pytest.mark.parametrize(
    "more",
    [
        {"code": HYPERTENSION},
        {"code": AML, "meta": {"profile": ["http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-secondary-cancer"]}},
    ],
    ids=["comorbidity", "another cancer"],
)
def test_the_disease_that_a_case_is_about_is_the_first_diagnosis(more):
    profile = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition"
    primary = condition("c", AML, meta={"profile": [profile]})
    case, _ = only(condition("b", **more), primary)

    assert case["diagnoses"][0]["code"]["code"] == "C92.00"
    assert len(case["diagnoses"]) == 2


def test_the_words_of_a_condition_stay_beside_the_tables_name():
    code = {**concept(SCT, "91861009", "Acute myeloid leukemia"), "text": "AML (HCC)"}
    (found,) = only(condition("c", code, note=[{"text": "first seen elsewhere"}]))[0]["diagnoses"]

    assert (found["entity"], found["said"]) == ("acute myeloid leukaemia", "AML (HCC)\nfirst seen elsewhere")


def test_the_risk_group_of_mcode_is_the_risk_of_the_diagnosis():
    ncit = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
    about = {"focus": [{"reference": "Condition/c"}], "valueCodeableConcept": concept(ncit, "C122458", "High Risk")}
    case, _ = only(condition("c", AML), observation("o", concept(ncit, "C167435"), **about))

    assert case["diagnoses"][0]["risk"] == {"class": "high risk"}
    assert "findings" not in case


# treatments


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("MedicationRequest", {"status": "active", "intent": "order", "doNotPerform": True}),
        ("MedicationRequest", {"status": "active", "intent": "proposal"}),
        ("MedicationRequest", {"status": "active", "intent": "plan"}),
        ("MedicationRequest", {"status": "draft", "intent": "order"}),
        ("MedicationStatement", {"status": "intended"}),
        ("MedicationStatement", {"status": "not-taken"}),
    ],
)
def test_what_is_planned_or_forbidden_is_no_treatment(kind, more):
    drug = {"resourceType": kind, "id": "m", "medicationCodeableConcept": {"text": "vincristine"}, **more}
    case, _ = only(patient(), drug | {"subject": {"reference": "Patient/p"}})

    assert "treatments" not in case
    assert is_carried(case, f"{kind}/m")


CYTARABINE = {"resourceType": "Medication", "id": "d", "code": {"text": "cytarabine"}}


@pytest.mark.parametrize(
    ("drug", "beside"),
    [
        ({"medicationReference": {"reference": "Medication/d"}}, [CYTARABINE]),
        ({"medicationReference": {"reference": "#d"}, "contained": [CYTARABINE]}, []),
        ({"medicationReference": {"reference": "Medication/elsewhere", "display": "cytarabine"}}, []),
    ],
    ids=["in the document", "contained", "elsewhere"],
)
def test_a_drug_that_is_referred_to_is_the_agent(drug, beside):
    given = {"resourceType": "MedicationAdministration", "id": "m", "status": "completed", **drug}
    case, _ = only(patient(), given | {"subject": {"reference": "Patient/p"}}, *beside)

    assert case["treatments"][0]["agents"] == ["cytarabine"]


def test_intent_and_reason_of_ending_are_read_where_mcode_has_them():
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent"
    curative = concept(SCT, "373808002", "Curative - procedure intent")
    given = {
        "resourceType": "MedicationAdministration", "id": "m", "status": "stopped",
        "subject": {"reference": "Patient/p"},
        "statusReason": [concept(SCT, "407563006", "Treatment not tolerated")],
        "extension": [{"url": url, "valueCodeableConcept": curative}],
        "medicationCodeableConcept": {"text": "cyclophosphamide"},
    }  # fmt: skip
    (found,) = only(patient(), given)[0]["treatments"]

    assert (found["intent"], found["ended_because"]) == ("curative intent", "treatment not tolerated")


@pytest.mark.parametrize(
    ("code", "kind", "regimen"),
    [
        (
            concept(SCT, "367336001", "Chemotherapy (procedure)") | {"text": "Chemotherapy (procedure)"},
            "chemotherapy",
            None,
        ),
        (concept(SCT, "367336001") | {"text": "hyper-CVAD"}, "chemotherapy", "hyper-CVAD"),
        (concept(SCT, "425843001"), "transplant", "allogeneic peripheral blood stem cell transplantation"),
    ],
)
def test_a_procedure_that_treats_has_its_kind_and_no_regimen_that_repeats_it(code, kind, regimen):
    done = {"resourceType": "Procedure", "id": "t", "status": "completed", "subject": {"reference": "Patient/p"}}
    (found,) = only(patient(), done | {"code": code})[0]["treatments"]

    assert found["kind"] == kind
    assert found.get("regimen") == regimen


@pytest.mark.parametrize("said", ["declined transplant", "scheduled for surgery", "induction surgery was refused"])
def test_words_that_end_in_a_kind_of_treatment_are_no_treatment_of_that_kind(said):
    case = read_case({"case_format": "1", "id": "a", "treatments": [{"said": said}]})
    (back,) = reread(convert.write(case, "fhir", at=AT, terms=load()).document)

    assert back.case.to_json()["treatments"] == [{"said": said}]


# results


def test_the_reference_range_of_a_measurement_is_read():
    low, high = ({"value": n, "unit": "K/uL"} for n in (4, 11))
    case, _ = only(haemoglobin("o", 9.9, referenceRange=[{"low": low, "high": high}]))

    assert case["findings"][0]["reference"] == "4-11 K/uL"


def test_one_of_several_reference_ranges_is_not_chosen():
    ranges = [{"text": "men 14-18"}, {"text": "women 12-16"}]

    assert "reference" not in only(haemoglobin("o", 9.9, referenceRange=ranges))[0]["findings"][0]


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "46,XY[20]"},
        {"valueCodeableConcept": {"text": "46,XY[20]"}},
        {"valueCodeableConcept": concept("https://iscn.karger.com", "46,XY[20]")},
    ],
)
def test_a_karyotype_is_read_as_string_and_as_concept(value):
    for case in twice(patient(), observation("k", concept(LOINC, "62356-1"), **value)):
        assert case["findings"][0]["iscn"] == "46,XY[20]"


def test_words_in_the_place_of_a_karyotype_are_no_iscn_string():
    (found,) = only(observation("k", concept(LOINC, "62356-1"), valueString="Culture failure"))[0]["findings"]

    assert found == {"id": "k", "kind": "karyotype", "result": "no call", "said": "Culture failure"}


def test_a_karyotype_without_a_value_is_carried_whole():
    case, _ = only(observation("k", concept(LOINC, "62356-1"), dataAbsentReason={"text": "no metaphases"}))

    assert "findings" not in case
    assert is_carried(case, "Observation/k")


# people


@pytest.mark.parametrize("kind", ["RelatedPerson", "Patient"])
def test_what_is_observed_of_somebody_else_than_the_subject_is_not_the_subjects(kind):
    donor = {"focus": [{"reference": f"{kind}/donor"}]}
    case, warnings = only(patient(), haemoglobin("o", 15, **donor), variant(**donor))

    assert "findings" not in case
    assert is_carried(case, "Observation/o")
    assert warnings.count("person") == 2


def test_an_observation_whose_focus_is_its_subject_or_a_disease_is_the_subjects():
    about = [{"reference": "Patient/p"}, {"reference": "Condition/c"}]

    assert only(patient(), condition("c", AML), haemoglobin("o", 9, focus=about))[0]["findings"]


def test_among_several_people_what_names_nobody_is_given_to_nobody():
    first, second = reread([patient("p"), patient("q"), haemoglobin("o", 9.9, subject=None)])

    assert (first.case.findings, second.case.findings) == ((), ())
    assert [loss.path for loss in first.losses] == ["/2"]


def test_beside_one_person_alone_what_names_nobody_is_theirs():
    assert only(patient(), haemoglobin("o", 9.9, subject=None))[0]["findings"]


@pytest.mark.parametrize("kind", ["Group", "Device", "Location"])
def test_what_is_observed_of_a_group_or_a_thing_is_no_persons(kind):
    (found,) = reread([patient(), haemoglobin("o", 9.9, subject=f"{kind}/x")])

    assert found.case.findings == ()
    assert [loss.path for loss in found.losses] == ["/1"]


# versions


def version(resource, n):
    return resource | {"meta": {"versionId": str(n), "lastUpdated": f"2024-01-0{n}T00:00:00Z"}}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_versions_the_newer_one_counts(order):
    versions = [version(haemoglobin("o", 8.8), 1), version(haemoglobin("o", 9.8, status="corrected"), 2)]
    (found,) = reread([patient(), *(versions[n] for n in order)])

    assert [(one.value.text, one.status) for one in found.case.findings] == [("9.8", "corrected")]
    assert [loss.path for loss in found.losses] == [f"/{1 + order.index(0)}"]


def test_what_was_entered_in_error_since_is_no_fact():
    case, _ = only(
        patient(), version(haemoglobin("o", 8.8), 1), version(haemoglobin("o", 8.8, status="entered-in-error"), 2)
    )

    assert "findings" not in case


def test_a_history_of_one_patient_is_one_person():
    entries = [version(patient() | {"gender": "male"}, 1), version(patient(), 2)]
    history = {"resourceType": "Bundle", "type": "history", "entry": [{"resource": one} for one in reversed(entries)]}
    (found,) = reread(history)

    assert found.case.subject.sex == "female"


def test_a_copy_of_a_resource_is_the_resource():
    (found,) = reread([patient(), haemoglobin("o", 8.8), haemoglobin("o", 8.8)])

    assert len(found.case.findings) == 1
    assert found.losses == ()


def test_one_id_on_two_servers_and_versions_that_nothing_tells_apart_stay():
    both = [haemoglobin("o", 8.8), haemoglobin("o", 9.9)]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"https://{n}.org/Observation/o", "resource": one} for n, one in zip("ab", both, strict=True)
        ],
    }

    assert len(only(patient(), *both)[0]["findings"]) == 2
    assert len(only(bundle)[0]["findings"]) == 2


@pytest.mark.parametrize(
    ("ended", "left"),
    [("2024-03-01T00:00:00Z", 0), ("2024-01-01T00:00:00Z", 1), (None, 0)],
    ids=["later", "before", "ever"],
)
def test_a_resource_that_was_deleted_is_no_fact(ended, left):
    deletion = {"request": {"method": "DELETE", "url": "Observation/o"}}
    deletion |= {"response": {"status": "204", "lastModified": ended}} if ended else {}
    bundle = {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [deletion, {"resource": version(haemoglobin("o", 8.8), 2)}, {"resource": patient()}],
    }
    (found,) = reread(bundle)

    assert len(found.case.findings) == left
    assert [loss.path for loss in found.losses] == ["/entry/1/resource"] * (1 - left)


# forms


def named(code, text, kind="CodeableConcept"):
    return component(code, {"text": text}, kind)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("KMT2A::MLLT3", []),
        ("KMT2A-MLLT3", [component("48019-4", concept("http://www.sequenceontology.org", "SO:0001565"))]),
    ],
)
def test_two_genes_beside_the_name_of_their_fusion_are_that_fusion(name, change):
    resource = variant("v", "KMT2A", "MLLT3")
    resource["component"] += [named("81252-9", name), *change]

    for case in twice(patient(), resource):
        (found,) = case["findings"]
        assert (found["kind"], found["fusion"]) == ("rearrangement", name)


@pytest.mark.parametrize(
    ("genes", "string", "kind"),
    [
        (["TP53"], "arr[GRCh38] 17p13.1(7661779_7687550)x1", "copy-number"),
        (["KMT2A"], "nuc ish(KMT2Ax3)[120/200]", "copy-number"),
        (["KMT2A"], "nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax1)[120/200]", "rearrangement"),
        (["KMT2A", "MLLT3"], "46,XX,t(9;11)(p21.3;q23.3)[20]", "rearrangement"),
    ],
)
def test_an_iscn_string_beside_genes_is_kept_with_them(genes, string, kind):
    resource = variant("v", *genes)
    resource["component"].append(named("81291-7", string))
    (found,) = only(resource)[0]["findings"]

    assert (found["kind"], found["iscn"]) == (kind, string)


@pytest.mark.parametrize("code", ["HGNC:11998", "11998"])
def test_a_gene_of_which_only_the_id_is_given_has_its_symbol(code):
    resource = variant("v")
    resource["component"] = [component("48018-6", concept("http://www.genenames.org", code))]

    assert only(resource)[0]["findings"][0]["gene"] == "TP53"


@pytest.mark.parametrize(
    ("share", "vaf"),
    [
        ({"value": 0.012, "comparator": "<", "code": "1"}, "<1.2 %"),
        ({"value": 5, "comparator": "<", "unit": "%"}, "<5 %"),
        ({"value": 0.385}, "0.385"),
    ],
)
def test_a_limit_of_an_allele_fraction_is_read_as_well_as_a_fraction(share, vaf):
    resource = variant()
    resource["component"].append(component("81258-6", share, "Quantity"))

    assert only(resource)[0]["findings"][0]["vaf"] == vaf


@pytest.mark.parametrize(
    ("onset", "age"),
    [
        ({"onsetAge": {"value": 73, "unit": "years"}}, "73 y"),
        ({"onsetAge": {"value": 7, "unit": "Months"}}, "7 mo"),
        ({"onsetRange": {"low": {"value": 70, "unit": "years"}, "high": {"value": 75, "unit": "years"}}}, "70-75 y"),
        ({"onsetRange": {"low": {"value": 7, "unit": "months"}, "high": {"value": 1, "unit": "year"}}}, None),
        ({"onsetAge": {"value": 73, "unit": "cycles"}}, None),
    ],
)
def test_an_age_has_the_unit_of_its_code_or_its_words(onset, age):
    case, _ = only(condition("c", AML, **onset))

    assert case["diagnoses"][0].get("age") == age
    assert age or is_carried(case, f"Condition/0/{next(iter(onset))}")


def test_a_condition_whose_words_are_another_disease_than_its_code_is_the_words():
    code = {**concept(SCT, "91861009", "Acute myeloid leukemia"), "text": "acute promyelocytic leukemia"}
    (found,) = only(condition("c", code))[0]["diagnoses"]

    assert found["entity"] == "acute promyelocytic leukemia"
    assert found["code"]["code"] == "91861009"


def test_a_specimen_entered_in_error_is_no_specimen():
    wrong = {"resourceType": "Specimen", "id": "s", "status": "entered-in-error", "subject": {"reference": "Patient/p"}}
    case, _ = only(patient(), wrong, haemoglobin("o", 9, specimen={"reference": "Specimen/s"}))

    assert "specimens" not in case
    assert "specimen" not in case["findings"][0]


SPLENOMEGALY = concept("http://human-phenotype-ontology.org", "HP:0001744", "Splenomegaly")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({"valueBoolean": True}, "present"),
        ({"valueBoolean": False}, "absent"),
        ({"valueCodeableConcept": concept(SCT, "2667000", "Absent")}, "absent"),
        ({}, "present"),
    ],
)
@pytest.mark.parametrize("code", [SPLENOMEGALY, concept(SCT, "271737000", "Anemia")], ids=["HPO", "SNOMED CT"])
def test_a_sign_that_was_looked_for_is_a_feature(code, answer, result):
    first, second = twice(patient(), observation("o", code, **answer))

    assert [one["features"][0].get("result", "present") for one in (first, second)] == [result, result]
    assert first["features"][0]["code"]["code"] == code["coding"][0]["code"]
    assert "findings" not in first


def test_a_sign_by_its_code_alone_is_called_by_the_code():
    code = concept("http://human-phenotype-ontology.org", "HP:0001744")

    assert only(patient(), observation("o", code))[0]["features"][0]["term"] == "HP:0001744"


def test_a_sign_with_an_amount_is_a_measurement_and_one_that_is_not_understood_is_carried():
    amount = {"valueQuantity": {"value": 14, "unit": "cm"}}
    case, _ = only(
        patient(), observation("o", SPLENOMEGALY, **amount), observation("p", SPLENOMEGALY, valueTime="10:00:00")
    )

    assert [one["test"] for one in case["findings"]] == ["Splenomegaly"]
    assert is_carried(case, "Observation/p")
    assert "features" not in case


def test_the_lines_of_an_immunophenotype_are_markers_by_words_or_code_and_never_in_another_unit():
    flow = observation("o", concept(LOINC, "101119-6"))
    flow["component"] = [
        {"code": {"text": "CD19"}, "valueCodeableConcept": {"text": "positive"}},
        {"code": concept(LOINC, "8124-0", "CD34"), "valueQuantity": {"value": 80, "unit": "%"}},
        {"code": {"text": "CD3"}, "valueQuantity": {"value": 450, "unit": "cells/uL"}},
        {"code": {"text": "CD20"}, "valueString": "dim"},
    ]
    case, _ = only(patient(), flow)

    assert case["findings"][0]["markers"] == {"CD19": "positive", "CD34": "80 %", "CD20": "dim"}
    assert [one["path"] for one in case["carried"]] == ["Observation/o/component/1", "Observation/o/component/2"]


@pytest.mark.parametrize(
    ("kind", "denial"),
    [
        ("Procedure", {"notDone": True}),
        ("MedicationAdministration", {"notGiven": True}),
        ("MedicationAdministration", {"wasNotGiven": True}),
        ("MedicationStatement", {"taken": "n"}),
        ("MedicationStatement", {"wasNotTaken": True}),
    ],
)
def test_what_was_not_given_in_an_older_fhir_is_no_treatment(kind, denial):
    about = {"subject": {"reference": "Patient/p"}, "code": concept(SCT, "367336001")}
    drug = {
        "resourceType": kind,
        "id": "m",
        "status": "completed",
        "medicationCodeableConcept": {"text": "vincristine"},
    }

    assert "treatments" not in only(patient(), drug | about | denial)[0]


@pytest.mark.parametrize("status", ["refuted", {"text": "Refuted"}], ids=["a code, before R4", "words"])
def test_a_condition_refuted_in_another_form_is_no_diagnosis(status):
    assert "diagnoses" not in only(condition("c", AML, verificationStatus=status))[0]


MODIFIED = {"modifierExtension": [{"url": "urn:vendor:ruled-out", "valueBoolean": True}]}


@pytest.mark.parametrize(
    "resource",
    [
        condition("c", AML, **MODIFIED),
        haemoglobin("o", 9, **MODIFIED),
        variant(**MODIFIED),
        observation("k", concept(LOINC, "69548-6"), component=[gene("TP53") | MODIFIED]),
    ],
    ids=["condition", "measurement", "variant", "component"],
)
def test_what_an_unknown_modifier_extension_changes_is_carried(resource):
    case, warnings = only(patient(), resource)

    assert not case.keys() & {"findings", "diagnoses"}
    assert is_carried(case, f"{resource['resourceType']}/{resource['id']}")
    assert "modifier" in warnings


@pytest.mark.parametrize("system", ["http://varnomen.hgvs.org", "http://varnomen.hgvs.org/", "urn:lab:hgvs"])
def test_an_expression_is_read_under_any_system_and_its_form_is_kept(system):
    resource = variant()
    resource["component"].append(component("48004-6", concept(system, "NM_000546.6:c.524G>A")))

    for case in twice(patient(), resource):
        assert case["findings"][0]["hgvs"] == "NM_000546.6:c.524G>A"


def test_a_range_of_two_units_is_carried():
    value = {"low": {"value": 500, "unit": "mg/dL"}, "high": {"value": 1, "unit": "g/dL"}}
    case, _ = only(patient(), observation("o", valueRange=value))

    assert "value" not in case["findings"][0]
    assert is_carried(case, "Observation/o/valueRange")


NOTES = [{"text": "first"}, {"text": "second"}]


@pytest.mark.parametrize(
    ("resource", "section"),
    [
        (variant(note=NOTES), "findings"),
        (haemoglobin("o", 9, note=NOTES), "findings"),
        (observation("k", concept(LOINC, "62356-1"), valueString="46,XY[20]", note=NOTES), "findings"),
        ({"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/p"}, "note": NOTES}, "specimens"),
        (observation("o", SPLENOMEGALY, note=NOTES), "features"),
        (condition("c", AML, note=NOTES), "diagnoses"),
        (
            {
                "resourceType": "MedicationAdministration",
                "id": "m",
                "status": "completed",
                "subject": {"reference": "Patient/p"},
                "medicationCodeableConcept": {"text": "vincristine"},
                "note": NOTES,
            },
            "treatments",
        ),
    ],
)
def test_no_note_of_several_is_lost(resource, section):
    for case in twice(patient(), resource):
        assert case[section][0]["said"] == "first\nsecond"


def test_a_note_stands_beside_the_conclusion_of_a_variant():
    resource = variant(note=NOTES[:1])
    resource["component"].append({"code": concept(TBD, "conclusion-string"), "valueString": "in words"})

    assert only(resource)[0]["findings"][0]["said"] == "in words\nfirst"


def test_a_cause_of_death_in_words_is_the_cause():
    assert (
        only(patient(), observation("o", concept(LOINC, "69453-9"), valueString="GVHD"))[0]["outcome"]["cause"]
        == "GVHD"
    )


def test_a_component_that_a_result_has_no_field_for_is_carried_where_it_stood():
    cells = component("62361-1", {"value": 1000000}, "Quantity")
    case, warnings = only(patient(), haemoglobin("o", 9, component=[cells]))

    assert is_carried(case, "Observation/o/component/0")
    assert "refused" not in warnings


@pytest.mark.parametrize("beside", [component("53034-5", concept(LOINC, "LA6707-9", "Hemizygous"))])
def test_a_loss_of_copies_with_the_state_of_an_allele_is_a_copy_number(beside):
    resource = variant()
    loss = component("48019-4", concept("http://www.sequenceontology.org", "SO:0001743", "copy_number_loss"))
    resource["component"] += [loss, beside]
    (found,) = only(resource)[0]["findings"]

    assert (found["kind"], found["gene"], found["change"]) == ("copy-number", "TP53", "loss")


@pytest.mark.parametrize("code", ["69548-6", "62356-1", "97509-4"], ids=["variant", "karyotype", "disease status"])
def test_a_laboratorys_own_code_and_words_for_a_test_are_carried(code):
    named = {**concept(LOINC, code), "text": "as the laboratory calls it"}
    named["coding"].append({"system": "urn:lab", "code": "77"})
    value = {"valueString": "46,XY[20]"} if code == "62356-1" else {"valueCodeableConcept": concept(LOINC, "LA9633-4")}
    case, _ = only(patient(), observation("o", named, **value))
    (kept,) = (one["value"] for one in case["carried"] if one["path"] == "Observation/o/code")

    assert kept == {"coding": [{"system": "urn:lab", "code": "77"}], "text": "as the laboratory calls it"}


def test_a_variant_that_only_the_words_of_its_code_name_is_called_so():
    resource = observation("o", {**concept(LOINC, "69548-6"), "text": "FLT3-ITD by fragment analysis"})
    case, warnings = only(patient(), resource | {"valueCodeableConcept": {"text": "Not detected"}})

    assert case["findings"][0]["said"] == "FLT3-ITD by fragment analysis"
    assert case["findings"][0]["result"] == "absent"
    assert "unnamed" in warnings


UCUM = "http://unitsofmeasure.org"


def test_a_unit_in_words_that_no_table_knows_is_that_of_its_code():
    value = {"value": 48.7, "unit": "Thous/mcL", "system": UCUM, "code": "10*3/uL"}
    case, _ = only(patient(), observation("o", valueQuantity=value))

    assert (case["findings"][0]["value"], case["findings"][0]["unit"]) == ("48.7", "10*3/uL")
    assert [one["value"] for one in case["carried"]] == [{"unit": "Thous/mcL"}]


def test_a_unit_in_words_that_is_another_one_than_its_code_is_not_read():
    value = {"value": 10, "unit": "g/L", "system": UCUM, "code": "g/dL"}
    case, warnings = only(patient(), observation("o", valueQuantity=value))

    assert "value" not in case["findings"][0]
    assert [one["value"] for one in case["carried"]] == [value]
    assert "unit" in warnings


def test_the_words_of_a_significance_are_carried_beside_it():
    said = {"coding": concept(LOINC, "LA6668-3")["coding"], "text": "Tier I, PVS1"}
    meaning = observation("i", concept(TBD, "diagnostic-implication"), derivedFrom=[{"reference": "Observation/v"}])
    case, _ = only(variant(), meaning | {"component": [component("53037-8", said)]})

    assert case["findings"][0]["significance"] == "pathogenic"
    assert "Tier I, PVS1" in str(case["carried"])


def test_a_disease_status_that_was_found_by_a_variant_names_no_residual_disease():
    links = [{"reference": "Observation/v"}, {"reference": "Observation/m"}]
    residual = observation("m", {"text": "minimal residual disease"}, valueString="0.02 %")
    status = observation("o", concept(LOINC, "97509-4"), valueCodeableConcept={"text": "relapse"}, derivedFrom=links)
    case, _ = only(patient(), variant(), residual, status)

    assert case["responses"] == [{"status": "relapse", "mrd": "m"}]
    assert [one["value"] for one in case["carried"] if one["path"] == "Observation/o/derivedFrom/0"] == links[:1]


def bundled(*resources):
    """A transaction as servers' exports have it: every reference is a URN."""
    urns = {f"{one['resourceType']}/{one['id']}": f"urn:uuid:{n}" for n, one in enumerate(resources)}
    entries = [{"fullUrl": urns[f"{one['resourceType']}/{one['id']}"], "resource": one} for one in resources]
    return _renamed({"resourceType": "Bundle", "type": "transaction", "entry": entries}, urns)


def _renamed(node, names):
    if isinstance(node, dict):
        return {k: names.get(v, v) if k == "reference" else _renamed(v, names) for k, v in node.items()}
    return [_renamed(one, names) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize("form", [bundled, lambda *resources: list(resources)], ids=["by URN", "by type and id"])
def test_what_is_carried_refers_to_the_same_people_and_diseases_in_the_next_document(form):
    visit = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": {"reference": "Patient/p"}}
    visit["diagnosis"] = [{"condition": {"reference": "Condition/c"}}]
    (first,) = reread(form(patient(), condition("c", AML), visit))
    written = convert.write(first, "fhir", at=AT, terms=load())
    by_kind = {one["resource"]["resourceType"]: one for one in written.document["entry"]}
    (second,) = reread(written.document)

    assert by_kind["Encounter"]["resource"]["subject"]["reference"] == by_kind["Patient"]["fullUrl"]
    assert by_kind["Encounter"]["resource"]["diagnosis"][0]["condition"]["reference"] == by_kind["Condition"]["fullUrl"]
    assert second.case.diagnoses == first.case.diagnoses
