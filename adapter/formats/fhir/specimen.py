"""Specimens: material, date of collection, and when in the course of the disease they were taken.

Profile: mCODE 4.0.0 ``human-specimen``, which demands a type: a specimen without material says so in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import absent
from adapter.formats.fhir.observation import Parts, plain

if TYPE_CHECKING:
    from adapter.case.model import Specimen
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json


def specimens(d: Draft) -> None:
    """Add every specimen, each followed by what only an Observation can hold of it."""
    for n, stated in enumerate(d.case.specimens):
        d.add(specimen(d, stated, f"/specimens/{n}"))
        details(d, stated, f"/specimens/{n}")


def specimen(d: Draft, stated: Specimen, path: str) -> Json:
    """One Specimen."""
    role = f"specimen/{stated.id}"
    made = d.head("Specimen", role, f"Specimen: {stated.material or 'material not stated'}", "specimen")
    made["identifier"] = [d.ids.identifier(role)]
    if stated.material:
        node, rule = d.words("specimens", stated.material)
        made["type"] = d.ledger.put(node, f"{path}/material", rule)
    elif d.mcode:
        made["type"] = absent("unknown")
    made["subject"] = d.subject
    if stated.date is not None:
        made["collection"] = d.ledger.put({"collectedDateTime": stated.date.text}, f"{path}/date")
    if stated.said:
        made["note"] = [d.ledger.put({"text": stated.said}, f"{path}/said", member="text")]
    return made


def details(d: Draft, stated: Specimen, path: str) -> None:
    """Add age at collection and time point as an Observation on the specimen, if stated."""
    parts: Parts = []
    if stated.age is not None:
        d.part(parts, "age-at-event", *d.time(stated.age), f"{path}/age")
    if stated.at:
        d.part(parts, "timepoint", "String", stated.at, f"{path}/at")
    if parts:
        role = f"specimen/{stated.id}/details"
        taken = (f"at {stated.at}" if stated.at else "", f"at age {stated.age.text}" if stated.age else "")
        made = plain(d, role, "specimen-details", f"Specimen taken {', '.join(filter(None, taken))}")
        made["specimen"] = d.reference(f"specimen/{stated.id}")
        made["component"] = parts
        d.add(made)
