"""GA4GH Phenopackets v2: canonical JSON of schema 2.0 with explicit zero enums (https://phenopacket-schema.readthedocs.io).

``packet`` writes, ``schema`` and ``rules`` check (tiers 1 and 2), ``models`` asks protobuf (tier 3, on demand).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.formats.base import Check, Format, Options, ReadCase, Written
from adapter.report import Issue

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.terms import Terms


def recognises(document: Any) -> bool:
    """Whether a parsed document is a phenopacket, family or cohort: it has metaData and no other format's marks."""
    if not isinstance(document, dict) or "resourceType" in document:
        return False
    return "metaData" in document or "meta_data" in document


def write(case: Case, terms: Terms, options: Options) -> Written:
    """``case`` as a Phenopacket of schema 2.0."""
    from adapter.formats.phenopacket.packet import write as written

    return written(case, terms, options)


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The case of a phenopacket. Raises ReadError for what is none."""
    from adapter.formats.phenopacket.reader import read as cases

    yield from cases(document, terms)


def _schema(document: Any, terms: Terms) -> Iterator[Issue]:  # noqa: ARG001
    from adapter.formats.phenopacket import schema

    yield from schema.issues(document)


def _rules(document: Any, terms: Terms) -> Iterator[Issue]:
    from adapter.formats.phenopacket import rules

    yield from rules.issues(document, terms)


def _protobuf(document: Any, terms: Terms) -> Iterator[Issue]:  # noqa: ARG001
    from adapter.formats.phenopacket import models

    yield from models.issues(document)


FORMAT = Format(
    name="phenopacket",
    title="GA4GH Phenopacket v2",
    media_type="application/json",
    recognises=recognises,
    write=write,
    read=read,
    checks=(
        Check(
            "phenopacket-schema", "2.0", "members, types, enums and required members of schema 2.0", "basic", _schema
        ),
        Check(
            "phenopacket-rules", "1", "references, codes and resources, order, agreement of variants", "basic", _rules
        ),
        Check("phenopackets-protobuf", "2.0.2", "protobuf's strict JSON reader", "all", _protobuf),
    ),
)
