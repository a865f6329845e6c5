"""Documents of other writers: official examples, bad habits, references, several people, hostile documents."""

import copy
import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from rereading import reread
from writing import AT, ROOT, codes, read, resources

from adapter import convert
from adapter.errors import CaseError, ReadError
from adapter.formats import form
from adapter.formats.document import dump
from adapter.terms import load
from adapter.validate import check_converted

DATA = ROOT / "tests" / "data" / "fhir_read"
EXAMPLES = sorted(DATA.glob("*.json"))
PATIENTS = {"mcode4-brian-l", "mcode4-jenny-m"}  # long: whole patients
PACKAGES = Path(os.environ.get("HL7_PACKAGES", Path.home() / ".cache" / "judge-hl7" / "packages"))
OFFICIAL = sorted(PACKAGES.glob("hl7.fhir.u[vs].[gm]*/package/example/*.json"))


def example(name):
    return read(DATA / f"{name}.json")


def only(document):
    """The one case of a document, as JSON, and the categories of the warnings."""
    (back,) = reread(document)
    return back.case.to_json(), [issue.category for issue in back.issues]


def finding(document):
    return only(document)[0]["findings"][0]


def observations(document):
    found = resources(document) if document["resourceType"] == "Bundle" else [document]
    return [one for one in found if one["resourceType"] == "Observation"]


def variants(document):
    return [one for one in observations(document) if "69548-6" in codes(one["code"])]


VARIANT = {
    "resourceType": "Observation",
    "id": "v",
    "status": "final",
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "GE"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "69548-6"}]},
    "subject": {"reference": "Patient/p"},
    "component": [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]},
            "valueCodeableConcept": {
                "coding": [{"system": "http://www.genenames.org", "code": "HGNC:11998", "display": "TP53"}]
            },
        }
    ],
}


def variant(**changes):
    return copy.deepcopy(VARIANT) | changes


def component(code, **value):
    return {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}} | value


# (example, field of the first finding, what is read there)
READ = [
    ("gr3-ISCN-CMLExample", "kind", "karyotype"),
    ("gr3-ISCN-CMLExample", "iscn", "46,XX,t(9;22)(q34;q4)"),
    ("gr3-ISCN-NormalExample", "iscn", "46,XX"),
    ("gr3-EGFR-L858R-var", "gene", "EGFR"),
    ("gr3-ExampleSomaticCNV", "kind", "copy-number"),
    ("mcode4-gx-genomic-variant-somatic-bap1-indel", "gene", "BAP1"),
    ("mcode4-gx-genomic-variant-somatic-bap1-indel", "vaf", "57.4 %"),
    ("mcode4-gx-genomic-variant-fusion-met-alk", "kind", "rearrangement"),
    ("mcode4-gx-genomic-variant-fusion-met-alk", "said", "MET and ALK"),
]


@pytest.mark.parametrize(("name", "field", "expected"), READ)
def test_official_examples_are_understood(name, field, expected):
    assert finding(example(name))[field] == expected


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_genomic_variant_of_an_example_becomes_a_finding(path):
    document = read(path)
    found = [f for back in reread(document) for f in back.case.findings if f.sort != "observation"]
    assert len(found) == len(variants(document))


def test_the_child_with_b_all_is_read_with_diagnosis_drugs_and_variant_and_without_invention():
    case, warnings = only(example("mcode4-brian-l"))
    assert case["diagnoses"][0]["entity"] == "B-cell acute lymphoblastic leukaemia"
    assert {agent for t in case["treatments"] for agent in t["agents"]} == {
        "idarubicin", "prednisone", "vincristine", "cyclophosphamide",
    }  # fmt: skip
    assert [f["said"] for f in case["findings"] if f["kind"] == "rearrangement"] == [
        "ETV6 and RUNx1"
    ]  # as the example spells it
    assert warnings.count("order") == 4  # a drug that was ordered is not a drug that was given
    assert not case["subject"].keys() & {"ancestry", "constitutional_karyotype"}
    assert "outcome" not in case


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
@pytest.mark.parametrize("to", ["fhir", "phenopacket"])
def test_an_example_converts_to_a_valid_document(path, to):
    for made in convert.convert(read(path), to, at=AT, terms=load()):
        errors = [i for i in check_converted(made, to, terms=load()).issues if i.level == "error"]
        assert [i for i in errors if i.category not in ("reference", "references")] == []


