"""Which publication a case comes from: what cohorts, and the Groups of FHIR, are made of."""

from __future__ import annotations

import re

from adapter.report import Json

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID = re.compile(r"(?:pmid:)?\s*(\d{1,9})", re.IGNORECASE)


def publication(case: Json) -> str:
    """``DOI:10.…`` in lower case, else ``PMID:…``, of the case's source; "" where it states neither as one.

    DOIs are compared without case (doi.org handbook, section 2.4).
    """
    source = case.get("source")
    stated = source if isinstance(source, dict) else {}
    return curie(f"doi:{stated.get('doi') or ''}") or curie(f"pmid:{stated.get('pmid') or ''}")


def curie(text: str) -> str:
    """A DOI or PMID as people write it, as ``DOI:…`` or ``PMID:…``; "" for anything else."""
    kind, _, rest = text.strip().partition(":")
    if kind.lower() == "pmid" and (found := _PMID.fullmatch(rest.strip())):
        return f"PMID:{int(found[1])}"
    stated = rest.strip() if kind.lower() == "doi" else text.strip()
    found = _DOI.fullmatch(stated)
    return f"DOI:{found[1].lower()}" if found else ""
