"""Documents of one repeated thing: the time grows with their length, not with its square.

The default run doubles a few hundred; ``ADAPTER_NIGHTLY=1`` runs ``ADAPTER_ENTRIES`` (100,000 when not set).
"""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from adapter import convert
from adapter.formats.document import dump, read_json
from adapter.terms import load

NIGHTLY = bool(os.environ.get("ADAPTER_NIGHTLY"))
MANY = int(os.environ.get("ADAPTER_ENTRIES", "100000")) if NIGHTLY else 600
AT = "2026-01-01T00:00:00Z"
TERMS = load()
META = {"created": AT, "createdBy": "x", "phenopacketSchemaVersion": "2.0"}
DRUG = {"agent": {"id": "NCIT:C1", "label": "a drug"}}
VALUE = {"quantity": {"unit": {"id": "X:2", "label": "u"}, "value": 5}}
COUNT = {"assay": {"id": "X:1", "label": "cells"}, "value": VALUE}


def packet(**members: Any) -> Any:
    return {"id": "x", "subject": {"id": "x"}, **members, "metaData": META}


def count(i: int) -> Any:
    return COUNT | {"value": {"quantity": {"unit": {"id": "X:2", "label": "u"}, "value": i + 1}}}


def bundle(make: Any, n: int) -> Any:
    entries = [{"fullUrl": f"urn:uuid:{i}", "resource": make(i)} for i in range(n)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def observation(i: int) -> Any:
    return {
        "resourceType": "Observation",
        "id": f"o{i}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "69548-6"}]},
        "subject": {"reference": "urn:uuid:0"},
        "hasMember": [{"reference": f"urn:uuid:{i + 1}"}],
    }


def implication(i: int) -> Any:
    return {
        "resourceType": "Observation",
        "id": f"i{i}",
        "status": "final",
        "code": {"coding": [{"system": "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs",
                             "code": "diagnostic-implication"}]},
        "derivedFrom": [{"reference": f"urn:uuid:{i - 1}"}],
    }  # fmt: skip


SHAPES = {
    "features": lambda n: packet(phenotypicFeatures=[{"type": {"id": "X:1", "label": f"f{i}"}} for i in range(n)]),
    "measurements": lambda n: packet(biosamples=[{"id": "s", "measurements": [COUNT] * n}]),
    "different measurements": lambda n: packet(biosamples=[{"id": "s", "measurements": [count(i) for i in range(n)]}]),
    "biosamples": lambda n: packet(biosamples=[{"id": f"s{i}", "individualId": "x"} for i in range(n)]),
    "diseases": lambda n: packet(diseases=[{"term": {"id": "X:1", "label": f"d{i}"}} for i in range(n)]),
    "actions": lambda n: packet(medicalActions=[{"treatment": DRUG}] * n),
    "odd actions": lambda n: packet(medicalActions=[{"x": i} for i in range(n)]),
    "unknown members": lambda n: packet(**{f"k{i}": 1 for i in range(n)}),
    "patients": lambda n: bundle(lambda i: {"resourceType": "Patient", "id": f"p{i}"}, n),
    "variants of one id": lambda n: bundle(lambda i: observation(i) | {"id": "o"}, n),
    "variants by kind": lambda n: bundle(lambda i: observation(i) | {"id": f"sequence-variant-{n - i}"}, n),
    "implications": lambda n: bundle(lambda i: implication(i) if i % 2 else observation(i), n),
    "observations in a chain": lambda n: bundle(observation, n),
    "unknown resources": lambda n: bundle(lambda i: {"resourceType": "Basic", "id": f"b{i}"}, n),
    "codings": lambda n: {
        "resourceType": "Condition",
        "subject": {"reference": "#x"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": str(i)} for i in range(n)]},
    },
}


def cost(make: Any, n: int) -> float:
    document = read_json(dump(make(n)))
    start = time.process_time()
    for done in convert.convert(document, "case", at=AT, terms=TERMS):
        assert done.document["id"]
    return time.process_time() - start


@pytest.mark.parametrize("shape", SHAPES)
def test_the_time_grows_with_the_length(shape: str) -> None:
    half, whole = cost(SHAPES[shape], MANY // 2), cost(SHAPES[shape], MANY)

    assert whole < 6 * half + 0.5