# (bad habit, components, category of the warning)
HABITS = [
    ("an HGNC id without its prefix", {"component": [component("48018-6", valueCodeableConcept={
        "coding": [{"system": "http://www.genenames.org", "code": "11998", "display": "TP53"}]})]}, "code"),
    ("SO with a slash", {"component": [*VARIANT["component"], component("48019-4", valueCodeableConcept={
        "coding": [{"system": "http://www.sequenceontology.org/", "code": "SO:0001483"}]})]}, "system"),
    ("VAF as percentage", {"component": [*VARIANT["component"], component("81258-6", valueQuantity={
        "value": 43, "code": "%"})]}, "vaf"),
    ("no genetics category", {"category": []}, "category"),
    ("ISCN as string", {"component": [component("81291-7", valueString="46,XX")]}, "iscn"),
]  # fmt: skip


@pytest.mark.parametrize(("habit", "changes", "category"), HABITS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_bad_habit_is_read_with_a_warning(habit, changes, category):
    case, warnings = only(variant(**changes))
    assert category in warnings
    assert len(case["findings"]) == 1


def test_a_variant_without_subject_is_read_with_a_warning():
    document = variant()
    del document["subject"]
    assert "subject" in only(document)[1]


def patient(name):
    return {"resourceType": "Patient", "id": name, "gender": "male"}


def entry(resource, url=""):
    return {"resource": resource} | ({"fullUrl": url} if url else {})


def bundle(*entries):
    return {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("http://example.org/fhir/Patient/b", {"reference": "http://example.org/fhir/Patient/b"}),
        ("http://example.org/fhir/Patient/b", {"reference": "Patient/b"}),
        ("", {"reference": "Patient/b/_history/2"}),
        (
            "urn:uuid:11111111-1111-4111-8111-111111111111",
            {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"},
        ),
        ("", {"identifier": {"system": "https://example.org", "value": "B"}}),
    ],
)
def test_each_person_of_a_bundle_is_a_case_and_references_are_followed(url, reference):
    other = patient("b") | {"identifier": [{"system": "https://example.org", "value": "B"}]}
    document = bundle(entry(patient("a")), entry(other, url), entry(variant(subject=reference)))
    first, second = (back.case for back in reread(document))
    assert (first.id, len(first.findings)) == ("a", 0)
    assert (second.id, len(second.findings)) == ("b", 1)


A, B = "http://a.org/fhir/", "http://b.org/fhir/"


def persons(*entries):
    """Case id and sex, and ids of the findings, of each person of a bundle."""
    cases = [back.case for back in reread(bundle(*entries))]
    return [(case.subject.sex if case.subject else None, [f.id for f in case.findings]) for case in cases]


def test_one_address_on_two_servers_is_two_persons():
    man, woman = patient("p"), patient("p") | {"gender": "female"}
    both = (entry(man, f"{A}Patient/p"), entry(woman, f"{B}Patient/p"))
    of_b = entry(variant(), f"{B}Observation/v")
    assert persons(*both, of_b) == [("male", []), ("female", ["v"])]
    assert persons(*both, entry(variant())) == [("male", []), ("female", []), (None, ["v"])]  # nobody knows whose


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": f"{B}Patient/p"},
        {"reference": "Patient/another"},
        {"reference": "Patient?identifier=http://a.org|9"},
        {"identifier": {"system": "http://a.org", "value": "9"}},
    ],
)
def test_a_finding_of_somebody_who_is_not_in_the_document_is_not_given_to_who_is(subject):
    known = patient("p") | {"identifier": [{"system": "http://a.org", "value": "8"}]}
    found = persons(entry(known, f"{A}Patient/p"), entry(variant(subject=subject), f"{A}Observation/v"))
    assert found == [("male", []), (None, ["v"])]


