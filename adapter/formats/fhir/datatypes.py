"""FHIR R4 datatypes as plain dicts: numbers with bounds, ages, concepts, absence.

Sources: FHIR R4 (http://hl7.org/fhir/R4/datatypes.html); what is a Range and what a Quantity is design section 5 of the
project: a two-sided count is a Range, a one-sided one a Quantity with a comparator. Nothing here knows a case.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.errors import NomenclatureError
from adapter.nomenclature import readings
from adapter.nomenclature.quantities import Age, Bounds, Duration
from adapter.report import Json

UCUM = "http://unitsofmeasure.org"
URI = "urn:ietf:rfc:3986"
HGVS = "http://varnomen.hgvs.org"
ISCN = "https://iscn.karger.com"
REFSEQ = "http://www.ncbi.nlm.nih.gov/refseq"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ARTIFACT = "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"
ARTIFACT_STU2 = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/genomics-artifact"
ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
RELATED_CONDITION = "http://hl7.org/fhir/StructureDefinition/condition-related"

NO_VALUE = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
# What laboratories write where a test was not made; "n/a" and "nd" mean one thing or another and stay words.
_NOT_MADE = {
    **dict.fromkeys(("not done", "not performed", "not tested", "not measured", "not determined"), "not-performed"),
    "not applicable": "not-applicable",
    "unknown": "unknown",
}

Value = tuple[str, Any]  # the suffix of value[x] ("Quantity", "Range", "String" ...) and what stands there

_UNITS = {"a": ("y", "years"), "mo": ("mo", "months"), "wk": ("wk", "weeks"), "d": ("d", "days"), "h": ("h", "hours")}
_COMPARATORS = {"at-most": "<=", "at-least": ">=", "less-than": "<", "more-than": ">"}


def absent(reason: str) -> Json:
    """An element that says why it has no value; ``reason`` is a code of FHIR's data-absent-reason."""
    return {"extension": [{"url": ABSENT, "valueCode": reason}]}


def no_value(words: str) -> Json | None:
    """Why there is no value, for words that say that there is none ("not done"), which stay; None for any other."""
    code = _NOT_MADE.get(words.strip().lower())
    return {"coding": [{"system": NO_VALUE, "code": code}], "text": words} if code else None


def quantity(value: Decimal | int, unit: str, code: str, comparator: str = "") -> Json:
    """Quantity in UCUM; ``unit`` is for people, ``code`` for machines."""
    if comparator:
        return {"value": value, "comparator": comparator, "unit": unit, "system": UCUM, "code": code}
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def bounded(bounds: Bounds, unit: str, code: str) -> Value | None:
    """Quantity or Range of ``bounds``; None where neither end is known.

    An estimate ("~6") is its number: the caller keeps the words beside it. A Range has no exclusive ends, so an
    exclusive end of a two-sided range stays in the words alone.
    """
    low, high = bounds.low, bounds.high
    if low is not None and high is not None:
        if low == high:
            return "Quantity", quantity(low, unit, code)
        return "Range", {"low": quantity(low, unit, code), "high": quantity(high, unit, code)}
    if low is not None:
        return "Quantity", quantity(low, unit, code, ">=" if bounds.low_inclusive else ">")
    if high is not None:
        return "Quantity", quantity(high, unit, code, "<=" if bounds.high_inclusive else "<")
    return None


def spelt(bounds: Bounds, sign: str = "") -> bool:
    """Whether the written number or range says all that the text says, so that the text need not stand beside it."""
    low, high = bounds.low, bounds.high
    if low is not None and low == high:
        return bounds.text == f"{low}{sign}"
    if low is not None and high is not None:
        return bounds.text == f"{low}~{high}{sign}"
    if low is not None:
        return bounds.text == f"{'>=' if bounds.low_inclusive else '>'}{low}{sign}"
    return bounds.text == f"{'<=' if bounds.high_inclusive else '<'}{high}{sign}"


def reference_ends(words: str) -> dict[str, Decimal]:
    """The ends ("low", "high") of a reference range in words, where they are plain numbers that belong to it.

    FHIR's ends are included in the range, so that one excluded ("<250") stands in the words alone.
    """
    try:
        read = readings.read(words)
    except NomenclatureError:  # "235-225": words that no number stands for
        return {}
    bounds = read.bounds
    if bounds is None or read.unit or bounds.approximate or bounds.low == bounds.high:
        return {}
    ends = (("low", bounds.low, bounds.low_inclusive), ("high", bounds.high, bounds.high_inclusive))
    return {end: number for end, number, inclusive in ends if number is not None and inclusive}


def span_of_time(stated: Age | Duration) -> Value:
    """An age or an interval as Quantity or Range of one UCUM unit, else as its words.

    Units are never converted: ``58 y 3 mo`` and ``about 2 years`` stay words, and so does an age of 0, which the Age
    datatype refuses.
    """
    first, last = stated.low, stated.high
    low = first.one if first is not None else None
    high = low if last is first else last.one if last is not None else None
    mixed = (low is None) != (first is None) or (high is None) != (last is None)
    end = low or high
    if end is None or mixed or stated.bound == "about" or getattr(stated, "newborn", False) or end[0] <= 0:
        return "String", stated.text
    number, unit = end
    name = _UNITS[unit][1]
    if stated.bound in _COMPARATORS:
        return "Quantity", quantity(number, name, unit, _COMPARATORS[stated.bound])
    if low is None or high is None or low[1] != high[1]:
        return "String", stated.text
    if low == high:
        return "Quantity", quantity(number, name, unit)
    return "Range", {"low": quantity(low[0], name, unit), "high": quantity(high[0], _UNITS[high[1]][1], high[1])}


def time_is_spelt(stated: Age | Duration, value: Json) -> bool:
    """Whether a span of time written as ``value`` is spelt as number and unit alone ("58 y"): no words beside it."""
    unit = _UNITS.get(value.get("code", ""))
    return unit is not None and stated.bound == "exact" and stated.text == f"{value['value']} {unit[0]}"
