"""Case -> FHIR -> case gives the case again, up to exactly the losses that were reported."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent))
from rereading import changed, reread
from strategies import cases
from writing import CASES, SAMPLES, SETS, read, written

EVERY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.mark.parametrize("bundle", ["collection", "transaction"])
@pytest.mark.parametrize("profile_set", SETS)
@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_a_case_comes_back_from_fhir(path, profile_set, bundle):
    assert changed(read(path), profile_set, bundle) == []


@given(cases())
@settings(max_examples=40, deadline=None, suppress_health_check=EVERY)
def test_a_generated_case_comes_back_from_fhir(document):
    for profile_set in SETS:
        assert changed(document, profile_set) == []


@pytest.mark.nightly
@given(cases())
@settings(max_examples=10_000, deadline=None, suppress_health_check=EVERY)
def test_ten_thousand_generated_cases_come_back_from_fhir(document):
    for profile_set in SETS:
        assert changed(document, profile_set) == []


@pytest.mark.parametrize("profile_set", SETS)
@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_nothing_of_our_own_output_is_left_over_or_odd(path, profile_set):
    (back,) = reread(written(read(path), profile_set).document)
    assert [one for one in back.case.to_json().get("carried", ()) if one["format"] == "fhir"] == []
    assert back.issues == ()
    assert back.losses == ()


@pytest.mark.parametrize("profile_set", SETS)
@pytest.mark.parametrize("result", ["present", "absent", "indeterminate", "no call"])
@pytest.mark.parametrize("stated", [{"iscn": "46,XX[20]"}, {"iscn": "not a karyotype"}, {"complex": False}])
def test_the_result_of_a_karyotype_comes_back(stated, result, profile_set):
    finding = {"kind": "karyotype", "result": result} | stated
    assert changed({"case_format": "1", "id": "k", "findings": [finding]}, profile_set) == []


@pytest.mark.parametrize(
    ("treatment", "profile_set"),
    [
        ({"kind": "surgery", "regimen": "laser surgery"}, "gr3"),
        ({"kind": "chemotherapy", "regimen": "hyper-CVAD"}, "mcode4"),
        ({"kind": "chemotherapy", "agents": ["an unlisted drug"]}, "gr3"),
        ({"kind": "chemotherapy", "agents": ["an unlisted drug"], "regimen": "hyper-CVAD"}, "gr3"),
        ({"kind": "chemotherapy", "phase": "induction", "said": "induction"}, "gr3"),
        ({"said": "some treatment"}, "gr3"),
    ],
)
def test_what_a_treatment_is_called_comes_back(treatment, profile_set):
    assert changed({"case_format": "1", "id": "t", "treatments": [treatment]}, profile_set) == []


@pytest.mark.parametrize("kind", ["copy-number", "sequence-variant", "rearrangement", "normal"])
def test_the_kind_of_a_finding_of_which_only_words_are_known_comes_back(kind):
    for named in ({}, {"id": "f"}):
        finding = named | {"kind": kind, "said": "as reported"}
        assert changed({"case_format": "1", "id": "k", "findings": [finding]}, "gr3") == []


def test_negatives_of_one_line_come_back_as_one_line_and_others_do_not_join_it():
    line = {"kind": "normal", "id": "neg", "genes": ["TP53", "NPM1", "FLT3"], "method": "NGS"}
    other = {"kind": "normal", "id": "neg-4", "genes": ["KIT"], "method": "FISH"}
    assert changed({"case_format": "1", "id": "n", "findings": [line, other]}, "gr3") == []


@pytest.mark.parametrize("of_finding", [{}, {"source": {"doi": "10.5555/other"}}])
@pytest.mark.parametrize("profile_set", SETS)
def test_a_source_that_only_findings_cite_comes_back_as_that_of_the_case(profile_set, of_finding):
    source = {"doi": "10.5555/synthetic", "accessed": "1950"}
    finding = {"kind": "measurement", "test": "blasts", "value": "90 %"} | of_finding
    assert changed({"case_format": "1", "id": "s", "source": source, "findings": [finding]}, profile_set) == []
