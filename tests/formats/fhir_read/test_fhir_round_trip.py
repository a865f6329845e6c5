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
