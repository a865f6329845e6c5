"""Where the awkward facts go in a phenopacket: one row of the table of homes each, on its own small case.

A row is a case, a JSON pointer into its packet and the value that stands there (``None``: nothing does).
"""

from pathlib import Path

import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats.document import read_json
from adapter.terms import load

CASES = Path(__file__).parent / "cases"
AT = "2026-01-01T00:00:00Z"
CALLS = "/interpretations/0/diagnosis/genomicInterpretations"
VARIANT = "variantInterpretation/variationDescriptor"
NEGATIVE = {"id": "NCIT:C38757", "label": "Negative Finding"}

HOMES = [
    # sex not stated; name: no field
    ("sex-not-stated", "/subject/sex", "UNKNOWN_SEX"),
    ("no-name", "/subject/sex", "FEMALE"),
    ("no-name", "/subject/alternateIds", None),
    # no specimen: a bare biosample for what cannot be germline, the subject for what is
    ("no-specimen-stated", "/biosamples/0/description", "specimen not stated"),
    ("no-specimen-stated", "/biosamples/0/sampledTissue", None),
    ("no-specimen-stated", f"{CALLS}/0/subjectOrBiosampleId", "home-no-specimen-stated-specimen-not-stated"),
    ("no-specimen-stated", f"{CALLS}/1/subjectOrBiosampleId", "home-no-specimen-stated"),
    # share of abnormal cells: extension and measurement, no method unless stated
    ("abnormal-cell-share", f"{CALLS}/0/{VARIANT}/extensions/0", {"name": "mosaicism", "value": "68.5%"}),
    ("abnormal-cell-share", f"{CALLS}/1/{VARIANT}/extensions/1", {"name": "mosaicism-stated", "value": "137/200"}),
    ("abnormal-cell-share", "/biosamples/0/measurements/0/assay/id", "HAEM:abnormal-cell-fraction"),
    ("abnormal-cell-share", "/biosamples/0/measurements/0/value/quantity/value", 68.5),
    # tested and not found: a negative measurement, one per gene, never REJECTED
    ("tested-and-not-found", "/biosamples/0/measurements/0/value/ontologyClass", NEGATIVE),
    (
        "tested-and-not-found",
        "/biosamples/0/measurements/0/description",
        "gene: NPM1; kind: normal; of: sequencing panel",
    ),
    ("tested-and-not-found", "/biosamples/0/measurements/1/value/ontologyClass", NEGATIVE),
    ("tested-and-not-found", "/biosamples/0/measurements/2/value/ontologyClass", NEGATIVE),
    ("tested-and-not-found", "/interpretations", None),
    # karyotypes
    ("karyotype-string", f"{CALLS}/0/{VARIANT}/expressions/0/syntax", "iscn"),
    ("karyotype-string", f"{CALLS}/0/{VARIANT}/structuralType", None),
    ("karyotype-repaired", f"{CALLS}/0/{VARIANT}/expressions/0/value", "46,XY,t(8;21)(q22;q22)[20]"),
    ("karyotype-repaired", f"{CALLS}/0/{VARIANT}/label", "46, XY, t(8;21)(q22;q22)[20]"),
    ("karyotype-normal", f"{CALLS}/0/interpretationStatus", "UNKNOWN_STATUS"),
    ("karyotype-normal", f"{CALLS}/1", None),
    ("complex-karyotype-without-string", "/biosamples/0/diagnosticMarkers/0/id", "NCIT:C97138"),
    ("complex-karyotype-without-string", "/interpretations", None),
    # HGVS text nobody vouches for: the label, no expression
    ("hgvs-text-not-validated", f"{CALLS}/0/{VARIANT}/label", "TP53 codon 175 missense"),
    ("hgvs-text-not-validated", f"{CALLS}/0/{VARIANT}/expressions", None),
    # significance
    ("significance", f"{CALLS}/0/interpretationStatus", "CONTRIBUTORY"),
    ("significance", f"{CALLS}/0/variantInterpretation/acmgPathogenicityClassification", "PATHOGENIC"),
    ("significance", f"{CALLS}/1/interpretationStatus", "CONTRIBUTORY"),
    ("significance", f"{CALLS}/2/interpretationStatus", "CANDIDATE"),
    ("significance", f"{CALLS}/3/interpretationStatus", "REJECTED"),
    ("significance", f"{CALLS}/4/variantInterpretation/acmgPathogenicityClassification", "NOT_PROVIDED"),
    ("significance", "/interpretations/0/progressStatus", "UNKNOWN_PROGRESS"),
    # FLT3-ITD: label and extensions
    ("flt3-itd", f"{CALLS}/0/{VARIANT}/expressions", None),
    ("flt3-itd", f"{CALLS}/0/{VARIANT}/structuralType/id", "SO:1000173"),
    # CRLF2 in the pseudoautosomal region: nothing narrower than a structural variant, no chromosome
    ("crlf2-p2ry8", f"{CALLS}/0/{VARIANT}/structuralType/id", "SO:0001537"),
    ("crlf2-p2ry8", f"{CALLS}/0/{VARIANT}/extensions", None),
    ("crlf2-p2ry8", f"{CALLS}/0/{VARIANT}/variation", None),
    ("crlf2-p2ry8", f"{CALLS}/1/{VARIANT}/structuralType/id", "SO:0001565"),
    # copies
    ("zero-copies", f"{CALLS}/0/{VARIANT}/variation/copyNumber/number/value", "0"),
    ("zero-copies", f"{CALLS}/1/{VARIANT}/variation/copyNumber/indefiniteRange", {"value": "1", "comparator": "<="}),
    ("copies-with-a-fraction", f"{CALLS}/0/{VARIANT}/variation", None),
    ("copies-with-a-fraction", f"{CALLS}/1/{VARIANT}/variation", None),
    (
        "copies-with-a-fraction",
        f"{CALLS}/2/{VARIANT}/variation/copyNumber/indefiniteRange",
        {"value": "20", "comparator": ">="},
    ),
    # immunophenotype: one measurement per marker
    ("immunophenotype", "/biosamples/0/measurements/0/assay/label", "CD19"),
    ("immunophenotype", "/biosamples/0/measurements/2/value/ontologyClass/label", "dim"),
    ("immunophenotype", "/biosamples/0/measurements/3/value/quantity/value", 85),
    # residual disease
    ("mrd", "/biosamples/0/measurements/0/value/quantity/value", 0.01),
    ("mrd", "/biosamples/0/measurements/1/value/ontologyClass/label", "<10^-4"),
    ("mrd", "/biosamples/0/measurements/2/value/ontologyClass/label", "undetectable"),
    # the first response in its field
    ("response", "/medicalActions/0/responseToTreatment/id", "NCIT:C4870"),
    ("response", "/medicalActions/0/treatmentTarget", None),
    # relapse: no second identical disease
    ("relapse", "/diseases/1", None),
    # transplant, drugs
    ("transplant", "/medicalActions/0/therapeuticRegimen/regimenStatus", "UNKNOWN_STATUS"),
    ("transplant", "/medicalActions/0/therapeuticRegimen/startTime", None),
    ("drug-without-code", "/medicalActions/0/therapeuticRegimen/ontologyClass/label", "Protocol X-17"),
    ("drug-without-code", "/medicalActions/2/treatment/agent", {"id": "HAEM:new-agent-42", "label": "new agent 42"}),
    # death
    ("interval-to-death", "/subject/vitalStatus", {"status": "DECEASED"}),
    ("interval-to-death", "/metaData/updates/0/comment", "/subject/vitalStatus after: within four days"),
    ("interval-to-death-anchored", "/subject/vitalStatus/survivalTimeInDays", 60),
    ("cause-of-death", "/subject/vitalStatus/causeOfDeath", None),
    ("cause-of-death", "/metaData/updates/0/comment", "/subject/vitalStatus cause: septic shock"),
    ("vital-status-unknown", "/subject/vitalStatus/status", "UNKNOWN_STATUS"),
    # dates and ages
    ("month-or-year-only", "/diseases/0/onset/interval/end", "2020-03-31T23:59:59Z"),
    ("month-or-year-only", "/subject/dateOfBirth", None),
    ("age-over-89", "/diseases/0/onset", None),
    ("constitutional-karyotype", "/subject/karyotypicSex", "XY"),
    # a packet has no report: its findings stand with their biosamples
    ("diagnostic-report", f"{CALLS}/2/subjectOrBiosampleId", "home-diagnostic-report-pb"),
]

