"""Whose a fact of another's packet is, and whether it is one: donors and parents, exclusions in any spelling."""

import copy

import pytest

from adapter.formats.document import dump, read_json, read_yaml
from adapter.formats.phenopacket import read
from adapter.formats.phenopacket.roundtrip import compared
from adapter.terms import load

SPLENOMEGALY = {"id": "HP:0001744", "label": "Splenomegaly"}
AML = {"id": "NCIT:C3171", "label": "Acute Myeloid Leukemia"}
META = {"created": "2023-05-01T10:00:00Z", "createdBy": "curator", "phenopacketSchemaVersion": "2.0"}


def packet(**parts):
    return {"id": "p", "subject": {"id": "recipient", "sex": "FEMALE"}, **parts, "metaData": META}


def calls(*named, status="SOLVED", **descriptor):
    """An interpretation with a call for each pair of owner and expression."""
    found = [
        {
            "subjectOrBiosampleId": owner,
            "interpretationStatus": "CAUSATIVE",
            "variantInterpretation": {
                "variationDescriptor": {
                    "id": f"variant-{n}",
                    "expressions": [{"syntax": "hgvs.c", "value": expression}] if expression else [],
                    "moleculeContext": "genomic",
                    **descriptor,
                }
            },
        }
        for n, (owner, expression) in enumerate(named)
    ]
    return [{"id": "i", "progressStatus": status, "diagnosis": {"disease": AML, "genomicInterpretations": found}}]


def read_one(document):
    found = next(read(read_json(dump(document)), load()))
    return found.case.to_json(), [issue.category for issue in found.issues]


def comes_back(document):
    """Whether every packet is written as it was read; a vocabulary that it uses and does not list may be added."""
    found = compared(read_json(dump(document)), load())
    return all(set(one.differences) <= {"/metaData/resources"} for one in found)


@pytest.mark.parametrize("said", [True, "true", "True", "TRUE", "yes", 1])
def test_an_exclusion_is_one_however_true_is_spelled(said):
    case, _ = read_one(packet(phenotypicFeatures=[{"type": SPLENOMEGALY, "excluded": said}]))

    assert case["features"][0]["result"] == "absent"


@pytest.mark.parametrize("said", [False, "false", "False", 0])
def test_a_feature_that_is_not_excluded_is_there_however_false_is_spelled(said):
    case, _ = read_one(packet(phenotypicFeatures=[{"type": SPLENOMEGALY, "excluded": said}]))

    assert "result" not in case["features"][0]


@pytest.mark.parametrize("part", ["phenotypicFeatures", "diseases"])
def test_what_may_be_excluded_or_not_is_neither_stated_nor_lost(part):
    document = packet(**{part: [{"type": SPLENOMEGALY, "term": AML, "excluded": "perhaps"}]})
    case, warnings = read_one(document)

    assert not case.keys() & {"features", "diagnoses"}
    assert "excluded" in warnings
    assert any("perhaps" in str(one["value"]) for one in case["carried"])


def test_a_disease_excluded_in_words_is_no_diagnosis():
    assert "diagnoses" not in read_one(packet(diseases=[{"term": AML, "excluded": "True"}]))[0]


@pytest.mark.parametrize("parts", ["", "proband"])
@pytest.mark.parametrize("name", ["phenotypicFeatures", "phenotypic_features"])
def test_a_feature_negated_as_in_schema_1_is_absent_in_a_packet_of_schema_2(parts, name):
    document = packet(**{name: [{"type": SPLENOMEGALY, "negated": True}]})
    case, warnings = read_one({"id": "f", parts: document, "metaData": META} if parts else document)

    assert case["features"][0]["result"] == "absent"
    assert "schema-1-member" in warnings


def test_a_feature_negated_and_not_excluded_is_carried():
    case, warnings = read_one(packet(phenotypicFeatures=[{"type": SPLENOMEGALY, "negated": True, "excluded": False}]))

    assert "features" not in case
    assert "excluded" in warnings


@pytest.mark.parametrize("member", ["ageOfOnset", "age_of_onset"])
def test_an_onset_as_in_schema_1_is_an_age_in_a_packet_of_schema_2(member):
    case, _ = read_one(packet(diseases=[{"term": AML, member: {"age": "P52Y"}}]))

    assert case["diagnoses"][0]["age"] == "P52Y"


