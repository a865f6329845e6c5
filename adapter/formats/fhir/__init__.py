"""HL7 FHIR R4: one module per resource.

``FORMAT`` is what the roll of formats knows of it. The profile sets and the homes of facts that FHIR has no element
for are in ``docs/fhir-mapping.md``.
"""

from __future__ import annotations

from adapter.formats.base import Format
from adapter.formats.fhir.bundle import write
from adapter.formats.fhir.checks import CHECKS
from adapter.formats.fhir.reader import read, recognises

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
