"""What the writer makes of every small case passes, judged as it is in memory (decimals and all), in all sets."""

from pathlib import Path

import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats.document import read_json
from adapter.terms import load
from adapter.validate import check

ROOT = Path(__file__).parents[3]
CASES = sorted(ROOT.glob("tests/homes/cases/*.json"))


@pytest.mark.parametrize("profile_set", ["gr3", "mcode4", "gr2"])
@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_a_small_case_has_no_error_under_its_profiles(path, profile_set):
    case = read_case(read_json(path.read_bytes()))
    written = convert.write(case, "fhir", at="2026-01-01T00:00:00Z", terms=load(), profile_set=profile_set)
    report = check(written.document, tier="profile", source="fhir", terms=load())
    assert [i.to_json() for i in report.issues if i.level == "error"] == []
