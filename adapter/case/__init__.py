"""The case as people report it: one model, no format's words in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.case.common import Source, StatedCode
from adapter.case.facts import Facts
from adapter.case.findings import Finding
from adapter.case.model import (
    Carried,
    Case,
    Diagnosis,
    Feature,
    Identifier,
    Outcome,
    Response,
    Risk,
    Specimen,
    Subject,
    Treatment,
)
from adapter.case.reading import read_case, refused
from adapter.terms import Terms

__all__ = [
    "Carried",
    "Case",
    "Diagnosis",
    "Feature",
    "Finding",
    "Identifier",
    "Outcome",
    "Response",
    "Risk",
    "Source",
    "Specimen",
    "StatedCode",
    "Subject",
    "Treatment",
    "case_schema",
    "facts_of",
    "read_case",
    "refused",
]


def facts_of(case: Case, terms: Terms) -> Iterator[Facts]:
    """Every finding's facts in order, children after their parent."""
    for n, (name, finding) in enumerate(zip(case.finding_ids, case.findings, strict=True)):
        yield from finding.facts(f"/findings/{n}", name, terms)


def case_schema() -> dict[str, Any]:
    """The case format as JSON Schema (2020-12), quantity grammars as patterns."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Case.model_json_schema()
