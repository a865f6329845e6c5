"""The validators of FHIR documents (design.md section 8): schema, rules, profiles, models.

Each is imported when it first runs: a conversion without checks does not pay for their data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.formats.base import Check
from adapter.report import Issue

if TYPE_CHECKING:
    from adapter.terms import Terms


def _schema(document: Any, terms: Terms) -> Iterator[Issue]:  # noqa: ARG001
    from adapter.formats.fhir.checks import schema

    yield from schema.issues(document)


def _rules(document: Any, terms: Terms) -> Iterator[Issue]:
    from adapter.formats.fhir.checks import rules

    yield from rules.issues(document, terms)


def _profiles(document: Any, terms: Terms) -> Iterator[Issue]:
    from adapter.formats.fhir.checks import profiles

    yield from profiles.issues(document, terms)


def _models(document: Any, terms: Terms) -> Iterator[Issue]:  # noqa: ARG001
    from adapter.formats.fhir.checks import models

    yield from models.issues(document)


CHECKS = (
    Check("fhir-r4-schema", "4.0.1", "elements, types, required elements and codes of FHIR R4", "basic", _schema),
    Check("fhir-rules", "1", "references, invariants, codes and must-haves of the profiles", "basic", _rules),
    Check(
        "fhir-profiles",
        "gr-3.0.0 mcode-4.0.0",
        "profiles claimed: cardinality, slices, bindings, invariants, reference targets, extensions",
        "profile",
        _profiles,
    ),
    Check("fhir-resources", "8.3 R4B", "the models of fhir.resources, a second opinion on structure", "all", _models),
)
