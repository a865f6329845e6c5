"""Two official mCODE patients as phenopackets: every variant, every treatment, and nothing that they do not say.

What each packet holds beside measurements is listed here, with the resource of the source that says it.
"""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_fhir_foreign import example, variants
from writing import AT, resources

from adapter import convert
from adapter.formats.document import dump
from adapter.terms import load

# packet -> (interpretations, medical actions, diseases); each fact with the resource of the source that says it
HELD = {
    "mcode4-jenny-m": (
        {"PALB2 NC_000016.10:g.23603471G>T": "Observation/genomic-variant-jenny-m"},
        [
            ("cyclophosphamide", "MedicationRequest/cancer-related-medication-request-cyclophosphamide-jenny-m"),
            ("DOXOrubicin", "MedicationRequest/cancer-related-medication-request-doxorubicin-jenny-m"),
            ("PACLitaxel", "MedicationRequest/cancer-related-medication-request-paclitaxel-jenny-m"),
            ("anastrozole", "MedicationRequest/cancer-related-medication-request-anastrozole-jenny-m"),
            ("Excision of part of breast (procedure)", "Procedure/cancer-related-surgical-procedure-jenny-m"),
            ("SNOMED:1217123003", "Procedure/radiotherapy-treatment-summary-chest-wall-jenny-m"),
        ],
        {"Primary malignant neoplasm of female left breast (disorder)": "Condition/primary-cancer-condition-jenny-m"},
    ),
    "mcode4-brian-l": (
        {"ETV6 rearrangement": "Observation/gx-genomic-variant-fusion-ETV6-RUNX1-brian-l"},
        [
            ("IDArubicin", "MedicationRequest/cancer-related-medication-request-idarubicin-brian-l"),
            ("predniSONE", "MedicationRequest/cancer-related-medication-request-prednisone-brian-l"),
            ("vincristine", "MedicationRequest/cancer-related-medication-request-vincristine-brian-l"),
            ("cyclophosphamide", "MedicationRequest/cancer-related-medication-request-cyclophosphamide-brian-l"),
            ("IDArubicin", "MedicationAdministration/"),
            ("predniSONE", "MedicationAdministration/"),
            ("vincristine", "MedicationAdministration/"),
        ],
        {
            "B-cell acute lymphoblastic leukemia": "Condition/primary-cancer-condition-brian-l",
            "Atrial septal defect murmur (finding)": "Condition/",
        },
    ),
}
DRUGS = ("MedicationRequest", "MedicationAdministration")
TREATING = ("mcode-cancer-related-surgical-procedure", "mcode-radiotherapy-course-summary")
# What phenopackets demand and no source states: words for "not stated".
UNSTATED = re.compile(r"UNKNOWN_[A-Z_]+|NOT_PROVIDED")


@pytest.fixture(params=HELD)
def packet(request):
    (made,) = convert.convert(example(request.param), "phenopacket", at=AT, terms=load())
    return request.param, example(request.param), made.document


def test_the_packet_holds_every_variant_treatment_and_disease_and_no_other(packet):
    name, source, made = packet
    interpretations, actions, diseases = HELD[name]
    found = [one for i in made["interpretations"] for one in i["diagnosis"]["genomicInterpretations"]]
    labels = [one["variantInterpretation"]["variationDescriptor"]["label"] for one in found]
    assert labels == list(interpretations)
    assert len(labels) == len(variants(source))
    assert [_called(action) for action in made["medicalActions"]] == [said for said, _ in actions]
    assert len(actions) == len([r for r in resources(source) if _treats(r)])
    assert [disease["term"]["label"] for disease in made["diseases"]] == list(diseases)
    ids = {f"{r['resourceType']}/{r['id']}" for r in resources(source)}
    for origin in (*interpretations.values(), *(of for _, of in actions), *diseases.values()):
        assert any(one.startswith(origin) for one in ids), origin


def _called(action):
    regimen = action.get("therapeuticRegimen", {}).get("ontologyClass")
    return (regimen or action["treatment"]["agent"])["label"]


def _treats(resource):
    claims = str(resource.get("meta", {}).get("profile"))
    return resource["resourceType"] in DRUGS or any(profile in claims for profile in TREATING)


def test_no_fact_of_the_packet_is_invented(packet):
    _, source, made = packet
    (patient,) = resources(source, "Patient")
    subject = made["subject"]
    assert subject["sex"] == patient["gender"].upper()
    assert subject["dateOfBirth"].startswith(patient["birthDate"])
    assert subject.keys() == {"id", "dateOfBirth", "sex", "karyotypicSex"}  # no vital status: none is stated
    assert UNSTATED.fullmatch(subject["karyotypicSex"])
    said = dump(source).decode()
    stamps = re.findall(r'"timestamp":"(\d{4}-\d\d-\d\d)', dump({**made, "metaData": {}}).decode())
    assert [day for day in stamps if day not in said] == []
    for action in made["medicalActions"]:
        treatment = action.get("treatment", {})
        assert treatment.keys() <= {"agent", "drugType"}  # no dose, route or interval is read out of an order
        assert UNSTATED.fullmatch(treatment.get("drugType", "UNKNOWN_STATUS"))
    for interpretation in made["interpretations"]:
        assert interpretation["progressStatus"] == "UNKNOWN_PROGRESS"
        for one in interpretation["diagnosis"]["genomicInterpretations"]:
            assert one["interpretationStatus"] == "UNKNOWN_STATUS"
            assert one["variantInterpretation"]["acmgPathogenicityClassification"] == "NOT_PROVIDED"


def test_the_day_of_an_order_is_no_start_of_a_treatment():
    (made,) = convert.convert(example("mcode4-jenny-m"), "phenopacket", at=AT, terms=load())
    assert not any("start" in update["comment"] for update in made.document["metaData"]["updates"])
    assert any(loss.path.endswith("/resource/authoredOn") for loss in made.losses if loss.stage == "read")
