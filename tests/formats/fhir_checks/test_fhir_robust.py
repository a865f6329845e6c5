"""No document makes a check raise: whatever stands in it is a finding."""

import random
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.formats.fhir.checks import CHECKS
from adapter.terms import load

ROOT = Path(__file__).parents[3]
GOOD = (ROOT / "tests" / "golden" / "rearrangement.fhir.mcode4.collection.json").read_bytes()
NAMES = ["resourceType", "coding", "code", "system", "value", "reference", "extension", "url", "_value"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "#", "a b", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


def places(node):
    """Every (container, key) of a document."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from places(value)


def run(document):
    return [issue for check in CHECKS for issue in check.run(document, load())]


@pytest.mark.parametrize("document", [None, 1, "Patient", [], {}, {"resourceType": 1}, {"resourceType": "Bundle"}])
def test_what_is_no_resource_is_no_exception(document):
    assert all(issue.path.startswith("/") or issue.path == "" for issue in run(document))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.randoms(use_true_random=False))
def test_any_json_in_any_place_is_judged_without_an_exception(value, chance: random.Random):
    document = orjson.loads(GOOD)
    held, key = chance.choice(list(places(document)))
    held[key] = value
    assert all(issue.validator and issue.path[:1] in ("", "/") for issue in run(document))


@pytest.mark.nightly
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.randoms(use_true_random=False))
def test_any_json_in_any_place_many_times(value, chance: random.Random):
    document = orjson.loads(GOOD)
    held, key = chance.choice(list(places(document)))
    held[key] = value
    run(document)