def test_a_conditional_reference_and_an_identifier_lead_to_the_person():
    one = patient("a") | {"identifier": [{"system": "http://a.org", "value": "8"}]}
    two = patient("b") | {"identifier": [{"system": "http://a.org", "value": "9"}], "gender": "female"}
    for subject in (
        {"reference": "Patient?identifier=http://a.org|9"},
        {"identifier": {"system": "http://a.org", "value": "9"}},
    ):
        found = persons(entry(one), entry(two), entry(variant(subject=subject)))
        assert found == [("male", []), ("female", ["v"])]


def test_two_subjects_known_by_identifier_alone_are_two_persons():
    subjects = [{"identifier": {"system": "http://a.org", "value": value}} for value in ("8", "9")]
    found = persons(entry(variant(subject=subjects[0])), entry(variant(id="w", subject=subjects[1])))
    assert found == [(None, ["v"]), (None, ["w"])]


def test_a_variant_belongs_to_the_person_of_the_report_that_lists_it():
    without_subject = {key: value for key, value in VARIANT.items() if key != "subject"}
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "genetics"}}
    report |= {"subject": {"reference": "Patient/b"}, "result": [{"reference": "urn:uuid:1"}]}
    two = patient("b") | {"gender": "female"}
    found = persons(entry(patient("a")), entry(two), entry(report), entry(without_subject, "urn:uuid:1"))
    assert found == [("male", []), ("female", ["v"])]


def test_a_report_that_contains_person_and_variant_is_a_case():
    inside = [patient("p"), variant(subject={"reference": "#p"})]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "genetics"}}
    case, _ = only(report | {"contained": inside, "subject": {"reference": "#p"}, "result": [{"reference": "#v"}]})
    assert (case["subject"]["sex"], case["findings"][0]["gene"]) == ("male", "TP53")


def test_lines_of_a_bulk_file_are_read_together():
    (back,) = form("fhir").read([patient("p"), variant()], load())
    assert (back.case.subject.sex, back.case.findings[0].gene) == ("male", "TP53")


def test_a_contained_specimen_is_the_findings_specimen():
    material = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0487", "code": "MAR"}]}
    specimen = {"resourceType": "Specimen", "id": "s", "type": material}
    case, _ = only(variant(contained=[specimen], specimen={"reference": "#s"}))
    assert case["specimens"][0]["material"] == "bone marrow"
    assert case["findings"][0]["specimen"] == case["specimens"][0]["id"]


def test_what_the_case_has_no_place_for_is_carried_and_written_back():
    extra = component("92822-6", valueCodeableConcept={"coding": [{"system": "http://loinc.org", "code": "LA30102-0"}]})
    document = variant(component=[*VARIANT["component"], extra], issued="2020-01-01T00:00:00Z")
    case, _ = only(document)
    assert [kept["path"] for kept in case["carried"]] == ["Observation/v/component/1", "Observation/v/issued"]
    (made,) = convert.convert(document, "fhir", at=AT, terms=load())
    (back,) = variants(made.document)
    assert (back["issued"], back["component"][-1]) == ("2020-01-01T00:00:00Z", extra)
    assert [loss.path for loss in made.losses if loss.stage == "read"] == []
    (packet,) = convert.convert(document, "phenopacket", at=AT, terms=load())
    lost = {loss.path for loss in packet.losses if loss.stage == "read"}
    assert {"/issued", "/component/1/valueCodeableConcept/coding/0/code"} <= lost


@pytest.mark.parametrize(
    ("kind", "status"), [("MedicationAdministration", "not-done"), ("Procedure", "entered-in-error")]
)
def test_what_was_not_done_is_no_treatment(kind, status):
    made = {"resourceType": kind, "id": "t", "status": status, "medicationCodeableConcept": {"text": "vincristine"}}
    case, _ = only(made)
    assert "treatments" not in case
    assert case["carried"][0]["value"]["status"] == status


