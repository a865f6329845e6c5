"""The outcome: survival interval and cause of death. Vital status and date of death are the Patient's.

No LOINC term for a survival interval was found (69440-6 is the onset of one line of a cause of death), so it has our
own code; an interval whose start is not stated says none. Cause of death: LOINC 69453-9 (HL7 VRDR), words as value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.observation import Parts, plain
from adapter.formats.fhir.words import interval_of

if TYPE_CHECKING:
    from adapter.case.model import Outcome
    from adapter.formats.fhir.draft import Draft


def outcome(d: Draft) -> None:
    """Add the Observations of the outcome."""
    stated = d.case.outcome
    if stated is None:
        return
    dated = stated.date is not None and stated.vital_status != "deceased"
    if stated.after is not None or stated.since or stated.age is not None or dated:
        interval(d, stated, dated=dated)
        said = True
    else:
        said = False
    if stated.cause:
        cause(d, stated, with_words=not said)
    elif stated.said and not said:
        made = plain(d, "outcome", "outcome", stated.said, cited=d.cited)
        made["valueString"] = stated.said
        d.add(d.ledger.put(made, "/outcome/said", member="valueString"))


def interval(d: Draft, stated: Outcome, *, dated: bool) -> None:
    """Add the interval to the outcome, the age at it, and the day of the last information where not of death."""
    code = "survival-interval" if stated.after else "outcome"
    made = plain(d, "outcome", code, words_of(stated), cited=d.cited)
    if dated and stated.date is not None:
        made["effectiveDateTime"] = stated.date.text
        d.ledger.put(made, "/outcome/date", member="effectiveDateTime")
    if stated.after is not None:
        kind, value = d.time(stated.after)
        made[f"value{kind}"] = value
        d.ledger.put(made, "/outcome/after", member=f"value{kind}")
    elif stated.vital_status:  # an outcome that says nothing but an age or a day would leave open of what
        node, rule = d.words("outcomes", stated.vital_status)
        made["valueCodeableConcept"] = d.ledger.put(node, "/outcome/vital_status", rule)
    parts: Parts = []
    if stated.since:
        d.part(parts, "since", "CodeableConcept", d.since(stated.since), "/outcome/since")
    if stated.age is not None:
        d.part(parts, "age-at-event", *d.time(stated.age), "/outcome/age")
    if stated.said:
        made["note"] = [d.ledger.put({"text": stated.said}, "/outcome/said", member="text")]
    if parts:
        made["component"] = parts
    d.add(made)


def words_of(stated: Outcome) -> str:
    """One line about the outcome for its narrative: vital status, interval with its start, age."""
    told = (stated.vital_status, interval_of(stated), f"at age {stated.age.text}" if stated.age else "")
    return f"Outcome: {', '.join(filter(None, told)) or 'last information'}"


def cause(d: Draft, stated: Outcome, *, with_words: bool) -> None:
    """Add the cause of death in the source's words."""
    made = plain(d, "outcome/cause", "cause-of-death", f"Cause of death: {stated.cause}", cited=d.cited)
    made["valueCodeableConcept"] = d.ledger.put({"text": stated.cause}, "/outcome/cause")
    if with_words and stated.said:
        made["note"] = [d.ledger.put({"text": stated.said}, "/outcome/said", member="text")]
    d.add(made)
