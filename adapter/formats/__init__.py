"""The roll of formats: one line each; a format's package is imported when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from adapter.errors import ReadError, UnknownTerm
from adapter.formats.base import Format

PACKAGES = {
    "case": "adapter.formats.case_json",
    "fhir": "adapter.formats.fhir",
    "phenopacket": "adapter.formats.phenopacket",
}


@cache
def form(name: str) -> Format:
    """The format called ``name``; raises UnknownTerm."""
    if name not in PACKAGES:
        raise UnknownTerm("formats", name)
    found: Format = import_module(PACKAGES[name]).FORMAT
    return found


def recognise(document: Any) -> Format:
    """The format a parsed document is in; raises ReadError when none claims it."""
    for name in PACKAGES:
        if form(name).recognises(document):
            return form(name)
    raise ReadError(
        "not recognised: expected a case (with case_format), a FHIR resource (with resourceType) or a phenopacket "
        "(with metaData)"
    )