def test_yaml_written_by_hand_says_true_with_a_capital():
    document = read_yaml(b"""
id: manuel
subject: {id: manuel, sex: MALE}
phenotypicFeatures:
  - type: {id: 'HP:0001744', label: Splenomegaly}
    negated: True
metaData: {created: 2019-11-12T13:47:51Z, createdBy: curator, phenopacketSchemaVersion: 1.0}
""")
    (found,) = read(document, load())

    assert found.case.features[0].result == "absent"


def test_a_call_of_the_mother_is_not_given_to_the_child():
    child = packet(
        subject={"id": "child"},
        interpretations=calls(("child", "NM_000546.6:c.524G>A"), ("mother", "NM_000546.6:c.1A>G")),
    )
    family = {"id": "f", "proband": child, "relatives": [packet(subject={"id": "mother"})], "metaData": META}
    first, _ = read(family, load())

    assert [one.hgvs for one in first.case.findings] == ["NM_000546.6:c.524G>A"]
    assert "person" in [issue.category for issue in first.issues]
    assert all(not one.differences for one in compared(family, load()))


def test_a_person_of_the_pedigree_alone_is_another_too():
    child = packet(subject={"id": "child"}, interpretations=calls(("father", "NM_000546.6:c.1A>G")))
    persons = [{"individualId": "child"}, {"individualId": "father"}]
    found = next(read({"id": "f", "proband": child, "pedigree": {"persons": persons}, "metaData": META}, load()))

    assert found.case.findings == ()


def test_the_donors_sample_and_what_was_found_in_it_are_not_the_recipients():
    haemoglobin = {
        "assay": {"id": "LOINC:718-7", "label": "Hb"},
        "value": {"quantity": {"unit": {"id": "UCUM:g/dL", "label": "g/dL"}, "value": 15}},
    }
    marker = {"id": "NCIT:C97138", "label": "Complex Karyotype"}
    document = packet(
        biosamples=[
            {"id": "d", "individualId": "donor", "measurements": [haemoglobin], "diagnosticMarkers": [marker]},
            {"id": "r", "individualId": "recipient"},
        ],
        interpretations=calls(
            ("d", "NM_016222.4:c.415_418dup"), ("r", "NM_000546.6:c.524G>A"), ("donor", "NM_000546.6:c.1A>G")
        ),
    )
    case, warnings = read_one(document)

    assert [one["id"] for one in case["specimens"]] == ["r"]
    assert [one["hgvs"] for one in case["findings"]] == ["NM_000546.6:c.524G>A"]
    assert warnings.count("person") == 3
    assert comes_back(document)


def test_a_call_of_nobody_in_the_packet_is_the_persons_with_a_warning():
    case, warnings = read_one(packet(interpretations=calls(("typing error", "NM_000546.6:c.524G>A"))))

    assert case["findings"]
    assert "person" in warnings


@pytest.mark.parametrize(
    ("label", "status"),
    [
        ("Complete Remission", "complete remission"),
        ("CR", "complete remission"),
        ("Partial Response", "partial remission"),
    ],
)
def test_a_response_is_a_status_of_the_case_in_whatever_words_the_table_knows(label, status):
    action = {"treatment": {"agent": {"id": "RXNORM:3041", "label": "cytarabine"}}}
    document = packet(medicalActions=[action | {"responseToTreatment": {"id": "NCIT:C0", "label": label}}])

    assert read_one(document)[0]["responses"] == [{"to": "treatment-1", "status": status}]
    assert comes_back(document)


def test_a_response_in_other_words_is_kept_as_words():
    action = {"treatment": {"agent": {"id": "RXNORM:3041", "label": "cytarabine"}}}
    document = packet(medicalActions=[action | {"responseToTreatment": {"id": "NCIT:C102560", "label": "Favorable"}}])

    assert read_one(document)[0]["responses"] == [{"to": "treatment-1", "said": "Favorable"}]
    assert comes_back(document)


@pytest.mark.parametrize("alternate", ["<DEL>", "A,T", "N[chr2:1["])
def test_a_symbol_or_several_alleles_of_a_vcf_record_are_no_expression(alternate):
    record = {"genomeAssembly": "GRCh38", "chrom": "chr21", "pos": "34000000", "ref": "N", "alt": alternate}
    document = packet(interpretations=calls(("recipient", ""), vcfRecord=record))
    (found,) = read_one(document)[0]["findings"]

    assert found["said"] == f"21-34000000-N-{alternate}"
    assert "hgvs" not in found
    assert comes_back(document)


