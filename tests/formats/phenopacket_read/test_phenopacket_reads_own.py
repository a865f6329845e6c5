"""What our writer wrote is read back: case to packet to case is the case, up to the losses the writer reported."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from adapter import convert
from adapter.case import read_case
from adapter.cli.diff import differences
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import read
from adapter.terms import load
from tests.strategies import cases

ROOT = Path(__file__).parents[3]
EXAMPLES = int(os.environ.get("ADAPTER_EXAMPLES", "10000")) if os.environ.get("ADAPTER_NIGHTLY") else 20
AT = "2026-01-01T00:00:00Z"
SAMPLES = sorted(ROOT.glob("samples/*.json")) + sorted(ROOT.glob("samples/kinds/*.json"))
CASES = SAMPLES + sorted(ROOT.glob("tests/homes/cases/*.json"))


def packet_of(case):
    written = convert.write(case, "phenopacket", at=AT, terms=load())
    return read_json(dump(written.document)), written.losses


def back_from(document):
    return next(read(document, load()))


def without_carried(case):
    return case.model_copy(update={"carried": ()})


def unexplained(case):
    """What the case read back says differently although the writer reported no loss of it; and that case."""
    document, losses = packet_of(case)
    found = back_from(document)
    lost = {loss.path for loss in losses if loss.reason != "moved"}
    told = [
        one
        for one in differences(without_carried(case), without_carried(found.case))
        if not any(
            one.left == path or path.startswith(f"{one.left}/") or one.left.startswith(f"{path}/") for path in lost
        )
    ]
    return told, found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_comes_back_from_its_packet(path):
    case = read_case(read_json(path.read_bytes()))

    told, found = unexplained(case)

    assert told == []
    assert not found.issues


@pytest.mark.parametrize("more", [{}, {"intent": "curative"}, {"regimen": "7+3"}])
def test_treatments_with_a_drug_each_stay_apart(more):
    drugs = [{"agents": ["imatinib"]}, {"agents": ["vincristine", "dasatinib"]} | more, {"agents": ["prednisone"]}]
    case = read_case({"case_format": "1", "id": "a", "treatments": drugs})

    assert unexplained(case)[0] == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_packet_comes_back_byte_for_byte(path):
    document, _ = packet_of(read_case(read_json(path.read_bytes())))

    again, _ = packet_of(back_from(document).case)

    updates = document["metaData"].pop("updates", []), again["metaData"].pop("updates", [])
    assert dump(again) == dump(document)
    assert sorted(u["comment"] for u in updates[1]) == sorted(u["comment"] for u in updates[0])


@pytest.mark.parametrize("test", ["LOINC:26446-5", "Philadelphia chromosome", "CD34", "HLA-DR"])
@pytest.mark.parametrize("value", ["negative", "dim", "20 %", "<5 %"])
def test_a_test_with_a_value_that_markers_have_stays_a_test(test, value):
    measured = {"kind": "measurement", "test": test, "value": value}
    case = read_case({"case_format": "1", "id": "a", "findings": [measured]})

    assert unexplained(case)[0] == []


@pytest.mark.parametrize("marker", ["CD34", "TdT", "cyMPO", "hemoglobin", "an unlisted marker"])
@pytest.mark.parametrize("value", ["negative", "20 %", "<5 %", "60-70 %"])
def test_a_marker_of_any_name_stays_a_marker(marker, value):
    seen = {"kind": "immunophenotype", "markers": {marker: value}}
    case = read_case({"case_format": "1", "id": "a", "findings": [seen]})

    assert unexplained(case)[0] == []


def test_responses_to_one_treatment_stay_apart():
    responses = [
        {"sites": ["CNS"]},
        {"status": "complete remission", "after": "two months"},
        {"status": "complete remission", "sites": ["testis"]},
        {"sites": ["skin"], "said": "relapse of the skin"},
    ]
    course = {"treatments": [{"id": "t", "agents": ["imatinib"]}], "responses": [{"to": "t"} | r for r in responses]}
    case = read_case({"case_format": "1", "id": "a"} | course)

    told, found = unexplained(case)

    assert told == []
    assert [response.sites for response in found.case.responses] == [("CNS",), (), ("testis",), ("skin",)]


@pytest.mark.parametrize("kind", [{"kind": "copy-number", "change": "gain"}, {"kind": "rearrangement"}])
def test_a_gene_named_twice_is_read_twice(kind):
    case = read_case({"case_format": "1", "id": "a", "findings": [kind | {"genes": ["MLL", "KMT2A"]}]})

    assert unexplained(case)[0] == []


def test_what_is_said_of_an_equal_result_is_not_said_of_the_next_one():
    absent = {"kind": "sequence-variant", "gene": "TP53", "result": "absent", "age": "58 y"}
    findings = [absent | {"date": "2020"}, absent | {"date": "2020"}, absent | {"gene": "NPM1"}]
    found = unexplained(read_case({"case_format": "1", "id": "a", "findings": findings}))[1]

    assert [(f.gene, f.date and f.date.text) for f in found.case.findings] == [("TP53", "2020"), ("NPM1", None)]


@pytest.mark.parametrize(
    "results",
    [
        [{"markers": {"CD19": "positive"}}, {"markers": {"CD34": "positive", "TdT": "dim"}}],
        [{"kind": "normal", "genes": ["TP53", "NPM1"]}, {"kind": "normal", "genes": ["FLT3"]}],
    ],
)
def test_two_results_of_several_lines_stay_two(results):
    case = read_case(
        {"case_format": "1", "id": "a", "findings": [{"kind": "immunophenotype"} | one for one in results]}
    )

    assert unexplained(case)[0] == []


@pytest.mark.parametrize("specimens", [[], [{"id": "bm", "material": "bone marrow"}]])
def test_what_names_a_measurement_finds_it_again(specimens):
    taken = {"specimen": "bm"} if specimens else {}
    absent = {"kind": "sequence-variant", "result": "absent"} | taken
    findings = [
        absent | {"gene": "TP53", "source": {"doi": "10.5555/a"}},
        absent | {"gene": "NPM1", "source": {"title": "a poster"}},
        {"kind": "mrd", "value": "0.01 %", "marker": "IGH"} | taken,
        {"kind": "mrd", "id": "second", "value": "undetectable", "marker": "IGH", "source": {"pmid": "1"}} | taken,
        {"kind": "sequence-variant", "gene": "FLT3", "phase": "cis with sequence-variant-1"} | taken,
    ]
    course = {"findings": findings, "responses": [{"mrd": "second"}, {"mrd": "mrd-1"}]}
    case = read_case({"case_format": "1", "id": "a", "specimens": specimens} | course)

    told, found = unexplained(case)

    assert told == []
    assert not found.issues
    second, first = [response.mrd for response in found.case.responses]
    values = {finding.id: finding.value.text for finding in found.case.findings if finding.kind == "mrd"}
    assert (values[second], values[first]) == ("undetectable", "0.01 %")


@given(cases())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_case_comes_back_up_to_the_reported_losses(document):
    case = read_case(document)
    told, found = unexplained(case)

    assert told == []
    said_once = any(loss.message.startswith("an equal measurement") for loss in packet_of(case)[1])
    assert said_once or not found.issues