def test_a_contradiction_is_carried_with_a_warning_and_the_rest_is_read():
    copies = component("82155-3", valueQuantity={"value": 2, "code": "1"})
    gain = component("48019-4", valueCodeableConcept={"text": "gain"})
    case, warnings = only(variant(component=[*VARIANT["component"], copies, gain]))
    assert "refused" in warnings
    assert [kept["path"] for kept in case["carried"]] == ["Observation/v/component/1"]
    assert case["findings"][0]["gene"] == "TP53"
    (made,) = convert.convert(variant(component=[*VARIANT["component"], copies, gain]), "fhir", at=AT, terms=load())
    assert copies in variants(made.document)[0]["component"]
    assert made.losses == ()


def test_a_cycle_of_references_and_bundles_in_bundles_are_read():
    one, two = variant(id="one"), variant(id="two")
    one["derivedFrom"], two["derivedFrom"] = [{"reference": "Observation/two"}], [{"reference": "Observation/one"}]
    case, _ = only(bundle(entry(bundle(entry(one))), entry(two)))
    assert len(case["findings"]) == 2


def test_a_document_that_is_nested_too_deep_is_refused():
    document = {"resourceType": "Observation"}
    for _ in range(5_000):
        document = {"resourceType": "Observation", "contained": [document]}
    with pytest.raises(ReadError, match="nested deeper"):
        list(form("fhir").read(document, load()))


def test_two_thousand_entries_are_read():
    document = bundle(*(entry(variant(id=f"v{n}")) for n in range(2_000)))
    (back,) = form("fhir").read(document, load())
    assert len(back.case.findings) == 2_000


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(allow_nan=False).map(Decimal),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ("coding", "code", "system", "reference", "url", "value", "text", "low", "valueString")), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
MEMBERS = st.sampled_from(
    ("status", "code", "component", "subject", "valueQuantity", "valueCodeableConcept", "extension", "note",
     "identifier", "contained", "gender", "_gender", "deceasedBoolean", "onsetAge", "effectivePeriod", "type", "meta",
     "text", "bodySite", "derivedFrom", "partOf", "focus", "method", "category", "collection", "id", "clinicalStatus")
)  # fmt: skip
KINDS = st.sampled_from(
    ("Patient", "Observation", "Condition", "Specimen", "Procedure", "MedicationRequest", "DiagnosticReport", "Odd")
)


ODD = st.lists(
    st.builds(
        lambda kind, rest: rest | {"resourceType": kind}, KINDS, st.dictionaries(MEMBERS, ANY, min_size=1, max_size=4)
    ),
    max_size=3,
)


@given(ODD)
@settings(max_examples=60, deadline=None)
def test_wrong_types_everywhere_are_read_or_refused_with_a_place(entries):
    try:
        found = list(form("fhir").read(bundle(*map(entry, entries)), load()))
    except (ReadError, CaseError):
        return
    assert all(back.case.id for back in found)


# A component that comes back in another form that says the same: an allele fraction in percent as a fraction (the words
# stand beside it), an ISCN string that no code system would take as words.
REWORDED = {"81258-6", "81291-7"}


def components(document):
    return [one for found in observations(document) for one in found.get("component", ())]


def missing(document, profile_set="gr3"):
    """Components of the variants of a document that FHIR -> case -> FHIR does not give back."""
    made = [m.document for m in convert.convert(document, "fhir", at=AT, profile_set=profile_set, terms=load())]
    back = [one for bundle_ in made for one in components(bundle_)]
    lost = [c for v in variants(document) for c in v.get("component", ()) if not any(within(c, b) for b in back)]
    return [c for c in lost if codes(c["code"])[0] not in REWORDED]


def within(one, other):
    """Whether all of ``one`` stands in ``other``; labels of codes aside, and under which URI a guide has a system."""
    if isinstance(one, dict):
        return isinstance(other, dict) and all(within(v, other.get(k)) for k, v in one.items() if k != "display")
    if isinstance(one, list):
        return isinstance(other, list) and all(any(within(a, b) for b in other) for a in one)
    if isinstance(one, str) and isinstance(other, str):
        return system(one) == system(other)
    return one == other