def test_a_gene_by_an_ensembl_id_is_named_by_its_symbol():
    context = {"valueId": "ENSG00000141510", "symbol": "TP53"}
    document = packet(interpretations=calls(("recipient", "NM_000546.6:c.524G>A"), geneContext=context))

    assert read_one(document)[0]["findings"][0]["gene"] == "TP53"
    assert comes_back(document)


def test_the_disease_of_a_solved_interpretation_is_the_diagnosis_where_none_is_stated():
    document = packet(interpretations=calls(("recipient", "NM_000546.6:c.524G>A")))
    case, warnings = read_one(document)

    assert [one["entity"] for one in case["diagnoses"]] == ["Acute Myeloid Leukemia"]
    assert "diagnosis" in warnings
    assert comes_back(document)


@pytest.mark.parametrize(
    "parts",
    [
        {"interpretations": calls(("recipient", "NM_000546.6:c.524G>A"), status="UNSOLVED")},
        {"interpretations": calls(("recipient", "NM_000546.6:c.524G>A"), status="IN_PROGRESS")},
        {
            "interpretations": calls(("recipient", "NM_000546.6:c.524G>A")),
            "diseases": [{"term": AML, "excluded": True}],
        },
    ],
    ids=["unsolved", "in progress", "ruled out"],
)
def test_a_disease_that_is_only_thought_of_is_no_diagnosis(parts):
    assert "diagnoses" not in read_one(packet(**copy.deepcopy(parts)))[0]


def test_a_vocabulary_that_the_packet_describes_gives_the_system_of_a_code():
    term = {"id": "ICD11:2A60.1", "label": "Acute myeloid leukaemia with recurrent genetic abnormalities"}
    resource = {
        "id": "icd11", "name": "ICD-11", "url": "https://icd.who.int", "version": "2023-01", "namespacePrefix": "ICD11",
        "iriPrefix": "https://icd.who.int/browse11/",
    }  # fmt: skip
    document = packet(diseases=[{"term": term}]) | {"metaData": META | {"resources": [resource]}}
    (found,) = read_one(document)[0]["diagnoses"]

    assert found["code"] == {"system": "https://icd.who.int", "code": "ICD11:2A60.1", "display": term["label"]}
    assert comes_back(document)


def test_a_value_of_several_parts_is_their_words():
    parts = [
        {
            "type": {"id": "NCIT:C25298", "label": name},
            "quantity": {"unit": {"id": "UCUM:mm[Hg]", "label": "x"}, "value": n},
        }
        for name, n in (("Systolic", 120), ("Diastolic", 80))
    ]
    pressure = {"assay": {"id": "LOINC:85354-9", "label": "blood pressure"}, "complexValue": {"typedQuantities": parts}}
    document = packet(measurements=[pressure])

    assert read_one(document)[0]["findings"][0]["value"] == "Systolic 120 mm[Hg]; Diastolic 80 mm[Hg]"
    assert comes_back(document)


def test_an_enum_in_small_letters_and_a_date_without_a_time_are_read_with_what_they_say():
    died = {"status": "deceased", "timeOfDeath": {"timestamp": "2020-10-01"}}
    document = packet(subject={"id": "h", "sex": "male", "dateOfBirth": "1990-02-03", "vitalStatus": died})
    case, warnings = read_one(document)

    assert case["subject"] == {"sex": "male", "birth": "1990-02-03"}
    assert case["outcome"] == {"vital_status": "deceased", "date": "2020-10-01"}
    assert "enum-case" in warnings


def test_an_age_that_is_a_text_is_the_age():
    assert read_one(packet(diseases=[{"term": AML, "onset": {"age": "P30Y"}}]))[0]["diagnoses"][0]["age"] == "P30Y"


def test_the_definition_of_a_vrs_text_is_what_was_said():
    variation = {"text": {"definition": "KMT2A-PTD"}}
    document = packet(interpretations=calls(("recipient", ""), variation=variation))

    assert read_one(document)[0]["findings"][0]["said"] == "KMT2A-PTD"
    assert comes_back(document)


@pytest.mark.parametrize(
    ("curie", "kind"),
    [("SNOMED:234336002", "transplant"), ("SNOMED:425843001", "transplant"), ("NCIT:C51945", None)],
)
def test_a_procedure_has_the_kind_that_the_table_gives_its_code(curie, kind):
    document = packet(medicalActions=[{"procedure": {"code": {"id": curie, "label": "what was done"}}}])
    (found,) = read_one(document)[0]["treatments"]

    assert (found.get("kind"), found["said"]) == (kind, "what was done")
    assert comes_back(document)
