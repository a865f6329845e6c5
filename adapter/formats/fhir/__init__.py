"""HL7 FHIR R4: one module per resource.

``FORMAT`` is what the roll of formats knows of it. The profile sets and the homes of facts that FHIR has no element
for are in ``docs/fhir-mapping.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.formats.base import Format, ReadCase
from adapter.formats.fhir.bundle import write
from adapter.formats.fhir.checks import CHECKS

if TYPE_CHECKING:
    from adapter.terms import Terms


def recognises(document: Any) -> bool:
    """Whether a parsed document says that it is a FHIR resource, or is a list of such."""
    if isinstance(document, list):
        return bool(document) and all(recognises(one) for one in document)
    return isinstance(document, dict) and "resourceType" in document


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The cases of a document, one for each person in it. Raises ReadError for what is no FHIR."""
    from adapter.formats.fhir.reader import read as cases  # the readers are many modules that writing does not need

    yield from cases(document, terms)


FORMAT = Format(
    name="fhir",
    title="HL7 FHIR R4 (Genomics Reporting 3.0.0, mCODE 4.0.0)",
    media_type="application/fhir+json",
    recognises=recognises,
    write=write,
    read=read,
    checks=CHECKS,
    carries=frozenset({"everything but what the losses name"}),
)