def system(uri):
    prefix = load().other_systems().get(uri)
    return load().resource(prefix).fhir_system if prefix else uri.rstrip("/")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_component_of_a_variant_comes_back(path):
    assert missing(read(path)) == []


def test_the_sources_own_form_stands_where_it_says_what_the_case_says():
    genes = component("48018-6", valueCodeableConcept={"coding": [
        {"system": "http://www.genenames.org", "code": "HGNC:11998", "display": "TP53"},
        {"system": "https://www.ncbi.nlm.nih.gov/gene", "code": "7157"}]})  # fmt: skip
    share = component("81258-6", valueQuantity={"value": Decimal("0.4"), "unit": "decimal"})
    document = variant(component=[genes, share])
    case, _ = only(document)
    assert (case["findings"][0]["gene"], case["findings"][0]["vaf"]) == ("TP53", "0.4")
    (made,) = convert.convert(document, "fhir", at=AT, terms=load())
    back = variants(made.document)[0]["component"]
    assert [one for one in back if one in (genes, share)] == [genes, share]
    assert [code for one in back for code in codes(one["code"])].count("48018-6") == 1
    assert made.losses == ()
    case["findings"][0]["gene"] = "ATM"  # changed by hand: the source's form no longer says it
    (made,) = convert.convert(case, "fhir", at=AT, terms=load())
    assert "ATM" in dump(made.document).decode()
    assert genes not in variants(made.document)[0]["component"]
    assert any(loss.path.startswith("/carried/0/value") for loss in made.losses)


def test_an_id_of_another_gene_than_the_one_named_is_read_by_name_with_a_warning():
    wrong = component("48018-6", valueCodeableConcept={
        "coding": [{"system": "http://www.genenames.org", "code": "HGNC:7235", "display": "MSH2"}]})  # fmt: skip
    case, warnings = only(variant(component=[wrong]))
    assert (case["findings"][0]["gene"], "gene" in warnings) == ("MSH2", True)
    assert case["carried"][0]["value"] == wrong


def test_the_rest_of_an_element_goes_back_into_it():
    method = {"coding": [{"system": "http://loinc.org", "code": "LA26398-0"}, {"system": "https://a.org", "code": "x"}]}
    document = variant(method=method)
    (made,) = convert.convert(document, "fhir", at=AT, terms=load())
    assert [coding["code"] for coding in variants(made.document)[0]["method"]["coding"]][-1] == "x"
    assert made.losses == ()


def _findings(document):
    return [f.to_json() for back in reread(document) for f in back.case.findings if f.sort != "observation"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
@pytest.mark.parametrize(
    ("there", "back_again"), [("gr3", "mcode4"), ("mcode4", "gr3"), ("gr3", "gr2"), ("gr2", "gr3"), ("mcode4", "gr2")]
)
def test_a_document_migrates_between_the_guides_and_back(path, there, back_again):
    for made in convert.convert(read(path), "fhir", at=AT, profile_set=there, terms=load()):
        if any("/findings/" in loss.path for loss in made.losses):
            continue  # narrowed by the guide: the losses say so
        (back,) = convert.convert(made.document, "fhir", at=AT, profile_set=back_again, terms=load())
        assert _findings(back.document) == _findings(made.document)
        assert [loss for loss in back.losses if "/findings/" in loss.path] == []


@pytest.mark.skipif(not OFFICIAL, reason="the official packages are not installed")
def test_every_component_of_every_official_variant_comes_back():
    lost = {path.name: missing(read(path)) for path in OFFICIAL}
    assert {name: parts for name, parts in lost.items() if parts} == {}


@pytest.mark.skipif(not OFFICIAL, reason="the official packages are not installed")
def test_every_official_example_is_read_and_every_variant_becomes_a_finding():
    seen = 0
    for path in OFFICIAL:
        document = read(path)
        seen += 1
        found = [f for back in reread(document) for f in back.case.findings if f.sort != "observation"]
        assert len(found) == len(variants(document)), path.name
    assert seen == 383
