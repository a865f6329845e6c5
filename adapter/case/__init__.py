"""The case as people report it: one model, no format's words in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.case.facts import Facts
from adapter.case.model import Case
from adapter.case.reading import read_case
from adapter.terms import Terms

__all__ = ["Case", "case_schema", "facts_of", "read_case"]


def facts_of(case: Case, terms: Terms) -> Iterator[Facts]:
    """Every finding's facts in order, children after their parent."""
    for n, (id, finding) in enumerate(zip(case.finding_ids, case.findings, strict=True)):
        yield from finding.facts(f"/findings/{n}", id, terms)


def case_schema() -> dict[str, Any]:
    """The case format as JSON Schema (2020-12), quantity grammars as patterns."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Case.model_json_schema()