LOSSES = [
    ("age-over-89", "/diagnoses/0/age", "moved"),
    ("interval-to-death", "/outcome/after", "moved"),
    ("cause-of-death", "/outcome/cause", "moved"),
    ("month-or-year-only", "/subject/birth", "moved"),
    ("response", "/responses/1/status", "moved"),
    ("significance", "/findings/1/significance", "narrowed"),
]


def converted(name):
    return convert.write(
        read_case(read_json((CASES / f"{name}.json").read_bytes())), "phenopacket", at=AT, terms=load()
    )


def at(node, pointer):
    for step in pointer.split("/")[1:]:
        if isinstance(node, list):
            node = node[int(step)] if int(step) < len(node) else None
        else:
            node = (node or {}).get(step)
    return node


@pytest.mark.parametrize(("name", "pointer", "value"), HOMES)
def test_a_fact_has_its_home(name, pointer, value):
    assert at(converted(name).document, pointer) == value


@pytest.mark.parametrize(("name", "path", "reason"), LOSSES)
def test_a_weaker_home_is_declared(name, path, reason):
    assert (path, reason) in {(loss.path, loss.reason) for loss in converted(name).losses}


def test_every_case_of_the_table_has_a_row():
    assert {name for name, _, _ in HOMES} == {path.stem for path in CASES.glob("*.json")}
